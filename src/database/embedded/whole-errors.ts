import { messages, type PGlite, type Transaction } from '@electric-sql/pglite';
import { DriverAdapterError } from '@prisma/driver-adapter-utils';

/**
 * Returns a view of `client` for Prisma's adapter for PGlite (0.7), which loses two things:
 *
 * - The table and the constraint of a unique violation: it keeps only the columns. Here the error is one of the adapter's own,
 *   which it passes on as it is.
 * - The error of a COMMIT, such as of a deferred constraint: it would report the transaction as committed.
 */
export const withWholeErrors = <Client extends PGlite | Transaction>(client: Client): Client =>
  new Proxy(client, {
    get(_client, key) {
      // Called and read on the client, which has private fields.
      const value: unknown = Reflect.get(client, key, client);
      if (typeof value !== 'function') return value;
      return (...args: readonly unknown[]): unknown => {
        if (key !== 'query' && key !== 'transaction') return Reflect.apply(value, client, args);
        const views = key === 'transaction' ? args.map(withView) : args;
        const result = Promise.resolve(Reflect.apply(value, client, views)).catch(nameConstraint);
        return key === 'transaction' ? keepRejection(result) : result;
      };
    },
  });

/** Gives the work of a transaction a view of the transaction. */
const withView = (work: unknown): unknown =>
  typeof work === 'function'
    ? (transaction: Transaction) => work(withWholeErrors(transaction))
    : work;

/** The adapter waits in `commit` for what `catch` returns, which would be a success. */
function keepRejection(outcome: Promise<unknown>): Promise<unknown> {
  const { then } = outcome;
  return Object.assign(outcome, {
    catch(onRejected: (error: unknown) => unknown) {
      void Reflect.apply(then, outcome, [undefined, onRejected]);
      return outcome;
    },
  });
}

/** SQLSTATE of a unique violation. */
const uniqueViolation = '23505';

function nameConstraint(error: unknown): never {
  if (!(error instanceof messages.DatabaseError) || error.code !== uniqueViolation) throw error;
  const { code, message, constraint, table } = error;
  throw new DriverAdapterError({
    kind: 'UniqueConstraintViolation',
    originalCode: code,
    originalMessage: message,
    ...(constraint === undefined ? {} : { constraint: { index: constraint } }),
    ...(table === undefined ? {} : { table }),
  });
}
