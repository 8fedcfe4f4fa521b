import type { GraphQLNamedType, GraphQLSchema } from 'graphql';
import { isPromise } from '../../decision/is-promise.ts';
import { overlaps } from '../../requirements/row-fields.ts';
import type { MaybePromise } from '../calls/field-call.ts';
import { markRejectionHandled } from '../calls/mark-rejection-handled.ts';
import type { CheckRow } from './check-rows.ts';
import { type DescribedField, objectTypesOf } from './describe-field.ts';
import { type CheckKnownRows, createKnownRows } from './known-rows.ts';
import type { NarrowedCall } from './narrowed-call.ts';

/** The checks of one call of a field that returns connections. */
export interface ConnectionChecks {
  /** Finds the name of the object type of a value, or the error of the value. */
  readonly nameOf: (value: unknown, type: GraphQLNamedType) => MaybePromise<unknown>;
  /** Called for each connection. @throws when the resolver has not asked which rows the viewer may see. */
  readonly requireFilter: () => void;
  readonly checkRow: CheckRow;
}

/**
 * Creates the check of the connections that a field returns, in lists and among other types of an interface or union: of
 * the rows that each has when it is returned.
 */
export function createConnectionCheck(
  schema: GraphQLSchema,
  { connections, rowTypes }: DescribedField,
): (checks: ConnectionChecks) => CheckRow {
  const isRow = (type: GraphQLNamedType) => overlaps(rowTypes, objectTypesOf(schema, type.name));
  const known = new Map<unknown, CheckKnownRows>();
  for (const name of connections) {
    // The unguarded type, whose resolvers are not wrapped.
    known.set(name, createKnownRows(schema, schema.getType(name), isRow));
  }

  return ({ nameOf, requireFilter, checkRow }) =>
    (value, type) => {
      const conclude = (name: unknown): unknown => {
        if (name instanceof Error) return name;
        const checkKnown = known.get(name);
        if (checkKnown === undefined) return value;
        requireFilter();
        const checked = checkKnown(value, checkRow);
        return isPromise(checked) ? checked.then(() => value) : value;
      };
      const name = nameOf(value, type);
      return isPromise(name)
        ? markRejectionHandled(Promise.resolve(name).then(conclude))
        : conclude(name);
    };
}

/** Delivers connections that are checked. Rows that are found later are late. */
export function deliverConnection<TContext>(
  narrowed: NarrowedCall<TContext>,
  checked: unknown,
): unknown {
  const pass = (connections: unknown) => {
    narrowed.isDelivered = true;
    return connections;
  };
  return isPromise(checked)
    ? markRejectionHandled(Promise.resolve(checked).then(pass))
    : pass(checked);
}
