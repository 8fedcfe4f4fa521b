import { AsyncLocalStorage } from 'node:async_hooks';

interface Scope {
  /** Whether the work has ended. What it started and left running may use the database again. */
  isOver: boolean;
}

/**
 * The work of a transaction used the database without the transaction. It would wait for a connection while it holds
 * one: for ever when all are held by transactions that do the same, and always on the only one of the embedded database.
 */
class OutsideTransactionError extends Error {
  override readonly name = 'OutsideTransactionError';

  constructor() {
    super(
      'Inside the work of a change, use the transaction that the work gets. ' +
        'Call `load`, `db` and other changes before or after it.',
    );
  }
}

const scopes = new AsyncLocalStorage<Scope>();
let active = 0;

/** Runs the work of a transaction. Until it has ended, `requireOutsideTransaction` throws in it. */
export async function withinTransaction<Result>(work: () => Promise<Result>): Promise<Result> {
  active += 1;
  const scope: Scope = { isOver: false };
  try {
    return await scopes.run(scope, work);
  } finally {
    scope.isOver = true;
    active -= 1;
    // An active AsyncLocalStorage makes every promise slower, up to Node.js 22.
    if (active === 0) scopes.disable();
  }
}

/**
 * Called where a project asks for what waits for a connection. Not where it waits: Prisma runs the queries of several
 * requests together, in the async context of any of them.
 *
 * @throws {OutsideTransactionError} in the work of a transaction.
 */
export function requireOutsideTransaction(): void {
  if (scopes.getStore()?.isOver === false) throw new OutsideTransactionError();
}

/** Returns a view of `target` whose methods, or those with these names alone, throw in the work of a transaction. */
export const outsideTransactions = <Target extends object>(
  target: Target,
  names?: readonly (string | symbol)[],
): Target =>
  new Proxy(target, {
    get(_target, key) {
      // Called and read on the target, which can have private fields.
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      const isChecked = names === undefined || names.includes(key);
      return new Proxy(value, {
        apply(method, _view, args) {
          if (isChecked) requireOutsideTransaction();
          return Reflect.apply(method, target, args);
        },
      });
    },
  });
