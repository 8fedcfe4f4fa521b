import {
  createAuthorization,
  directiveTypeDefs,
  SchemaAuthorizationError,
} from '@graphql-gatehouse/authorization';
import {
  buildSchema,
  DirectiveLocation,
  GraphQLDirective,
  GraphQLEnumType,
  GraphQLID,
  GraphQLInputObjectType,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
} from 'graphql';
import { describe, expect, it } from 'vitest';

const sdl = buildSchema(`enum Group { STAFF } enum Policy { OWNER } ${directiveTypeDefs()}`, {
  assumeValid: true,
});

const places = ['type', 'field', 'argument', 'inputField', 'enumValue'] as const;
type Place = (typeof places)[number];

/** Creates a code-first schema with these extensions on the element at one place. */
function schemaWith(place: Place, extensions: object, more: readonly GraphQLDirective[] = []) {
  const at = (each: Place) => (each === place ? { extensions: { ...extensions } } : {});
  const note = new GraphQLObjectType({
    name: 'Note',
    ...at('type'),
    fields: {
      text: {
        type: GraphQLString,
        ...at('field'),
        args: { id: { type: GraphQLID, ...at('argument') } },
      },
    },
  });
  const input = new GraphQLInputObjectType({
    name: 'Input',
    fields: { id: { type: GraphQLID, ...at('inputField') } },
  });
  const color = new GraphQLEnumType({ name: 'Color', values: { RED: at('enumValue') } });
  const query = new GraphQLObjectType({
    name: 'Query',
    fields: {
      note: {
        type: note,
        args: { input: { type: input }, color: { type: color } },
        extensions: { directives: { public: {} } },
      },
    },
  });
  return new GraphQLSchema({
    query,
    directives: [...sdl.getDirectives(), ...more],
    types: ['Group', 'Policy'].flatMap((name) => sdl.getType(name) ?? []),
  });
}

/** The problems of the guards of a schema, without those of elements beside the one at the place. */
function problemsOf(schema: GraphQLSchema): readonly string[] {
  try {
    createAuthorization(schema, {
      policies: { OWNER: { reads: [], admits: () => true, where: () => ({}) } },
      types: { Note: { byIds: () => [] } },
      onDelivered: () => {},
      viewerOf: () => ({ isAuthenticated: false, reason: 'TOKEN_MISSING' }),
    });
    return [];
  } catch (error) {
    if (!(error instanceof SchemaAuthorizationError)) throw error;
    return error.offences.map(({ problem }) => problem);
  }
}

const everywhere = (directives: object) =>
  places.map((place) => problemsOf(schemaWith(place, { directives })));

const names = ['auth', 'public', 'implies', 'references', 'audited'] as const;

describe('a directive in the extensions of an element', () => {
  it.each(
    names.flatMap((name) =>
      [false, true, null, undefined, '', [], [false], [{}, null], [[]]].map((args) => ({
        name,
        args,
      })),
    ),
  )('is refused everywhere without arguments: $name: $args', ({ name, args }) => {
    const problem = `@${name} must be an object of arguments or a list of such objects, or be omitted`;
    for (const problems of everywhere({ [name]: args })) expect(problems).toContain(problem);
  });

  it.each([
    { name: 'Auth', meant: 'auth' },
    { name: 'AUTH', meant: 'auth' },
    { name: 'auths', meant: 'auth' },
    { name: 'reference', meant: 'references' },
    { name: 'Audited', meant: 'audited' },
    { name: 'Implies', meant: 'implies' },
    { name: 'imply', meant: undefined },
    { name: 'Public', meant: 'public' },
  ])('is refused everywhere by a name that is nearly one of ours: $name', ({ name, meant }) => {
    for (const problems of everywhere({ [name]: { requires: ['STAFF'] } })) {
      const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
      expect(problems).toContain(`@${name} is not a directive in this schema${hint}`);
    }
  });

  it('is refused by such a name where the schema has that directive too', () => {
    const own = new GraphQLDirective({
      name: 'Auth',
      locations: [DirectiveLocation.FIELD_DEFINITION],
    });
    const directives = { Auth: { requires: ['STAFF'] } };
    expect(problemsOf(schemaWith('field', { directives }, [own]))).toEqual([
      '@Auth in extensions.directives has no effect: name it auth',
    ]);
  });

  it('is taken for a directive of the schema by any other name', () => {
    const own = new GraphQLDirective({
      name: 'author',
      locations: [DirectiveLocation.FIELD_DEFINITION],
    });
    expect(problemsOf(schemaWith('field', { directives: { author: {} } }, [own]))).toEqual([]);
  });

  it.each(['directive', 'Directives', 'DIRECTIVE'])(
    'is refused below a name that is nearly `directives`: %s',
    (name) => {
      for (const place of places) {
        const schema = schemaWith(place, { [name]: { auth: { requires: ['STAFF'] } } });
        expect(problemsOf(schema)).toContain(
          `extensions.${name} has no effect: name it extensions.directives`,
        );
      }
    },
  );
});

describe('@references in the extensions of an element', () => {
  const refused = (args: unknown) =>
    problemsOf(schemaWith('argument', { directives: { references: args } }));

  it('is accepted on an argument, with the policies of the schema', () => {
    expect(refused({ type: 'Note', rows: ['OWNER'] })).toEqual([]);
    expect(refused({ type: 'Note', rows: undefined })).toEqual([]);
  });

  it.each([
    {
      args: { type: 'Note', row: ['OWNER'] },
      problem: '@references has no argument "row"',
    },
    {
      args: { type: 'Note', rows: ['OWNR'] },
      problem: '@references(rows:) contains the unknown name "OWNR"',
    },
    { args: { type: 'Note', rows: [] }, problem: '@references(rows: []) names no policy' },
    {
      args: [{ type: 'Note' }, { type: 'Query' }],
      problem: '@references is allowed only once on an element',
    },
  ])('is refused as it would in part have no effect: $args', ({ args, problem }) => {
    expect(refused(args)).toEqual([problem]);
  });

  it.each(['type', 'field', 'enumValue'] as const)('is refused on a %s', (place) => {
    expect(problemsOf(schemaWith(place, { directives: { references: { type: 'Note' } } }))).toEqual(
      ['@references is allowed only on arguments, input fields and scalars'],
    );
  });
});
