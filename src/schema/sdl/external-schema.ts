import type { IResolvers, SchemaExtensions } from '@graphql-tools/utils';
import {
  extractExtensionsFromSchema,
  getDocumentNodeFromSchema,
  getResolversFromSchema,
} from '@graphql-tools/utils';
import {
  type ASTNode,
  type DefinitionNode,
  type DirectiveNode,
  type DocumentNode,
  type EnumTypeDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  Kind,
  visit,
} from 'graphql';
import { named } from '../../error-pages.ts';
import { type CheckedTypeDefs, enumValues } from './type-defs.ts';

const rootNames: readonly string[] = ['Query', 'Mutation', 'Subscription'];
/** Enums of Gatehouse to which other schemas may add values, like `extend enum` in SDL. */
const openEnums: readonly string[] = ['Group', 'Policy'];
/** Directives that Gatehouse defines. */
const ownDirectives: readonly string[] = [
  'auth',
  'public',
  'implies',
  'references',
  'audited',
  'within',
  'grants',
];

/** A path without directives: those in `extensions.directives` are read from the schema, not from its SDL. */
const noDirectives = ['gatehouse', 'none'];

/**
 * Converts an external executable schema to type definitions that extend the others: its root types, `Group` and
 * `Policy` become extensions.
 *
 * Reports root types with other names, and directives in lists, as problems.
 *
 * @param others the type definitions that it is joined with.
 */
export function externalTypeDefs(
  schema: GraphQLSchema,
  others: readonly DocumentNode[],
): CheckedTypeDefs {
  const { definitions, ...document } = withEnumNames(
    getDocumentNodeFromSchema(schema, { pathToDirectivesInExtensions: noDirectives }),
  );
  const problems = [
    ...named('external-schema', renamedRoots(schema)),
    ...named('directives-in-list', listedDirectives(schema)),
  ];
  const extensions = definitions.flatMap((each) => toExtension(each, others));
  return { documents: [{ ...document, definitions: extensions }], problems };
}

const renamedRoots = (schema: GraphQLSchema): readonly string[] =>
  [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap(
    (type, index) =>
      !type || type.name === rootNames[index]
        ? []
        : [`schema: the root type ${type.name} must be called ${rootNames[index]}`],
  );

/** Finds directives in lists, the default of some tools. They would be lost when schemas are joined. */
const listedDirectives = (schema: GraphQLSchema): readonly string[] =>
  Object.values(schema.getTypeMap())
    .flatMap((type): Member[] => [
      { coordinate: type.name, extensions: type.extensions },
      ...membersOf(type),
    ])
    .filter(({ extensions }) => Array.isArray(extensions.directives))
    .map(
      ({ coordinate }) =>
        `${coordinate}: extensions.directives is a list: make it an object by directive name` +
        ' (in @pothos/plugin-directives, set useGraphQLToolsUnorderedDirectives)',
    );

interface Member {
  readonly coordinate: string;
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** Returns the fields of a type and their arguments. */
function membersOf(type: GraphQLNamedType): readonly Member[] {
  if (isInputObjectType(type)) {
    return Object.values(type.getFields()).map(({ name, extensions }) => ({
      coordinate: `${type.name}.${name}`,
      extensions,
    }));
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  return Object.values(type.getFields()).flatMap(({ name, extensions, args }): Member[] => [
    { coordinate: `${type.name}.${name}`, extensions },
    ...args.map((arg) => ({
      coordinate: `${type.name}.${name}(${arg.name}:)`,
      extensions: arg.extensions,
    })),
  ]);
}

function toExtension(
  node: DefinitionNode,
  others: readonly DocumentNode[],
): readonly DefinitionNode[] {
  if (node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION) return [];
  if (node.kind === Kind.DIRECTIVE_DEFINITION)
    return ownDirectives.includes(node.name.value) ? [] : [node];
  if (node.kind === Kind.OBJECT_TYPE_DEFINITION && rootNames.includes(node.name.value)) {
    const { description: _own, ...type } = node;
    return [{ ...type, kind: Kind.OBJECT_TYPE_EXTENSION }];
  }
  return node.kind === Kind.ENUM_TYPE_DEFINITION && openEnums.includes(node.name.value)
    ? toEnumExtension(node, others)
    : [node];
}

/** Returns an extension with the values that the others do not have, if there are any. */
function toEnumExtension(
  { description: _own, ...node }: EnumTypeDefinitionNode,
  others: readonly DocumentNode[],
): readonly DefinitionNode[] {
  const known = enumValues(others, node.name.value);
  const values = (node.values ?? []).filter(({ name }) => !known.includes(name.value));
  return values.length === 0 ? [] : [{ ...node, kind: Kind.ENUM_TYPE_EXTENSION, values }];
}

/** Converts groups and policies from strings, as the printer writes them, to enum values. */
const withEnumNames = (document: DocumentNode): DocumentNode =>
  visit(document, {
    Directive: (directive: DirectiveNode): ASTNode | undefined =>
      directive.name.value === 'auth' || directive.name.value === 'implies'
        ? visit(directive, { StringValue: ({ value }) => ({ kind: Kind.ENUM, value }) })
        : undefined,
  });

/** The resolvers and extensions of an external schema. */
export interface ExternalParts {
  readonly resolvers: IResolvers;
  /** Includes the guards in `extensions.directives`. */
  readonly extensions: SchemaExtensions;
}

/** Extracts the resolvers and the extensions of a schema. Internal values of `Group` and `Policy` are not kept. */
export function externalParts(schema: GraphQLSchema): ExternalParts {
  const resolvers = Object.entries(getResolversFromSchema(schema)).filter(
    ([name]) => !openEnums.includes(name),
  );
  return {
    resolvers: Object.fromEntries(resolvers),
    extensions: extractExtensionsFromSchema(schema),
  };
}
