import {
  createAuthorization,
  directiveTypeDefs,
  SchemaAuthorizationError,
} from '@graphql-gatehouse/authorization';
import { buildASTSchema, concatAST, type DocumentNode, parse, Source, visit } from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import { groupsOnly, guard, offencesOf, withPolicies } from './fixtures.ts';

const bare = 'a root field must have @auth or @public';
const unreached = 'it is not reachable from any root field, so its guard would have no effect';
const both = '@auth and @public are mutually exclusive';
const notRoot = '@public is allowed only on root fields, and on types with @within';
const fieldsOnly = 'a policy in `or` is allowed only on fields';

describe('a name that no enum has', () => {
  it('is reported at each place, and is not a missing guard', () => {
    const sdl = 'type Query { a: Int @auth(requires: [ABSENT]) b: Int @auth(requires: [ABSENT]) }';
    const offences = offencesOf(`${groupsOnly} ${sdl}`);
    expect(offences).toEqual([
      expect.stringMatching(/^Query\.a: /),
      expect.stringMatching(/^Query\.b: /),
    ]);
  });
});

describe('a schema does not start', () => {
  it.each([
    {
      title: 'with a bare field of Query',
      sdl: 'type Query { a: Int }',
      offences: [`Query.a: ${bare}`],
    },
    {
      title: 'with a bare field of Mutation',
      sdl: 'type Query { a: Int @auth } type Mutation { b: Int }',
      offences: [`Mutation.b: ${bare}`],
    },
    {
      title: 'with a bare field of Subscription',
      sdl: 'type Query { a: Int @auth } type Subscription { b: Int }',
      offences: [`Subscription.b: ${bare}`],
    },
    {
      title: 'with a bare field of a renamed root',
      sdl: 'schema { query: Root } type Root { a: Int }',
      offences: [`Root.a: ${bare}`],
    },
    {
      title: 'with a bare root field, though its type is guarded',
      sdl: 'type Query @auth { a: Int }',
      offences: [`Query.a: ${bare}`],
    },
    {
      title: 'with a bare root field, though an interface guards it',
      sdl: 'interface I { a: Int @auth } type Query implements I { a: Int }',
      offences: [`Query.a: ${bare}`],
    },
    {
      title: 'with a field that is both',
      sdl: 'type Query { a: Int @auth @public }',
      offences: [`Query.a: ${both}`],
    },
    {
      title: 'with @public below the root',
      sdl: 'type Query { a: T @auth } type T { b: Int @public }',
      offences: [`T.b: ${notRoot}`],
    },
    {
      title: 'with both below the root',
      sdl: 'type Query { a: T @auth } type T { b: Int @auth @public }',
      offences: [`T.b: ${both}`, `T.b: ${notRoot}`],
    },
    {
      title: 'with @public on an interface',
      sdl: 'type Query implements I { a: Int @auth } interface I { a: Int @public }',
      offences: [`I.a: ${notRoot}`],
    },
    {
      title: 'with a guard on a type out of reach',
      sdl: 'type Query { a: Int @auth } type T @auth { b: Int }',
      offences: [`T: ${unreached}`],
    },
    {
      title: 'with a guard on a field out of reach',
      sdl: 'type Query { a: Int @auth } type T { b: Int @auth }',
      offences: [`T.b: ${unreached}`],
    },
    {
      title: 'with a guard on an argument out of reach',
      sdl: 'type Query { a: Int @auth } type T { b(c: Int @auth): Int }',
      offences: [`T.b(c:): ${unreached}`],
    },
    {
      title: 'with a guard on an input field out of reach',
      sdl: 'type Query { a: Int @auth } input T { b: Int @auth }',
      offences: [`T.b: ${unreached}`],
    },
    {
      title: 'with a guard on an enum value out of reach',
      sdl: 'type Query { a: Int @auth } enum T { B @auth }',
      offences: [`T.B: ${unreached}`],
    },
    {
      title: 'with a guard on a scalar out of reach',
      sdl: 'type Query { a: Int @auth } scalar T @auth',
      offences: [`T: ${unreached}`],
    },
    {
      title: 'with a guard on a union out of reach',
      sdl: 'type Query { a: T @auth } type T { b: Int } union U @auth = T',
      offences: [`U: ${unreached}`],
    },
    {
      title: 'with a guard on types that only reach each other',
      sdl: 'type Query { a: Int @auth } type T @auth { b: V } type V @auth { c: T }',
      offences: [`T: ${unreached}`, `V: ${unreached}`],
    },
    {
      title: 'with an empty list',
      sdl: 'type Query { a: Int @auth(requires: []) }',
      offences: ['Query.a: @auth(requires: []) denies everyone'],
    },
    {
      title: 'with a misspelt argument',
      sdl: 'type Query { a: Int @auth(require: [ADMIN]) }',
      offences: ['Query.a: @auth has no argument "require"'],
    },
    {
      title: 'with a misspelt directive',
      sdl: 'type Query { a: T @auth } type T { b: Int @Auth }',
      offences: ['T.b: @Auth is not a directive in this schema (did you mean auth?)'],
    },
  ])('$title', ({ sdl, offences }) => {
    expect(offencesOf(`${groupsOnly} ${sdl}`)).toEqual(offences);
  });

  it.each([
    {
      place: 'a type',
      coordinate: 'T',
      sdl: 'type Query { a: T @auth } type T @auth(or: [SELF]) { b: Int }',
    },
    {
      place: 'an interface',
      coordinate: 'T',
      sdl: 'type Query { a: T @auth } interface T @auth(or: [SELF]) { b: Int }',
    },
    {
      place: 'a union',
      coordinate: 'U',
      sdl: 'type Query { a: U @auth } type T { b: Int } union U @auth(or: [SELF]) = T',
    },
    {
      place: 'a scalar',
      coordinate: 'T',
      sdl: 'type Query { a: T @auth } scalar T @auth(or: [SELF])',
    },
    {
      place: 'an enum',
      coordinate: 'T',
      sdl: 'type Query { a: T @auth } enum T @auth(or: [SELF]) { B }',
    },
    {
      place: 'an enum value',
      coordinate: 'T.B',
      sdl: 'type Query { a: T @auth } enum T { B @auth(or: [SELF]) }',
    },
    {
      place: 'an argument',
      coordinate: 'Query.a(b:)',
      sdl: 'type Query { a(b: Int @auth(or: [SELF])): Int @auth }',
    },
    {
      place: 'an input type',
      coordinate: 'T',
      sdl: 'type Query { a(b: T): Int @auth } input T @auth(or: [SELF]) { b: Int }',
    },
    {
      place: 'an input field',
      coordinate: 'T.b',
      sdl: 'type Query { a(b: T): Int @auth } input T { b: Int @auth(or: [SELF]) }',
    },
  ])('with a policy on $place', ({ sdl, coordinate }) => {
    const policies = { SELF: () => true, BOSS: () => true };
    expect(offencesOf(`${withPolicies} ${sdl}`, policies)).toEqual([
      `${coordinate}: ${fieldsOnly}`,
    ]);
  });

  it('with a policy that has no predicate, or a predicate that has no policy', () => {
    const found = offencesOf(`${withPolicies} type Query { a: Int @auth }`, {
      SELF: () => true,
      OTHER: () => true,
    });
    expect(found).toEqual([
      'BOSS: the policy has no predicate',
      'OTHER: the predicate has no policy',
    ]);
  });

  it('with a predicate where the schema has no policies', () => {
    expect(offencesOf(`${groupsOnly} type Query { a: Int @auth }`, { SELF: () => true })).toEqual([
      'SELF: the predicate has no policy',
    ]);
  });

  it('with a guard on the argument of a directive, which no operation can be refused for', () => {
    const sdl = `${groupsOnly} directive @note(text: String @auth(requires: [ADMIN])) on FIELD
      type Query { a: Int @auth }`;
    expect(offencesOf(sdl)).toEqual([expect.stringContaining('note')]);
  });

  it('with a guard on a type that shares an interface with reached types, but is never returned', () => {
    const sdl = `${groupsOnly} type Query { a: T @auth }
      interface I { b: Int } type T implements I { b: Int } type Unreached implements I @auth { b: Int }`;
    expect(offencesOf(sdl)).toEqual([`Unreached: ${unreached}`]);
  });

  it('and one error lists every offence', () => {
    const sdl = `${groupsOnly}
      type Query { a: T, b: Int @auth(requires: []) }
      type T { c: Int @public, d(e: Int @auth(require: [ADMIN])): Int }
      input Lost { f: Int @auth }`;
    const found = [
      `Query.a: ${bare}`,
      'Query.b: @auth(requires: []) denies everyone',
      `T.c: ${notRoot}`,
      'T.d(e:): @auth has no argument "require"',
      `Lost.f: ${unreached}`,
    ];
    expect([...offencesOf(sdl)].sort()).toEqual([...found].sort());
  });

  it('and the error says each coordinate and what is wrong there', () => {
    expect(() => guard(`${groupsOnly} type Query { a: Int b: Int }`)).toThrow(
      SchemaAuthorizationError,
    );
    expect(() => guard(`${groupsOnly} type Query { a: Int b: Int }`)).toThrow(
      `Query.a: ${bare}\n  Query.b: ${bare}`,
    );
  });
});

describe('a schema starts', () => {
  it.each([
    {
      title: 'with every root field guarded or public',
      sdl: 'type Query { a: Int @auth b: Int @public } type Mutation { c: Int @auth } type Subscription { d: Int @public }',
    },
    {
      title: 'with guards on all that a root field reaches',
      sdl: `
      type Query { a(i: In): I @auth }
      interface J @auth { id: Int @auth }
      interface I implements J @auth { id: Int u: U }
      type T implements I & J @auth { id: Int u: U e(x: Int @auth): E s: S }
      type V @auth { b: Int }
      union U @auth = T | V
      enum E @auth { B @auth }
      scalar S @auth
      input In @auth { self: In deep: Deep }
      input Deep @auth { n: Int @auth, g: G }
      enum G { A @auth }`,
    },
  ])('$title', ({ sdl }) => {
    expect(offencesOf(`${groupsOnly} ${sdl}`)).toEqual([]);
  });

  it('with a guard on a union that an interface returns and an implementation narrows', () => {
    const sdl = `${groupsOnly} type Query { x: X @auth } interface I { u: U } type X implements I { u: P }
      union U @auth(requires: [ADMIN]) = P | Q type P { b: Int } type Q { b: Int }`;
    expect(offencesOf(sdl)).toEqual([]);
    expect(guard(sdl).requirements.at('X.u')).toEqual([{ requires: ['ADMIN'], or: [] }]);
  });

  it('with policies on fields of objects and interfaces', () => {
    const sdl = `${withPolicies} type Query { a: I @auth(or: [SELF]) }
      interface I { b: Int @auth(or: [BOSS]) } type T implements I { b: Int @auth(or: [SELF]) }`;
    expect(offencesOf(sdl, { SELF: () => true, BOSS: () => true })).toEqual([]);
  });
});

describe('an offence in SDL that has a name', () => {
  const base = 'enum Group { STAFF } enum Policy { OWNER } type Query { a: Int @auth }';
  const more =
    'extend type Query { b: Int c: T @auth }\ntype T { """\nOf it.\n""" d: Int @public }';

  it('names the file and the line of the coordinate, and of a policy without a predicate', () => {
    const documents = [
      parse(directiveTypeDefs()),
      parse(new Source(base, 'base.graphql')),
      parse(new Source(more, 'more.graphql')),
    ];
    const create = () =>
      createAuthorization(buildASTSchema(concatAST(documents)), {
        policies: { UNKNOWN: () => true },
        viewerOf: () => ({ isAuthenticated: false, reason: 'TOKEN_MISSING' }),
      });
    expect(create).toThrow(
      [
        'OWNER: the policy has no predicate (base.graphql:1)',
        'UNKNOWN: the predicate has no policy',
        `Query.b: ${bare} (more.graphql:1)`,
        `T.d: ${notRoot} (more.graphql:4)`,
      ].join('\n  '),
    );
  });

  it('is located without a search through the SDL, unless it has no tokens', () => {
    const searches = (hasTokens: boolean) => {
      const source = new Source(`${directiveTypeDefs()}${base}\n${more}`, 'one.graphql');
      const document = parse(source);
      if (!hasTokens) withoutTokens(document);
      const { body } = source;
      const get = vi.fn(() => body);
      Object.defineProperty(source, 'body', { get });
      const create = () =>
        createAuthorization(buildASTSchema(document), {
          policies: { OWNER: () => true },
          viewerOf: () => ({ isAuthenticated: false, reason: 'TOKEN_MISSING' }),
        });
      const lineOf = (text: string) => body.slice(0, body.indexOf(text)).split('\n').length;
      expect(create).toThrow(`Query.b: ${bare} (one.graphql:${lineOf('b: Int')})`);
      expect(create).toThrow(`T.d: ${notRoot} (one.graphql:${lineOf('d: Int')})`);
      return get.mock.calls.length;
    };
    expect(searches(true)).toBe(0);
    expect(searches(false)).toBeGreaterThan(0);
  });
});

/** As `gql` of graphql-tag does. */
function withoutTokens(document: DocumentNode): void {
  visit(document, {
    enter({ loc }) {
      if (loc !== undefined) Reflect.deleteProperty(loc, 'startToken');
    },
  });
}
