import { setImmediate } from 'node:timers/promises';
import type { Operations } from '../operation/create-operations.ts';
import type { ProjectOptions } from './app-inputs.ts';

/** The maximum number of operations that are planned at start. Others are planned when they are used. */
const maxPrepared = 1_000;
/** How many are planned before other work of the process takes its turn. */
const preparedPerTurn = 20;
/** The maximum number of ids in a log line. */
const maxListed = 20;

/** Plans the texts of a gate before they are sent. Logs those that the schema does not admit: they may be for another node. */
export async function prepareOperations(
  { prepare }: Pick<Operations, 'prepare'>,
  texts: ReadonlyMap<string, string>,
  logger: Pick<ProjectOptions['logger'], 'warn'>,
): Promise<void> {
  const invalid: string[] = [];
  for (const [index, [id, text]] of [...texts].slice(0, maxPrepared).entries()) {
    if (!prepare(text)) invalid.push(id);
    if (index % preparedPerTurn === 0) await setImmediate();
  }
  if (invalid.length === 0) return;
  logger.warn(
    { count: invalid.length, ids: invalid.slice(0, maxListed) },
    'operations of the allow list are not valid by this schema',
  );
}
