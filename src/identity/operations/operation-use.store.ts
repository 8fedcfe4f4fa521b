import type { StoreDependencies } from '../store-dependencies.ts';

/** When the operations of a version of a front end were last used. */
export interface OperationUse {
  readonly app: string;
  readonly version: string;
  readonly lastSeenAt: Date;
  /** When an operation was last used that no other version holds. Null: never. */
  readonly lastNeededAt: Date | null;
}

/** Keeps when each version of a front end was last used. */
export const createOperationUseStore = ({ database }: Pick<StoreDependencies, 'database'>) => ({
  /** Records uses, unless later ones are recorded. Nodes lock rows in the same order. */
  async record(uses: readonly OperationUse[]): Promise<void> {
    const sorted = uses.toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
    await database.$executeRaw`
      INSERT INTO gatehouse.operation_uses AS use (app, version, last_seen_at, last_needed_at)
      SELECT * FROM unnest(
        ${sorted.map(({ app }) => app)}::text[],
        ${sorted.map(({ version }) => version)}::text[],
        ${sorted.map(({ lastSeenAt }) => lastSeenAt)}::timestamptz[],
        ${sorted.map(({ lastNeededAt }) => lastNeededAt)}::timestamptz[])
      ON CONFLICT (app, version) DO UPDATE SET
        last_seen_at = GREATEST(use.last_seen_at, excluded.last_seen_at),
        last_needed_at = GREATEST(use.last_needed_at, excluded.last_needed_at)`;
  },

  list: (): Promise<readonly OperationUse[]> => database.operationUse.findMany(),
});

const keyOf = ({ app, version }: OperationUse): string => `${app}@${version}`;
