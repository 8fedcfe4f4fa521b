import { printFederationSchema } from '@graphql-gatehouse/authorization/reports';
import {
  buildASTSchema,
  type DefinitionNode,
  type DocumentNode,
  Kind,
  parse,
  print,
  visit,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { groupsOnly, guardBuilt } from './fixtures.ts';

/** The definitions of `@link`, as a library for subgraphs adds them. */
const linkDefinitions = `
  directive @link(url: String, as: String, for: link__Purpose, import: [link__Import])
    repeatable on SCHEMA
  scalar link__Import
  enum link__Purpose { SECURITY EXECUTION }
`;

/** The printed SDL without its notes: the links, and the definitions. */
function printed(sdl: string, change = (document: DocumentNode) => document) {
  const document = change(parse(`${groupsOnly} ${sdl}`));
  const { source, requirements } = guardBuilt(buildASTSchema(document));
  const { definitions } = parse(printFederationSchema(source, requirements));
  const isLink = ({ kind }: DefinitionNode) => kind === Kind.SCHEMA_EXTENSION;
  const printedAll = (all: readonly DefinitionNode[]) => all.map(print).join('\n\n');
  return {
    links: printedAll(definitions.filter(isLink)),
    definitions: printedAll(definitions.filter((each) => !isLink(each))),
  };
}

const linked = (links: string) =>
  `${linkDefinitions} extend schema ${links} type Query { a: Int @public }`;

/** The tools that build syntax trees leave out empty lists. */
const withoutEmptyArguments = (document: DocumentNode): DocumentNode =>
  visit(document, {
    Directive: ({ arguments: args = [], ...node }) =>
      args.length === 0 ? node : { ...node, arguments: args },
  });

const federation = (minor: number) => `url: "https://specs.apollo.dev/federation/v2.${minor}"`;
const guards = '"@authenticated", "@requiresScopes"';
const guardsAlone = `@link(${federation(6)}, import: [${guards}])`;

describe('the links of a schema for a router', () => {
  it.each([
    {
      change: 'raise an old version, and keep imports of all kinds',
      given: `@link(${federation(3)}, import: ["@key", { name: "@tag", as: "@label" }, null])`,
      links: `@link(${federation(6)}, import: ["@key", {name: "@tag", as: "@label"}, null, ${guards}])`,
    },
    {
      change: 'keep a newer version, and add only missing imports',
      given: `@link(${federation(10)}, import: [{ name: "@tag" }, "@authenticated"])`,
      links: `@link(${federation(10)}, import: [{name: "@tag"}, "@authenticated", "@requiresScopes"])`,
    },
    {
      change: 'import a directive by its own name that has another name in the schema',
      given: `@link(${federation(6)}, import: [{ name: "@authenticated", as: "@login" }])`,
      links: `@link(${federation(6)}, import: [{name: "@authenticated", as: "@login"}, ${guards}])`,
    },
    {
      change: 'keep other arguments, and add the imports where there are none',
      given: `@link(as: "fed", ${federation(6)}, for: SECURITY)`,
      links: `@link(${federation(6)}, as: "fed", for: SECURITY, import: [${guards}])`,
    },
    {
      change: 'keep links of other specifications, and leave out that of @link itself',
      given: `@link(url: "https://specs.apollo.dev/link/v1.0")
        @link(url: "https://example.com/cost/v1.0", import: ["@cost"])
        @link(${federation(6)}, import: ["@key"])`,
      links: `@link(url: "https://example.com/cost/v1.0", import: ["@cost"]) @link(${federation(6)}, import: ["@key", ${guards}])`,
    },
    {
      change: 'add the link of the federation to others',
      given: '@link(url: "https://example.com/cost/v1.0")',
      links: `@link(url: "https://example.com/cost/v1.0") ${guardsAlone}`,
    },
  ])('$change', ({ given, links }) => {
    expect(printed(linked(given)).links).toBe(print(parse(`extend schema ${links}`)));
  });

  it.each([
    '@link(url: "https://specs.apollo.dev/federation/v2.6/more")',
    '@link(url: "https://specs.apollo.dev/federation/v2.x")',
    '@link(url: "https://example.com/https://specs.apollo.dev/federation/v2.6")',
    '@link(url: "https://example.com/https://specs.apollo.dev/link/v1.0")',
    '@link(url: null)',
    '@link(import: ["@key"])',
    '@link',
  ])('do not take %s for that of the federation', (given) => {
    const links = print(parse(`extend schema ${given} ${guardsAlone}`));
    expect(printed(linked(given)).links).toBe(links);
    expect(printed(linked(given), withoutEmptyArguments).links).toBe(links);
  });
});

describe('the definitions of a schema for a router', () => {
  const subgraph = `${linkDefinitions}
    extend schema
      @composeDirective(name: "@cost")
      @link(${federation(6)}, import: [
        "@key", "@composeDirective", "FieldSet", { name: "@tag", as: "@label" }, { name: "@shareable" },
        { name: "@external", as: null }, {}, null
      ])
      @link(url: "https://example.com/cost/v1.0", import: ["@cost", "Weight"])
    directive @key(fields: FieldSet!) repeatable on OBJECT
    directive @label(name: String!) on FIELD_DEFINITION
    directive @shareable on FIELD_DEFINITION
    directive @external on FIELD_DEFINITION
    directive @federation__override(from: federation__Name) on FIELD_DEFINITION
    directive @composeDirective(name: String!) repeatable on SCHEMA
    directive @cost(is: Weight) on FIELD_DEFINITION
    scalar Weight
    scalar FieldSet
    scalar federation__Name
    scalar _Any
    type Query {
      bills: [Bill] @auth(requires: [ADMIN])
      _entities(representations: [_Any!]!): [_Entity]! @public
      _service: _Service! @public
    }
    type Bill @key(fields: "id") {
      id: ID @shareable
      total: Int @label(name: "sum") @cost(is: 2)
      own_link__count: Int
    }
    union _Entity = Bill
    type _Service { sdl: String }
  `;

  it('are those of a subgraph, without what composition adds again', () => {
    expect(printed(subgraph).definitions).toBe(`directive @cost(is: Weight) on FIELD_DEFINITION

scalar Weight

type Query {
  bills: [Bill] @requiresScopes(scopes: [["ADMIN"]])
}

type Bill @key(fields: "id") {
  id: ID @shareable
  total: Int @label(name: "sum") @cost(is: 2)
  own_link__count: Int
}`);
  });

  it('stand beside the directives of the schema itself, such as @composeDirective', () => {
    expect(printed(subgraph).links).toMatch(
      /"@cost",?\s+"Weight"\s*\]\)\s@composeDirective\(name: "@cost"\)$/,
    );
  });

  it('keep names that only look like those of the federation, where it is not linked', () => {
    const sdl = `scalar _Any
      directive @federation__cost on FIELD_DEFINITION
      type Query { _service: _Any @public @federation__cost }`;
    expect(printed(sdl).definitions).toBe(`directive @federation__cost on FIELD_DEFINITION

scalar _Any

type Query {
  _service: _Any @federation__cost
}`);
  });
});
