import type {
  GraphQLArgumentConfig,
  GraphQLFieldConfig,
  GraphQLInputFieldConfig,
  GraphQLNamedType,
} from 'graphql';
import {
  assertObjectType,
  GraphQLDirective,
  GraphQLEnumType,
  GraphQLInputObjectType,
  GraphQLInterfaceType,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLUnionType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedDirective,
  isSpecifiedScalarType,
  isUnionType,
} from 'graphql';
import { createRetype, type Retype } from '../requirements/retype.ts';

/** Copies a schema with all its types, so that the copy can be modified. */
export function copySchema(schema: GraphQLSchema): GraphQLSchema {
  const copies = new Map<string, GraphQLNamedType>();
  const retype = createRetype((name) => copies.get(name));
  for (const type of Object.values(schema.getTypeMap())) {
    const isShared = isIntrospectionType(type) || isSpecifiedScalarType(type);
    copies.set(type.name, isShared ? type : copyType(type, retype));
  }
  const copyOf = (root: GraphQLObjectType | null | undefined): GraphQLObjectType | null =>
    root ? assertObjectType(copies.get(root.name)) : null;
  return new GraphQLSchema({
    ...schema.toConfig(),
    query: copyOf(schema.getQueryType()),
    mutation: copyOf(schema.getMutationType()),
    subscription: copyOf(schema.getSubscriptionType()),
    types: [...copies.values()],
    directives: schema.getDirectives().map((directive) => copyDirective(directive, retype)),
  });
}

function copyType(type: GraphQLNamedType, retype: Retype): GraphQLNamedType {
  if (isObjectType(type)) {
    const { fields, interfaces, ...config } = type.toConfig();
    return new GraphQLObjectType({
      ...config,
      fields: () => mapValues(fields, (field) => copyField(field, retype)),
      interfaces: () => interfaces.map(retype.interface),
    });
  }
  if (isInterfaceType(type)) {
    const { fields, interfaces, ...config } = type.toConfig();
    return new GraphQLInterfaceType({
      ...config,
      fields: () => mapValues(fields, (field) => copyField(field, retype)),
      interfaces: () => interfaces.map(retype.interface),
    });
  }
  if (isUnionType(type)) {
    const { types, ...config } = type.toConfig();
    return new GraphQLUnionType({ ...config, types: () => types.map(retype.object) });
  }
  if (isInputObjectType(type)) {
    const { fields, ...config } = type.toConfig();
    return new GraphQLInputObjectType({
      ...config,
      fields: () => mapValues(fields, (field) => copyInput(field, retype)),
    });
  }
  return isEnumType(type)
    ? new GraphQLEnumType(type.toConfig())
    : new GraphQLScalarType(type.toConfig());
}

function copyField(
  { args = {}, ...config }: GraphQLFieldConfig<unknown, unknown>,
  retype: Retype,
): GraphQLFieldConfig<unknown, unknown> {
  return {
    ...config,
    type: retype.output(config.type),
    args: mapValues(args, (arg) => copyInput(arg, retype)),
  };
}

const copyInput = <Config extends GraphQLArgumentConfig | GraphQLInputFieldConfig>(
  config: Config,
  retype: Retype,
): Config => ({ ...config, type: retype.input(config.type) });

function copyDirective(directive: GraphQLDirective, retype: Retype): GraphQLDirective {
  if (isSpecifiedDirective(directive)) return directive;
  const { args, ...config } = directive.toConfig();
  return new GraphQLDirective({
    ...config,
    args: mapValues(args, (arg) => copyInput(arg, retype)),
  });
}

const mapValues = <From, To>(
  values: Readonly<Record<string, From>>,
  map: (value: From) => To,
): Record<string, To> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
