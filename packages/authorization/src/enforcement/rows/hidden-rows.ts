import type {
  GraphQLArgument,
  GraphQLField,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLSchema,
} from 'graphql';
import { GraphQLInt, getNullableType, isListType, isNonNullType } from 'graphql';
import { listDepth } from '../values/list-items.ts';
import type { HiddenRow } from './row-delivery.ts';

/** What becomes of the hidden rows of a field. */
export interface HiddenRows {
  readonly hiddenRow: HiddenRow;
  /** Whether null takes the place of a hidden row in a list. */
  readonly keepsPlaces: boolean;
}

/** A field that returns rows. */
interface ReturningField {
  readonly parent: GraphQLObjectType;
  readonly field: Pick<GraphQLField<unknown, unknown>, 'type' | 'args'>;
  /** Whether `rows` stands on the field itself. */
  readonly hasRows: boolean;
}

/** Decides what becomes of the rows of a field that are hidden from the viewer, by its type and its arguments. */
export function hiddenRowsOf(
  schema: GraphQLSchema,
  { parent, field: { type, args }, hasRows }: ReturningField,
): HiddenRows {
  if (listDepth(type) > 0) {
    const isRead = hasRows || args.some(isPaging);
    const takesList = args.some((arg) => isListType(getNullableType(arg.type)));
    return {
      hiddenRow: isRead ? 'mistake' : 'left out',
      keepsPlaces: takesList && !isNonNullType(itemType(type)),
    };
  }
  // What a mutation has done is done: null alone would tell that it did not.
  const isRefused = isNonNullType(type) || parent.name === schema.getMutationType()?.name;
  return { hiddenRow: isRefused ? 'refused' : 'null', keepsPlaces: false };
}

/** Returns the type of the items of the innermost list. */
function itemType(declared: GraphQLOutputType): GraphQLOutputType {
  const type = getNullableType(declared);
  return isListType(type) ? itemType(type.ofType) : declared;
}

const pagingNames: ReadonlySet<string> = new Set([
  'first',
  'last',
  'limit',
  'take',
  'skip',
  'offset',
  'page',
  'pageSize',
  'after',
  'before',
  'cursor',
]);

/** Whether an argument chooses a part of a list: rows that are left out of it would be missing in the part. */
const isPaging = ({ name, type }: GraphQLArgument): boolean =>
  pagingNames.has(name) || getNullableType(type) === GraphQLInt;
