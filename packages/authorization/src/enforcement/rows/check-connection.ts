import { isPromise } from '../../decision/is-promise.ts';
import { markRejectionHandled } from '../calls/mark-rejection-handled.ts';
import type { CheckRow } from './check-rows.ts';
import type { CheckKnownRows } from './known-rows.ts';
import type { NarrowedCall } from './narrowed-call.ts';

/** Creates the check of a connection. When it passes, rows that are found later are late. */
export function checkConnection<TContext>(
  narrowed: NarrowedCall<TContext>,
  checkKnown: CheckKnownRows,
  check: CheckRow,
): CheckRow {
  const pass = (connection: unknown) => {
    narrowed.isDelivered = true;
    return connection;
  };
  return (connection) => {
    const checked = checkKnown(connection, check);
    return isPromise(checked)
      ? markRejectionHandled(Promise.resolve(checked).then(() => pass(connection)))
      : pass(connection);
  };
}
