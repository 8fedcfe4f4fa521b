import type { GraphQLNamedType, GraphQLResolveInfo, GraphQLSchema } from 'graphql';
import { overlaps } from '../../requirements/row-fields.ts';
import { whenArrived } from '../calls/promises.ts';
import { type CheckPropertyRows, createCheckPropertyRows } from './check-property-rows.ts';
import type { CheckRow } from './check-rows.ts';
import { type DescribedField, objectTypesOf } from './describe-field.ts';
import type { NarrowedCall } from './narrowed-call.ts';
import type { RowDelivery } from './row-delivery.ts';

/** The call of a field that returns connections. */
interface ConnectionCall<TContext> {
  readonly narrowed: NarrowedCall<TContext>;
  readonly info: GraphQLResolveInfo;
  readonly mustAsk: boolean;
  readonly checkRow: CheckRow;
}

/** Creates the check of the connections that one call of a field returns. */
export type CheckConnections = <TContext>(
  delivery: Pick<RowDelivery<TContext>, 'nameOf' | 'requireFilter'>,
  call: ConnectionCall<TContext>,
) => CheckRow;

/**
 * Creates the check of the connections that a field returns, in lists and among other types of an interface or union: of
 * the rows that each has when it is returned.
 */
export function createCheckConnections(
  schema: GraphQLSchema,
  { connections, rowTypes }: DescribedField,
): CheckConnections {
  const isRow = (type: GraphQLNamedType) => overlaps(rowTypes, objectTypesOf(schema, type.name));
  const known = new Map<unknown, CheckPropertyRows>();
  for (const name of connections) {
    // The unguarded type, whose resolvers are not wrapped.
    known.set(name, createCheckPropertyRows(schema, schema.getType(name), isRow));
  }

  return (delivery, call) => (value, type) => {
    const conclude = (name: unknown): unknown => {
      if (name instanceof Error) return name;
      const checkProperties = known.get(name);
      if (checkProperties === undefined) return value;
      delivery.requireFilter(call);
      return whenArrived(checkProperties(value, call.checkRow), () => {
        requireCounted(call.narrowed);
        return value;
      });
    };
    return whenArrived(delivery.nameOf(call, value, type), conclude);
  };
}

/**
 * A connection counts the rows of the types whose filters its resolver has asked for by name, or else of all types.
 *
 * @throws {AuthorizationError} when it counts rows whose rule asks for a proof that the viewer has not given.
 */
function requireCounted<TContext>({ unproven, filters }: NarrowedCall<TContext>): void {
  if (unproven !== undefined && filters.size === 0) throw unproven;
}
