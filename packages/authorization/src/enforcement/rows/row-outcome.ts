import type {
  GraphQLArgument,
  GraphQLField,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLSchema,
} from 'graphql';
import { GraphQLInt, getNullableType, isListType, isNonNullType } from 'graphql';
import { listDepth } from '../values/list-items.ts';

/**
 * What becomes of a row that does not exist for the viewer. In a list whose resolver has asked for the filter, each is a
 * mistake of the resolver.
 */
export type RowOutcome = 'mistake' | 'left out' | 'null in the list' | 'null' | 'refused';

/** A field that returns rows. */
interface ReturningField {
  readonly parent: GraphQLObjectType;
  readonly field: Pick<GraphQLField<unknown, unknown>, 'type' | 'args'>;
  /** Whether `rows` stands on the field itself. */
  readonly hasRows: boolean;
}

/** Decides what becomes of the rows of a field by its type and its arguments. */
export function rowOutcomeOf(
  schema: GraphQLSchema,
  { parent, field: { type, args }, hasRows }: ReturningField,
): RowOutcome {
  if (listDepth(type) > 0) {
    if (hasRows || args.some(isPaging)) return 'mistake';
    const takesList = args.some((arg) => isListType(getNullableType(arg.type)));
    return takesList && !isNonNullType(itemType(type)) ? 'null in the list' : 'left out';
  }
  // What a mutation has done is done: null alone would tell that it did not.
  const isRefused = isNonNullType(type) || parent.name === schema.getMutationType()?.name;
  return isRefused ? 'refused' : 'null';
}

/** Returns the type of the items of the innermost list. */
function itemType(declared: GraphQLOutputType): GraphQLOutputType {
  const type = getNullableType(declared);
  return isListType(type) ? itemType(type.ofType) : declared;
}

const pagingNames: ReadonlySet<string> = new Set(
  'first last limit take skip offset page pageSize after before cursor'.split(' '),
);

/** Whether an argument chooses a part of a list: rows that are left out of it would be missing in the part. */
const isPaging = ({ name, type }: GraphQLArgument): boolean =>
  pagingNames.has(name) || getNullableType(type) === GraphQLInt;
