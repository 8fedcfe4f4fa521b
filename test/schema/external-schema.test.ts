import { makeExecutableSchema } from '@graphql-tools/schema';
import {
  execute,
  GraphQLEnumType,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  parse,
} from 'graphql';
import { CompositionError, type GatehouseConfig } from 'graphql-gatehouse';
import { describe, expect, it } from 'vitest';
import { composeForReports, groupsOf } from '../../src/gatehouse/schema-report.ts';

const directory = import.meta.dirname;
const compose = (config: GatehouseConfig) => composeForReports({ directory, config });

/** The groups that each clause of a coordinate asks for. */
const clausesAt = (config: GatehouseConfig, coordinate: string) =>
  compose(config)
    .requirements.at(coordinate)
    .map(({ requires }) => [...requires]);

const codeFirst = (auth: unknown, type: GraphQLObjectType | typeof GraphQLString = GraphQLString) =>
  new GraphQLSchema({
    query: new GraphQLObjectType({
      name: 'Query',
      fields: { revenue: { type, extensions: { directives: { auth } }, resolve: () => '46.00' } },
    }),
    types: [new GraphQLEnumType({ name: 'Group', values: { SALES: { value: 7 }, ADMIN: {} } })],
  });

const sdlFirst = (typeDefs: string, resolvers = {}) =>
  makeExecutableSchema({
    typeDefs: `directive @auth(requires: [Group!]) repeatable on FIELD_DEFINITION | OBJECT
      directive @public on FIELD_DEFINITION
      enum Group { SALES }
      ${typeDefs}`,
    resolvers,
  });

describe('a schema that was made elsewhere', () => {
  it('adds its groups to those of Gatehouse, each once', () => {
    const project = { directory, config: { schema: codeFirst({ requires: ['SALES'] }) } };
    expect(groupsOf(project).names).toEqual(['ADMIN', 'AUDITOR', 'SALES']);
  });

  it.each([
    { title: 'an object', implies: { groups: ['ADMIN'] } },
    { title: 'a list of objects', implies: [{ groups: 'ADMIN' }] },
  ])('keeps the groups that its groups imply, from $title in extensions', ({ implies }) => {
    const values = { SALES: { extensions: { directives: { implies } } }, ADMIN: {} };
    const schema = new GraphQLSchema({
      query: new GraphQLObjectType({
        name: 'Query',
        fields: {
          revenue: {
            type: GraphQLString,
            extensions: { directives: { auth: { requires: ['ADMIN'] } } },
            resolve: () => '46.00',
          },
        },
      }),
      types: [new GraphQLEnumType({ name: 'Group', values })],
    });
    expect(groupsOf({ directory, config: { schema } }).inEffect(['SALES'])).toEqual([
      'ADMIN',
      'SALES',
    ]);
    const [clause] = compose({ schema }).requirements.at('Query.revenue');
    expect(clause).toEqual({ requires: ['ADMIN'], or: [], satisfiedBy: ['ADMIN', 'SALES'] });
  });

  it('keeps the groups that its groups imply, from its SDL', () => {
    const schema = sdlFirst(
      `directive @implies(groups: [Group!]!) on ENUM_VALUE
      extend enum Group { LEAD @implies(groups: SALES) }
      type Query { revenue: String @auth(requires: [SALES]) }`,
      { Query: { revenue: () => '46.00' } },
    );
    expect(groupsOf({ directory, config: { schema } }).inEffect(['LEAD'])).toEqual([
      'LEAD',
      'SALES',
    ]);
    const [clause] = compose({ schema }).requirements.at('Query.revenue');
    expect(clause?.satisfiedBy).toEqual(['SALES', 'LEAD']);
  });

  it('keeps the rules of extensions', () => {
    const schema = codeFirst({ requires: ['SALES'] });
    expect(clausesAt({ schema }, 'Query.revenue')).toEqual([['SALES']]);
  });

  it('keeps all of several rules', () => {
    const schema = codeFirst([{ requires: ['SALES'] }, { requires: ['ADMIN'] }]);
    expect(clausesAt({ schema }, 'Query.revenue')).toEqual([['SALES'], ['ADMIN']]);
  });

  it('keeps the rules of its SDL', () => {
    const schema = sdlFirst('type Query { revenue: String @auth(requires: [SALES]) }', {
      Query: { revenue: () => '46.00' },
    });
    expect(clausesAt({ schema }, 'Query.revenue')).toEqual([['SALES']]);
  });

  it('runs its resolvers, enum values and types behind the guards', async () => {
    const schema = sdlFirst(
      `enum Size { SMALL LARGE }
      interface Thing { size: Size! }
      type Box implements Thing { size: Size! }
      type Query { thing(size: Size = LARGE): Thing @public }`,
      {
        Size: { SMALL: 1, LARGE: 2 },
        Thing: { __resolveType: () => 'Box' },
        Query: { thing: (_query: unknown, { size }: { size: number }) => ({ size: size - 1 }) },
      },
    );
    const { schema: guarded } = compose({ schema });
    const rights = { viewer: () => ({ isAuthenticated: false, reason: 'TOKEN_MISSING' }) };
    const document = parse('{ thing { __typename size } }');
    expect(await execute({ schema: guarded, document, contextValue: { rights } })).toEqual({
      data: { thing: { __typename: 'Box', size: 'SMALL' } },
    });
  });

  it('is refused for each type of a name that Gatehouse or a domain has, beside its other mistakes', () => {
    const domain = { name: 'room', typeDefs: 'type Room { id: ID! }' };
    const sdl = `type Query { mine: User @public room: Room } type User { id: ID! } type Room { id: ID! }`;
    const schema = sdlFirst(sdl, { Query: { mine: () => null, room: () => null } });
    const problems = [
      expect.stringMatching(
        /^User: Gatehouse declares it too: write `extend type User`, or choose another name \(users\/user\.graphql:\d+, `schema`\)$/,
      ),
      'Room: it is declared more than once (SDL of the domain room:1, `schema`)',
      'Query.room: a root field must have @auth or @public',
    ];
    expect(() => compose({ schema, domains: [domain] })).toThrow(
      expect.objectContaining({ name: 'CompositionError', problems }),
    );
  });

  it('is refused when it is no schema', () => {
    const config = {};
    Reflect.set(config, 'schema', {});
    expect(() => compose(config)).toThrow(
      new CompositionError([
        { name: 'external-schema', problem: 'schema: it must be a GraphQLSchema of graphql-js' },
      ]),
    );
  });

  it('is refused for a root field that is there already, by its coordinate', () => {
    const schema = sdlFirst('type Query { me: String @public }');
    expect(() => compose({ schema })).toThrow('Query.me');
  });

  it('is refused for a root type of another name', () => {
    const query = new GraphQLObjectType({
      name: 'RootQuery',
      fields: { a: { type: new GraphQLNonNull(GraphQLString) } },
    });
    expect(() => compose({ schema: new GraphQLSchema({ query }) })).toThrow(
      'the root type RootQuery must be called Query',
    );
  });

  it.each([
    { what: 'a root field without a rule', auth: undefined, offence: 'Query.revenue' },
    { what: 'a group that there is not', auth: { requires: ['SLAES'] }, offence: 'SLAES' },
  ])('is refused for $what', ({ auth, offence }) => {
    expect(() => compose({ schema: codeFirst(auth) })).toThrow(CompositionError);
    expect(() => compose({ schema: codeFirst(auth) })).toThrow(offence);
  });

  it('is refused when its rules are in the form of a list', () => {
    const query = new GraphQLObjectType({
      name: 'Query',
      fields: {
        revenue: {
          type: GraphQLString,
          extensions: { directives: [{ name: 'auth', args: { requires: ['ADMIN'] } }] },
        },
      },
    });
    expect(() => compose({ schema: new GraphQLSchema({ query }) })).toThrow(
      'Query.revenue: extensions.directives is a list',
    );
  });
});
