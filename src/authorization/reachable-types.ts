import type { GraphQLNamedType, GraphQLSchema } from 'graphql';
import {
  getNamedType,
  isAbstractType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';

/** The types that an operation can reach from the root fields, by selections and by arguments. */
export function reachableTypes(schema: GraphQLSchema): ReadonlySet<GraphQLNamedType> {
  const reached = new Set<GraphQLNamedType>();
  const waiting: GraphQLNamedType[] = [];
  for (const root of [
    schema.getQueryType(),
    schema.getMutationType(),
    schema.getSubscriptionType(),
  ]) {
    if (root !== null && root !== undefined) waiting.push(root);
  }
  for (let type = waiting.pop(); type !== undefined; type = waiting.pop()) {
    if (reached.has(type)) continue;
    reached.add(type);
    waiting.push(...neighbours(schema, type));
  }
  return reached;
}

function neighbours(schema: GraphQLSchema, type: GraphQLNamedType): GraphQLNamedType[] {
  const found: GraphQLNamedType[] = [];
  if (isObjectType(type) || isInterfaceType(type)) {
    found.push(...type.getInterfaces());
    for (const field of Object.values(type.getFields())) {
      found.push(getNamedType(field.type), ...field.args.map((arg) => getNamedType(arg.type)));
    }
  }
  if (isAbstractType(type)) found.push(...schema.getPossibleTypes(type));
  if (isInputObjectType(type)) {
    found.push(...Object.values(type.getFields()).map((field) => getNamedType(field.type)));
  }
  return found;
}
