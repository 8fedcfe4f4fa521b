import type { GraphQLField, GraphQLNamedType, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { getNamedType } from 'graphql';
import { memberCoordinate } from '../../requirements/coordinate.ts';
import type { Requirements } from '../../requirements/requirements.ts';
import {
  connectionRowsOf,
  narrowedConnectionsOf,
  overlaps,
  possibleTypes,
} from '../../requirements/row-fields.ts';
import { listDepth } from '../values/list-items.ts';
import type { ConnectionTypes } from './connection-types.ts';
import { type HiddenRows, hiddenRowsOf } from './hidden-rows.ts';
import { compileTypeRules, type TypeRules } from './type-rules.ts';

/** A field whose resolver is wrapped, and the type that has it. */
export interface WrappedField {
  readonly parent: GraphQLObjectType;
  readonly field: Pick<GraphQLField<unknown, unknown>, 'name' | 'type' | 'args'>;
}

/** The facts about a field that do not depend on its calls. */
export interface DescribedField {
  readonly coordinate: string;
  /** The declared type of its rows. */
  readonly returned: GraphQLNamedType;
  readonly depth: number;
  /** The names of the object types of what it returns: of a connection itself. */
  readonly values: ReadonlySet<string>;
  readonly rowTypes: ReadonlySet<string>;
  /** The rules of the types of its rows. */
  readonly rules: TypeRules;
  /** Whether `rows` stands on the field itself. */
  readonly hasRows: boolean;
  /** Whether some viewers get only a part of its rows, by `rows` or a rule. */
  readonly canBeNarrowed: boolean;
  /** Whether `rows` stands on the field itself, or it returns nothing but connections of rows with a rule. */
  readonly mustAsk: boolean;
  /** Whether it returns connections that are narrowed, also in a list, and among other types of an interface or union. */
  readonly isConnection: boolean;
  /** The names of the object types of these connections. */
  readonly connections: ReadonlySet<string>;
  /** The rules of a connection itself, which is also a value of a type. */
  readonly ofConnection: TypeRules;
  /** Whether it can return rows of a narrowed connection. */
  readonly returnsRows: boolean;
  /** Whether it is a root field of a subscription. */
  readonly answersEvents: boolean;
  readonly hidden: HiddenRows;
}

/** Creates the function that describes a field of one schema. */
export function createDescribeField(
  schema: GraphQLSchema,
  requirements: Requirements,
  connectionTypes: ConnectionTypes,
) {
  return ({ parent, field }: WrappedField): DescribedField => {
    const coordinate = memberCoordinate(parent.name, field.name);
    const hasRows = requirements.rowsAt(coordinate).length > 0;
    const connections = narrowedConnectionsOf(schema, requirements, {
      coordinate,
      type: field.type,
    });
    const isConnection = connections.length > 0;
    const returned = getNamedType(field.type);
    const values = objectTypesOf(schema, returned.name);
    const rowTypes = isConnection ? connectionRowsOf(schema, field.type) : values;
    const rules = compileTypeRules(requirements, rowTypes);
    return {
      coordinate,
      returned,
      depth: listDepth(field.type),
      values,
      rowTypes,
      rules,
      hasRows,
      canBeNarrowed: hasRows || rules.exist,
      mustAsk: isConnection
        ? connections.length === values.size
        : hasRows && listDepth(field.type) > 0,
      isConnection,
      connections: new Set(connections.map(({ name }) => name)),
      ofConnection: compileTypeRules(requirements, isConnection ? values : []),
      returnsRows: overlaps(connectionTypes.get(parent.name)?.rows, rowTypes),
      answersEvents: parent.name === schema.getSubscriptionType()?.name,
      hidden: hiddenRowsOf(schema, { parent, field, hasRows }),
    };
  };
}

/** Returns the names of the object types of values of a type, which the unguarded schema has too. */
export const objectTypesOf = (schema: GraphQLSchema, typeName: string): ReadonlySet<string> =>
  new Set(possibleTypes(schema, schema.getType(typeName)).map(({ name }) => name));
