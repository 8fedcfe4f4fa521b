import type { Refusal } from '../../decision/decision.ts';
import { createAuthorizationError, toDenialExtensions } from '../calls/authorization-error.ts';
import type { Decider } from '../calls/decider.ts';
import type { RowReader } from './row-reader.ts';

/** An id that waits for the read of its batch. */
interface Waiting {
  readonly id: unknown;
  readonly resolve: (row: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Creates the function that reads one row of a type by its id. Ids that are asked for with one context in one turn of the
 * event loop are read by one call of `byIds`. Nothing is kept, and contexts share nothing: a context has one viewer.
 *
 * @throws {AuthorizationError} by rejecting, for a row that exists for the viewer, which has not proved its identity as the
 * rule of its type asks. Where the name is that of a type with such a rule, nothing is read.
 */
export function createFind<TContext>(
  { beganOf }: Pick<Decider<TContext>, 'beganOf'>,
  reader: RowReader<TContext>,
) {
  const batches = new WeakMap<object, Map<string, Waiting[]>>();

  async function read(typeName: string, waiting: readonly Waiting[], context: TContext) {
    try {
      const ids = waiting.map(({ id }) => id);
      const found = await reader.find(typeName, ids, context);
      const call = { context, now: beganOf(context) };
      for (const { id, resolve, reject } of waiting) {
        const row = found(id);
        const name = row === undefined ? typeName : reader.typeOf(typeName, row);
        const refusal = row === undefined ? undefined : reader.refusalOf(name, call);
        if (refusal === undefined) resolve(row);
        else reject(toError(name, refusal));
      }
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }

  return (typeName: string, id: unknown, context: TContext): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const refusal = reader.refusalOf(typeName, { context, now: beganOf(context) });
      if (refusal !== undefined) throw toError(typeName, refusal);
      const key: object = Object(context);
      const ofContext = batches.get(key) ?? new Map<string, Waiting[]>();
      batches.set(key, ofContext);
      const batch = ofContext.get(typeName) ?? [];
      batch.push({ id, resolve, reject });
      if (batch.length > 1) return;
      ofContext.set(typeName, batch);
      // After the microtasks of this turn: resolvers of one list ask after one another.
      setImmediate(() => {
        ofContext.delete(typeName);
        void read(typeName, batch, context);
      });
    });
}

const toError = (typeName: string, refusal: Refusal) =>
  createAuthorizationError(toDenialExtensions(typeName, refusal));
