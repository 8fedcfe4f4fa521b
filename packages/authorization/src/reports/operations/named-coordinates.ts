import type { DocumentNode, GraphQLSchema } from 'graphql';
import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { argumentCoordinate, memberCoordinate } from '../../requirements/coordinate.ts';

/** An element of a schema that may be deprecated. */
type Deprecatable = { readonly deprecationReason?: string | null | undefined } | null | undefined;

/** The deprecated ones of {@link namedCoordinates}. */
export const deprecatedUses = (schema: GraphQLSchema, document: DocumentNode): readonly string[] =>
  namedCoordinates(schema, document, (used) => typeof used?.deprecationReason === 'string');

/**
 * Returns the fields, arguments, input fields and enum values that a document names, each once and in its order. What
 * variables supply is not known.
 *
 * @param counts whether an element is meant. Default: all are.
 */
export function namedCoordinates(
  schema: GraphQLSchema,
  document: DocumentNode,
  counts: (used: Deprecatable) => boolean = () => true,
): readonly string[] {
  const found = new Set<string>();
  const typeInfo = new TypeInfo(schema);
  const add = (used: Deprecatable, coordinate: string): void => {
    if (counts(used)) found.add(coordinate);
  };
  const field = (): string =>
    memberCoordinate(`${typeInfo.getParentType()?.name}`, `${typeInfo.getFieldDef()?.name}`);
  const visitor = visitWithTypeInfo(typeInfo, {
    Field: () => add(typeInfo.getFieldDef(), field()),
    Argument({ name }) {
      const isOfField = !typeInfo.getDirective();
      if (isOfField) add(typeInfo.getArgument(), argumentCoordinate(field(), name.value));
    },
    ObjectField({ name }) {
      const type = getNamedType(typeInfo.getParentInputType());
      if (!isInputObjectType(type)) return;
      add(type.getFields()[name.value], memberCoordinate(type.name, name.value));
    },
    EnumValue({ value }) {
      const type = getNamedType(typeInfo.getInputType());
      if (isEnumType(type)) add(type.getValue(value), memberCoordinate(type.name, value));
    },
  });
  visit(document, visitor);
  return [...found];
}
