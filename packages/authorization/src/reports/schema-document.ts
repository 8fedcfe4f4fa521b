import type {
  ConstDirectiveNode,
  DocumentNode,
  GraphQLInputType,
  GraphQLNamedType,
  GraphQLSchema,
  SchemaExtensionNode,
} from 'graphql';
import {
  astFromValue,
  getNamedType,
  isEnumType,
  isSpecifiedDirective,
  Kind,
  parse,
  print,
  printSchema,
  visit,
} from 'graphql';
import {
  type AppliedDirective,
  appliedDirectives,
  type DirectiveTarget,
} from '../requirements/applied-directives.ts';
import { argumentCoordinate, memberCoordinate } from '../requirements/coordinate.ts';
import { nameOfEnumItem } from '../requirements/directive.ts';
import { schemaElements } from '../requirements/schema-elements.ts';
import { createDirectiveNode } from './directive-node.ts';

/**
 * Converts a schema to a document with the directives of every element: those of its SDL and those of
 * `extensions.directives`. graphql-js prints schemas without them.
 */
export function toSchemaDocument(schema: GraphQLSchema): DocumentNode {
  const directives = new Map(
    schemaElements(schema).map(({ coordinate, element }) => [
      coordinate,
      directivesOf(schema, element),
    ]),
  );
  const withDirectives = <Node extends { readonly directives?: readonly ConstDirectiveNode[] }>(
    node: Node,
    coordinate: string,
  ): Node => ({
    ...node,
    directives: [node.directives, directives.get(coordinate)]
      .flat()
      .filter((each) => each !== undefined),
  });
  let typeName = '';
  let fieldName: string | undefined;
  const type = {
    enter: (node: { readonly name: { readonly value: string } }) => {
      typeName = node.name.value;
      fieldName = undefined;
    },
    leave: <Node extends TypeNode>(node: Node) => withDirectives(node, node.name.value),
  };
  const member = <Node extends TypeNode>(node: Node) =>
    withDirectives(node, memberCoordinate(typeName, node.name.value));
  return visit(parse(printSchema(schema)), {
    ScalarTypeDefinition: type,
    ObjectTypeDefinition: type,
    InterfaceTypeDefinition: type,
    UnionTypeDefinition: type,
    EnumTypeDefinition: type,
    InputObjectTypeDefinition: type,
    FieldDefinition: {
      enter: ({ name }) => {
        fieldName = name.value;
      },
      leave: (node) => {
        fieldName = undefined;
        return member(node);
      },
    },
    EnumValueDefinition: { leave: member },
    // Arguments and input fields have the same node kind. Only arguments are inside a field.
    InputValueDefinition: {
      leave: (node) =>
        fieldName === undefined
          ? member(node)
          : withDirectives(
              node,
              argumentCoordinate(memberCoordinate(typeName, fieldName), node.name.value),
            ),
    },
    DirectiveDefinition: { enter: () => false },
  });
}

/** Returns the directives of `schema` itself as an extension, which need not name the root types. */
export function toSchemaExtension(schema: GraphQLSchema): SchemaExtensionNode | undefined {
  const directives = directivesOf(schema, schema);
  return directives.length === 0 ? undefined : { kind: Kind.SCHEMA_EXTENSION, directives };
}

interface TypeNode {
  readonly name: { readonly value: GraphQLNamedType['name'] };
  readonly directives?: readonly ConstDirectiveNode[];
}

const directivesOf = (
  schema: GraphQLSchema,
  element: DirectiveTarget,
): readonly ConstDirectiveNode[] =>
  appliedDirectives(schema, element).flatMap((each) => toNode(schema, each) ?? []);

/** Returns undefined for directives that graphql-js prints itself, such as `@deprecated`. */
function toNode(
  schema: GraphQLSchema,
  { name, args }: AppliedDirective,
): ConstDirectiveNode | undefined {
  const definition = schema.getDirective(name);
  if (!definition || isSpecifiedDirective(definition)) return undefined;
  const argumentValues = new Map<string, unknown>(
    Object.entries(typeof args === 'object' && args !== null ? args : {}),
  );
  const values = definition.args
    .filter((arg) => argumentValues.has(arg.name))
    .map((arg) => [arg.name, printValue(argumentValues.get(arg.name), arg.type)] as const);
  return createDirectiveNode(name, values);
}

/** Prints a value as SDL. Enum values may be given by name or by internal value. */
function printValue(value: unknown, type: GraphQLInputType): string {
  const named = getNamedType(type);
  if (!isEnumType(named)) return print(astFromValue(value, type) ?? { kind: Kind.NULL });
  return Array.isArray(value)
    ? `[${value.map((item) => nameOfEnumItem(item, named)).join(', ')}]`
    : nameOfEnumItem(value, named);
}
