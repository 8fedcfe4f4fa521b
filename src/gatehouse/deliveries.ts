import { pauseBudget } from '../database/time/request-budget.ts';
import { createHashOfDocument } from '../operation/read/hash-of-document.ts';
import type { ComposeSchemaOptions } from '../schema/compose-schema.ts';
import type { DeliveredAnswer } from '../schema/packages/delivered-answer.ts';

/** Creates the function that packages record audited values with before they are delivered. */
export function createDeliveries(
  record: (delivered: DeliveredAnswer) => Promise<void>,
): NonNullable<ComposeSchemaOptions['onDelivered']> {
  const hashOf = createHashOfDocument();
  return ({ operation, document, reads, context: { viewer, client, requestId } }) =>
    // A mutation has happened: its answer says so, also when the time for the database is over.
    pauseBudget(() =>
      record({ operation, documentHash: hashOf(document), viewer, client, requestId, reads }),
    );
}
