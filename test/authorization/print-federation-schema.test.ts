import { printFederationSchema } from '@graphql-gatehouse/authorization/reports';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { guard, withPolicies } from './fixtures.ts';

const policies = { SELF: () => true, BOSS: () => true };

/** @param known the policies that the router is given results for. */
function printed(sdl: string, known: readonly string[] = []): string {
  const { source, requirements } = guard(`${withPolicies} ${sdl}`, { policies });
  return printFederationSchema(source, requirements, { policies: known });
}

/** What stands behind the type of a field in the printed schema. */
const directivesAt = (field: string, sdl: string, known: readonly string[] = []): string =>
  new RegExp(`^ {2}${field}(?:\\(.*\\))?: \\w+ ?(.*)$`, 'm').exec(printed(sdl, known))?.[1] ??
  'no field';

describe('the SDL for a router', () => {
  it.each([
    { guards: '@public', says: '' },
    { guards: '@auth', says: '@authenticated' },
    { guards: '@auth(requires: [ADMIN])', says: '@requiresScopes(scopes: [["ADMIN"]])' },
    {
      guards: '@auth(requires: [ADMIN, USER])',
      says: '@requiresScopes(scopes: [["ADMIN"], ["USER"]])',
    },
    {
      guards: '@auth(requires: [ADMIN, USER]) @auth(requires: [EDITOR])',
      says: '@requiresScopes(scopes: [["ADMIN", "EDITOR"], ["USER", "EDITOR"]])',
    },
    {
      guards: '@auth(requires: [ADMIN, USER]) @auth(requires: [USER, EDITOR])',
      says: '@requiresScopes(scopes: [["ADMIN", "EDITOR"], ["USER"]])',
    },
    {
      guards: '@auth(requires: [ADMIN, ADMIN])',
      says: '@requiresScopes(scopes: [["ADMIN"]])',
    },
    { guards: '@auth(or: [SELF])', says: '@authenticated' },
    {
      guards: '@auth(or: [SELF, BOSS]) @auth(requires: [ADMIN])',
      says: '@requiresScopes(scopes: [["ADMIN"]])',
    },
    { guards: '@auth(requires: [ADMIN], or: [SELF])', says: '@authenticated' },
    {
      guards: '@auth(requires: [ADMIN], or: [SELF]) @auth(requires: [USER])',
      says: '@requiresScopes(scopes: [["USER"]])',
    },
  ])('says $says for $guards', ({ guards, says }) => {
    expect(directivesAt('a', `type Query { a: Int ${guards} }`)).toBe(says);
  });

  it.each([
    {
      guards: '@auth(or: [SELF])',
      known: ['SELF'],
      says: '@authenticated @policy(policies: [["SELF"]])',
    },
    {
      guards: '@auth(or: [SELF, BOSS]) @auth(requires: [ADMIN])',
      known: ['BOSS', 'SELF'],
      says: '@requiresScopes(scopes: [["ADMIN"]]) @policy(policies: [["SELF"], ["BOSS"]])',
    },
    {
      guards: '@auth(or: [SELF, BOSS]) @auth(or: [BOSS])',
      known: ['BOSS'],
      says: '@authenticated @policy(policies: [["BOSS"]])',
    },
  ])('says $says for $guards if the router knows $known', ({ guards, known, says }) => {
    expect(directivesAt('a', `type Query { a: Int ${guards} }`, known)).toBe(says);
  });

  it('imports and explains @policy only for a router that knows policies', () => {
    const sdl = 'type Query { a: Int @auth(or: [SELF]) }';
    const text = printed(sdl, ['SELF']);
    expect(text).toContain('import: ["@authenticated", "@requiresScopes", "@policy"]');
    expect(text).toContain('# The router must be given a result for the policy SELF');
    expect(printed(sdl)).not.toMatch(/@policy|given a result/);
  });

  it('refuses policies that no field would ask the router for', () => {
    const sdl =
      'type Query { a: Int @auth(or: [SELF]) b: Int @auth(requires: [ADMIN], or: [BOSS]) }';
    expect(() => printed(sdl, ['SELF', 'BOSS', 'ABSENT'])).toThrow(
      'No field asks a router for the policy "BOSS": none has a clause whose policies the router all knows, without groups.\n\n' +
        'No field asks a router for the policy "ABSENT"',
    );
  });

  it.each(['@auth(rows: [SELF])', '@auth(requires: [ADMIN], rows: [SELF])'])(
    'requires only a login for %s, which refuses no user',
    (guards) => {
      const sdl = `type Query { a: [T] @public list: [T] ${guards} } type T { n: Int }`;
      const both = { reads: [], admits: () => true, where: () => ({}) };
      const { source, requirements } = guard(`${withPolicies} ${sdl}`, {
        policies: { SELF: both, BOSS: both },
      });
      expect(printFederationSchema(source, requirements)).toContain('list: [T] @authenticated\n');
    },
  );

  it('says at each field all that holds there', () => {
    const sdl = 'type Query { a: T @public } type T @auth(requires: [ADMIN]) { n: Int @auth }';
    expect(directivesAt('n', sdl)).toBe('@requiresScopes(scopes: [["ADMIN"]])');
    expect(directivesAt('a', sdl)).toBe('@requiresScopes(scopes: [["ADMIN"]])');
    expect(printed(sdl)).toContain('type T {');
  });

  it("asks on an interface's field for no more than the interface does", () => {
    const sdl = `type Query { a: I @public }
      interface I { n: Int @auth }
      type T implements I @auth(requires: [ADMIN]) { n: Int own: Int }`;
    expect(printed(sdl)).toContain(
      'type T implements I {\n  n: Int @authenticated\n  own: Int @requiresScopes(scopes: [["ADMIN"]])\n}',
    );
    expect(printed(sdl)).toContain('interface I {\n  n: Int\n}');
  });

  it('asks no less for an interface with a field of that name that the type does not implement', () => {
    const sdl = `type Query { t: T @public u: U @public }
      interface I { n: Int @auth(requires: [ADMIN]) }
      interface Other { n: Int }
      type T implements I { n: Int }
      type U implements Other { n: Int }`;
    expect(printed(sdl)).toContain(
      'type T implements I {\n  n: Int @requiresScopes(scopes: [["ADMIN"]])\n}',
    );
    expect(printed(sdl)).toContain('type U implements Other {\n  n: Int\n}');
  });

  it('keeps a clause that any clause of the interface implies, and no other', () => {
    const sdl = `type Query { t: I @public }
      interface I { n: Int @auth(requires: [ADMIN]) @auth(requires: [USER]) }
      type T implements I { n: Int @auth(requires: [ADMIN, EDITOR]) @auth(requires: [EDITOR]) }`;
    expect(printed(sdl)).toContain('  n: Int @requiresScopes(scopes: [["ADMIN", "USER"]])');
    expect(printed(sdl)).not.toContain('"EDITOR"');
  });

  it('begins with instructions for the operator of the router', () => {
    expect(printed('type Query { a: Int @public }').split('\n').slice(0, 4)).toEqual([
      '# For a router in front of the server. The server still enforces every @auth.',
      '# The router must receive the groups of a viewer as scopes, in the claim `scope`.',
      '',
      'extend schema @link(url: "https://specs.apollo.dev/federation/v2.6", import: ["@authenticated", "@requiresScopes"])',
    ]);
  });

  it('leaves out of more than 16 alternatives what the router need not know', () => {
    const names = Array.from({ length: 5 }, (_, index) => `G${index}`);
    const list = (prefix: string) => names.map((name) => `${prefix}${name}`).join(', ');
    const { source, requirements } = guard(`
      enum Group { ${list('A')} ${list('B')} }
      directive @auth(requires: [Group!]) repeatable on FIELD_DEFINITION
      directive @public on FIELD_DEFINITION
      type Query { a: Int @auth(requires: [${list('A')}]) @auth(requires: [${list('B')}]) }`);
    const text = printFederationSchema(source, requirements);
    expect(text).toContain('["AG4"]');
    expect(text).not.toContain('BG0"');
  });

  it('has no @auth, no @public and no enum that only they spoke of, and keeps the rest', () => {
    const text = printed(`
      directive @cost(is: Int) on FIELD_DEFINITION
      type Query { a: Int @cost(is: 1) @auth(or: [SELF]) b: Group @public }`);
    const uses = text.replaceAll(/^#.*$/gm, '');
    expect(uses).not.toMatch(/@auth\b|@public|enum Policy/);
    expect(uses).toContain('a: Int @cost(is: 1) @authenticated\n');
    expect(uses).toContain('enum Group');
    expect(uses).toContain('extend schema @link(url: "https://specs.apollo.dev/federation/v2.6"');
    expect(() => parse(text)).not.toThrow();
  });
});
