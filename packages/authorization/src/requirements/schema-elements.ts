import type { GraphQLNamedType, GraphQLOutputType, GraphQLSchema } from 'graphql';
import {
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
} from 'graphql';
import type { DirectiveTarget } from './applied-directives.ts';
import { argumentCoordinate, memberCoordinate } from './coordinate.ts';
import { rowShapeOf } from './row-fields.ts';
import { rootTypesOf } from './schema-types.ts';

type Place = 'type' | 'field' | 'rootField' | 'enumValue' | 'input';

/** An element that can have a guard: a type, a member of a type, or an argument. */
export interface SchemaElement {
  readonly typeName: string;
  readonly coordinate: string;
  readonly element: DirectiveTarget & { description: GraphQLNamedType['description'] };
  readonly place: Place;
  /** The type of a field. Undefined for other elements. */
  readonly returns?: GraphQLOutputType;
  /** Whether it has values that a rule can hide, as an object type or interface, or a field that returns several. */
  readonly hasRows?: boolean;
}

/** Returns all elements that can have a guard, in schema order. */
export function schemaElements(schema: GraphQLSchema): SchemaElement[] {
  const roots = new Set<GraphQLNamedType>(rootTypesOf(schema));
  const elements: SchemaElement[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue;
    const { name: typeName } = type;
    const hasRows = (isObjectType(type) || isInterfaceType(type)) && !roots.has(type);
    elements.push({ typeName, coordinate: typeName, element: type, place: 'type', hasRows });
    const returnsEvents = type === schema.getSubscriptionType();
    addMembers(elements, type, { place: roots.has(type) ? 'rootField' : 'field', returnsEvents });
  }
  return elements;
}

/** Pushes elements one by one, for speed at start: a schema has thousands. */
function addMembers(
  elements: SchemaElement[],
  type: GraphQLNamedType,
  { place, returnsEvents }: { readonly place: Place; readonly returnsEvents: boolean },
): void {
  const { name: typeName } = type;
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      const coordinate = memberCoordinate(typeName, field.name);
      const hasRows = returnsEvents
        ? isCompositeType(getNamedType(field.type))
        : rowShapeOf(field.type) !== undefined;
      elements.push({ typeName, place, coordinate, element: field, returns: field.type, hasRows });
      for (const arg of field.args) {
        const ofArgument = argumentCoordinate(coordinate, arg.name);
        elements.push({ typeName, place: 'input', coordinate: ofArgument, element: arg });
      }
    }
    return;
  }
  const isInput = isInputObjectType(type);
  const members = isInput
    ? Object.values(type.getFields())
    : isEnumType(type)
      ? type.getValues()
      : [];
  for (const member of members) {
    const coordinate = memberCoordinate(typeName, member.name);
    const at = isInput ? 'input' : 'enumValue';
    elements.push({ typeName, place: at, coordinate, element: member });
  }
}
