import { printRename, type Rename } from './rename.ts';

/** A migration would remove data, and was not written. */
export class DataLossError extends Error {
  override readonly name = 'DataLossError';

  constructor(migration: string, losses: readonly string[], renames: readonly Rename[]) {
    const command = `gatehouse migrate --create ${migration}`;
    super(
      [
        'The migration was not written, because it removes data:',
        ...losses.map((loss) => `  ${loss}`),
        ...(renames.length === 0 ? [] : ['If that is a new name, keep the data:']),
        ...renames.map((rename) => `  ${command} --rename '${printRename(rename)}'`),
        'If the data may be lost:',
        `  ${command} --accept-data-loss`,
      ].join('\n'),
    );
  }
}
