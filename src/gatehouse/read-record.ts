import { isRejectedData } from '../database/errors.ts';
import { pauseBudget } from '../database/time/request-budget.ts';
import { toNewReads } from '../identity/audit/delivered-reads.ts';
import type { ReadStore } from '../identity/audit/reads.store.ts';
import { createRecordReads } from '../identity/audit/record-reads.ts';
import { createHashOfDocument } from '../operation/read/hash-of-document.ts';
import type { ComposeSchemaOptions } from '../schema/compose-schema.ts';
import type { ProjectOptions } from './given.ts';

/** Creates the function that records audited values before they are delivered. */
export function createReadRecord(
  { config, logger }: ProjectOptions,
  add: ReadStore['add'],
): NonNullable<ComposeSchemaOptions['onDelivered']> {
  const hashOf = createHashOfDocument();
  const record = createRecordReads({
    add,
    isRejectedData,
    patienceMs: config.databaseLimits.statementTimeoutMs,
    onError: (error) => logger.error({ err: error }, 'recording reads failed'),
    elapsedMs: () => performance.now(),
  });
  return ({ operation, document, ...delivered }) =>
    // A mutation has happened: its answer says so, also when the time for the database is over.
    pauseBudget(() =>
      record({
        reads: toNewReads(delivered, hashOf(document)),
        isEvent: operation === 'subscription',
      }),
    );
}
