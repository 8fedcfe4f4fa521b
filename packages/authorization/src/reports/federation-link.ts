import type {
  ConstArgumentNode,
  ConstDirectiveNode,
  ConstListValueNode,
  ConstObjectFieldNode,
  ConstValueNode,
  DocumentNode,
  GraphQLSchema,
} from 'graphql';
import { Kind, print, visit } from 'graphql';
import { directiveNodes } from '../requirements/applied-directives.ts';

/** The router's directives for guards. `@policy` is imported only where it is used: Cosmo does not know it. */
const guardDirectives = (hasPolicies: boolean): readonly string[] => [
  '@authenticated',
  '@requiresScopes',
  ...(hasPolicies ? ['@policy'] : []),
];
/** Federation 2.6 is the first version with all of them. */
const leastMinorVersion = 6;

const federationUrl = /^https:\/\/specs\.apollo\.dev\/federation\/v2\.(\d+)$/;

/** The URL of the specification of `@link` itself, which a subgraph imports implicitly. */
const linkUrl = /^https:\/\/specs\.apollo\.dev\/link\//;

/**
 * Prints the `extend schema` that imports the router's directives for guards. A subgraph keeps its own links, their
 * imports, such as `@key`, and its other directives, such as `@composeDirective`.
 */
export function printLinks(schema: GraphQLSchema, hasPolicies: boolean): string {
  const links = linksOf(schema);
  const guards = guardDirectives(hasPolicies);
  const all = links.some(isFederation)
    ? links.map((link) => withGuards(link, guards))
    : [...links, linkOf(guards)];
  const others = directiveNodes(schema).filter((node) => !isLink(node));
  return `extend schema ${[...all, ...others].map((each) => print(each)).join(' ')}`;
}

const isLink = ({ name }: ConstDirectiveNode): boolean => name.value === 'link';

const linksOf = (schema: GraphQLSchema): readonly ConstDirectiveNode[] =>
  directiveNodes(schema).filter((node) => isLink(node) && !linkUrl.test(urlOf(node)));

const isFederation = (link: ConstDirectiveNode): boolean => federationUrl.test(urlOf(link));

/** The arguments of a link, or the fields of an import. */
type Entries = readonly (ConstArgumentNode | ConstObjectFieldNode)[];

const argumentsOf = (link: ConstDirectiveNode): readonly ConstArgumentNode[] =>
  link.arguments ?? [];

const valueAt = (entries: Entries, name: string): ConstValueNode | undefined =>
  entries.find((entry) => entry.name.value === name)?.value;

function textAt(entries: Entries, name: string): string | undefined {
  const value = valueAt(entries, name);
  return value?.kind === Kind.STRING ? value.value : undefined;
}

const urlOf = (link: ConstDirectiveNode): string => textAt(argumentsOf(link), 'url') ?? '';

function importsOf(link: ConstDirectiveNode): ConstListValueNode['values'] {
  const value = valueAt(argumentsOf(link), 'import');
  return value?.kind === Kind.LIST ? value.values : [];
}

const toText = (value: string): ConstValueNode => ({ kind: Kind.STRING, value });

const toArgument = (name: string, value: ConstValueNode): ConstArgumentNode => ({
  kind: Kind.ARGUMENT,
  name: { kind: Kind.NAME, value: name },
  value,
});

/** Adds the imports to the link of the federation, and raises its version if it does not have them. */
function withGuards(link: ConstDirectiveNode, guards: readonly string[]): ConstDirectiveNode {
  const minor = federationUrl.exec(urlOf(link))?.[1];
  if (minor === undefined) return link;
  const imports = importsOf(link);
  const known = imports.map(importedName);
  const missing = guards.filter((name) => !known.includes(name)).map(toText);
  const others = argumentsOf(link).filter(
    ({ name }) => name.value !== 'url' && name.value !== 'import',
  );
  return {
    ...link,
    arguments: [
      toArgument('url', toText(toUrl(Math.max(Number(minor), leastMinorVersion)))),
      ...others,
      toArgument('import', { kind: Kind.LIST, values: [...imports, ...missing] }),
    ],
  };
}

const toUrl = (minor: number): string => `https://specs.apollo.dev/federation/v2.${minor}`;

const linkOf = (guards: readonly string[]): ConstDirectiveNode => ({
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: 'link' },
  arguments: [
    toArgument('url', toText(toUrl(leastMinorVersion))),
    toArgument('import', { kind: Kind.LIST, values: guards.map(toText) }),
  ],
});

/**
 * Removes what a library for subgraphs has added to the schema, and composition adds again. Composition does not know the
 * definitions of other specifications, so those are kept.
 */
export function withoutFederation(schema: GraphQLSchema, document: DocumentNode): DocumentNode {
  const links = linksOf(schema).filter(isFederation);
  if (links.length === 0) return document;
  const imported = new Set(links.flatMap(importsOf).map(importedName));
  const isAdded = (name: string): boolean =>
    imported.has(name) || addedNames.has(name) || /^(federation|link)__/.test(name);
  const remove = ({ name }: Named) => (isAdded(name.value) ? null : undefined);
  return visit(document, {
    DirectiveDefinition: ({ name }) =>
      isAdded(`@${name.value}`) || isAdded(name.value) ? null : undefined,
    ScalarTypeDefinition: remove,
    ObjectTypeDefinition: remove,
    UnionTypeDefinition: remove,
    EnumTypeDefinition: remove,
    FieldDefinition: remove,
  });
}

interface Named {
  readonly name: { readonly value: string };
}

const addedNames: ReadonlySet<string> = new Set([
  '@link',
  '_Any',
  '_Entity',
  '_Service',
  '_entities',
  '_service',
]);

/** An import is a name, or an object with `name` and `as`. */
function importedName(value: ConstValueNode): string | undefined {
  if (value.kind === Kind.STRING) return value.value;
  if (value.kind !== Kind.OBJECT) return undefined;
  return textAt(value.fields, 'as') ?? textAt(value.fields, 'name');
}
