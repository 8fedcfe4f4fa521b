import type {
  GraphQLArgument,
  GraphQLField,
  GraphQLFieldConfig,
  GraphQLInputField,
  GraphQLNamedType,
} from 'graphql';
import {
  assertNamedType,
  GraphQLDirective,
  GraphQLEnumType,
  GraphQLInputObjectType,
  GraphQLInterfaceType,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLUnionType,
  getNullableType,
  introspectionTypes,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedDirective,
  isUnionType,
} from 'graphql';
import { defaultConfigOf } from '../graphql-js/defaults.ts';
import { argumentCoordinate, memberCoordinate } from '../requirements/coordinate.ts';
import { createRetype, type Retype } from '../requirements/retype.ts';
import { directiveCoordinate } from './hidden-coordinates.ts';
import { hasHiddenDefault } from './visible-input.ts';
import type { Composite } from './visible-interfaces.ts';
import { type SchemaView, visibleDirectives, visibleTypes } from './visible-types.ts';

/**
 * Builds the schema that `view` shows, with descriptions, deprecations, defaults and resolvers.
 *
 * Syntax nodes are removed, because they contain hidden elements. A query type without visible fields is kept, since
 * introspection needs one: such a schema is not valid.
 */
export function buildVisibleSchema(schema: GraphQLSchema, view: SchemaView): GraphQLSchema {
  const built = new Map<string, GraphQLNamedType>(
    introspectionTypes.map((type) => [type.name, type]),
  );
  const builder: Builder = { view, retype: createRetype((name) => built.get(name)) };
  const types = visibleTypes(schema, view);
  const inSchemaOrder = Object.values(schema.getTypeMap()).filter((type) => types.has(type));
  for (const type of inSchemaOrder) built.set(type.name, rebuildType(builder, type));
  const query = schema.getQueryType();
  if (query && view.hidden.has(query.name)) {
    const { name, description } = query;
    built.set(name, new GraphQLObjectType({ name, description, fields: {} }));
  }
  const rootOf = (type: GraphQLObjectType | null | undefined) =>
    type && built.has(type.name) ? builder.retype.object(type) : undefined;
  return new GraphQLSchema({
    description: schema.description,
    extensions: schema.extensions,
    query: rootOf(query),
    mutation: rootOf(schema.getMutationType()),
    subscription: rootOf(schema.getSubscriptionType()),
    types: inSchemaOrder.map(({ name }) => assertNamedType(built.get(name))),
    directives: visibleDirectives(schema, view).map((each) => rebuildDirective(builder, each)),
    // Validating it would take longer than building it.
    assumeValid: true,
  });
}

const bare = { astNode: undefined, extensionASTNodes: [] } as const;

/** The dependencies of the functions that rebuild one element. */
interface Builder {
  readonly view: SchemaView;
  readonly retype: Retype;
}

function rebuildType(builder: Builder, type: GraphQLNamedType): GraphQLNamedType {
  if (isObjectType(type)) {
    return new GraphQLObjectType({ ...rebuildComposite(builder, type), isTypeOf: type.isTypeOf });
  }
  if (isInterfaceType(type)) {
    const { resolveType } = type;
    return new GraphQLInterfaceType({ ...rebuildComposite(builder, type), resolveType });
  }
  const { hidden } = builder.view;
  if (isUnionType(type)) {
    const members = type.getTypes().filter(({ name }) => !hidden.has(name));
    const types = () => members.map(builder.retype.object);
    return new GraphQLUnionType({ ...type.toConfig(), ...bare, types });
  }
  if (isInputObjectType(type)) {
    const fields = () =>
      mapMembers(hidden, type, (field: GraphQLInputField) => rebuildInput(builder, field));
    return new GraphQLInputObjectType({ ...type.toConfig(), ...bare, fields });
  }
  if (!isEnumType(type)) return type;
  const config = type.toConfig();
  const values = Object.entries(config.values)
    .filter(([name]) => !hidden.has(memberCoordinate(type.name, name)))
    .map(([name, value]) => [name, { ...value, astNode: undefined }] as const);
  return new GraphQLEnumType({ ...config, ...bare, values: Object.fromEntries(values) });
}

const rebuildComposite = (builder: Builder, type: Composite) => ({
  ...bare,
  name: type.name,
  description: type.description,
  extensions: type.extensions,
  interfaces: () => builder.view.interfacesOf(type).map(builder.retype.interface),
  fields: () =>
    mapMembers(builder.view.hidden, type, (field: GraphQLField<unknown, unknown>, coordinate) =>
      rebuildField(builder, field, coordinate),
    ),
});

function rebuildField(
  builder: Builder,
  field: GraphQLField<unknown, unknown>,
  coordinate: string,
): GraphQLFieldConfig<unknown, unknown> {
  const { description, resolve, subscribe, deprecationReason, extensions } = field;
  const type = builder.retype.output(field.type);
  const args = rebuildArguments(builder, coordinate, field.args);
  return {
    description,
    type,
    args,
    deprecationReason,
    extensions,
    ...(resolve === undefined ? {} : { resolve }),
    ...(subscribe === undefined ? {} : { subscribe }),
  };
}

function rebuildArguments(builder: Builder, owner: string, args: readonly GraphQLArgument[]) {
  const rebuilt: Record<string, ReturnType<typeof rebuildInput>> = {};
  for (const arg of args) {
    if (builder.view.hidden.has(argumentCoordinate(owner, arg.name))) continue;
    rebuilt[arg.name] = rebuildInput(builder, arg);
  }
  return rebuilt;
}

function rebuildInput(builder: Builder, position: GraphQLArgument | GraphQLInputField) {
  const { description, deprecationReason, extensions } = position;
  const type = builder.retype.input(position.type);
  return hasHiddenDefault(builder.view.hidden, position)
    ? { description, type: getNullableType(type), deprecationReason, extensions }
    : { description, type, ...defaultConfigOf(position), deprecationReason, extensions };
}

function rebuildDirective(builder: Builder, directive: GraphQLDirective): GraphQLDirective {
  if (isSpecifiedDirective(directive)) return directive;
  const args = rebuildArguments(builder, directiveCoordinate(directive), directive.args);
  return new GraphQLDirective({ ...directive.toConfig(), args, astNode: undefined });
}

/** Rebuilds the visible fields of a type. A loop for speed: it runs for every field of a schema. */
function mapMembers<Field, Rebuilt>(
  hidden: ReadonlySet<string>,
  type: { readonly name: string; readonly getFields: () => Readonly<Record<string, Field>> },
  rebuild: (field: Field, coordinate: string) => Rebuilt,
): Record<string, Rebuilt> {
  const rebuilt: Record<string, Rebuilt> = {};
  for (const [name, field] of Object.entries(type.getFields())) {
    const coordinate = memberCoordinate(type.name, name);
    if (!hidden.has(coordinate)) rebuilt[name] = rebuild(field, coordinate);
  }
  return rebuilt;
}
