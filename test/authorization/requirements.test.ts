import { describe, expect, it } from 'vitest';
import { groupsOnly, guard } from './fixtures.ts';

const admin = { requires: ['ADMIN'], or: [] };
const editor = { requires: ['EDITOR'], or: [] };
const user = { requires: ['USER'], or: [] };
const any = { requires: [], or: [] };

describe('what holds at a coordinate', () => {
  it.each([
    {
      title: 'nothing, where nothing is written',
      at: 'T.b',
      clauses: [],
      sdl: 'type Query { a: T @public } type T { b: Int }',
    },
    {
      title: 'nothing, where nothing is defined',
      at: 'T.missing',
      clauses: [],
      sdl: 'type Query { a: T @public } type T { b: Int }',
    },
    {
      title: 'its own clauses',
      at: 'T.b',
      clauses: [admin],
      sdl: 'type Query { a: T @public } type T { b: Int @auth(requires: [ADMIN]) }',
    },
    {
      title: 'every clause of its own',
      at: 'T.b',
      clauses: [admin, editor],
      sdl: 'type Query { a: T @public } type T { b: Int @auth(requires: [ADMIN]) @auth(requires: [EDITOR]) }',
    },
    {
      title: 'an equal clause once',
      at: 'T.b',
      clauses: [admin],
      sdl: 'type Query { a: T @public } type T @auth(requires: [ADMIN]) { b: Int @auth(requires: [ADMIN]) }',
    },
    {
      title: 'a clause that names the same groups in another order once',
      at: 'T.b',
      clauses: [{ requires: ['ADMIN', 'USER'], or: [] }],
      sdl: 'type Query { a: T @public } type T @auth(requires: [ADMIN, USER]) { b: Int @auth(requires: [USER, ADMIN]) }',
    },
    {
      title: "its type's beside its own",
      at: 'T.b',
      clauses: [admin, editor],
      sdl: 'type Query { a: T @public } type T @auth(requires: [EDITOR]) { b: Int @auth(requires: [ADMIN]) }',
    },
    {
      title: "those of the same field of its type's interface",
      at: 'T.b',
      clauses: [admin],
      sdl: 'type Query { a: T @public } interface I { b: Int @auth(requires: [ADMIN]) } type T implements I { b: Int }',
    },
    {
      title: "those of its type's interface",
      at: 'T.c',
      clauses: [admin],
      sdl: 'type Query { a: T @public } interface I @auth(requires: [ADMIN]) { b: Int } type T implements I { b: Int c: Int }',
    },
    {
      title: 'those of every interface',
      at: 'T.b',
      clauses: [admin, editor, user],
      sdl: 'type Query { a: T @public } interface I @auth(requires: [ADMIN]) { b: Int @auth(requires: [USER]) } interface J { b: Int @auth(requires: [EDITOR]) } type T implements I & J { b: Int }',
    },
    {
      title: 'those of an interface of an interface',
      at: 'T.b',
      clauses: [admin],
      sdl: 'type Query { a: T @public } interface J { b: Int @auth(requires: [ADMIN]) } interface I implements J { b: Int } type T implements I & J { b: Int }',
    },
    {
      title: 'on an interface, those of the interface that it implements',
      at: 'I.b',
      clauses: [admin, editor],
      sdl: 'type Query { a: I @public } interface J @auth(requires: [EDITOR]) { b: Int @auth(requires: [ADMIN]) } interface I implements J { b: Int }',
    },
    {
      title: 'on an interface, nothing of its implementation',
      at: 'I.b',
      clauses: [],
      sdl: 'type Query { a: I @public } interface I { b: Int } type T implements I @auth(requires: [ADMIN]) { b: Int @auth }',
    },
    {
      title: "its named return type's",
      at: 'Query.a',
      clauses: [admin],
      sdl: 'type Query { a: T @public } type T @auth(requires: [ADMIN]) { b: Int }',
    },
    {
      title: "its named return type's, through lists and non-null",
      at: 'Query.a',
      clauses: [admin],
      sdl: 'type Query { a: [[T!]!]! @public } type T @auth(requires: [ADMIN]) { b: Int }',
    },
    {
      title: 'those of the interface of its named return type',
      at: 'Query.a',
      clauses: [admin],
      sdl: 'type Query { a: T @public } interface I @auth(requires: [ADMIN]) { b: Int } type T implements I { b: Int }',
    },
    {
      title: 'those of the union that it returns',
      at: 'Query.a',
      clauses: [admin],
      sdl: 'type Query { a: U @public } union U @auth(requires: [ADMIN]) = T type T { b: Int }',
    },
    {
      title: 'those of the scalar that it returns',
      at: 'Query.a',
      clauses: [any],
      sdl: 'type Query { a: S @public } scalar S @auth',
    },
    {
      title: 'those of the enum that it returns',
      at: 'Query.a',
      clauses: [any],
      sdl: 'type Query { a: E @public } enum E @auth { B }',
    },
    {
      title: 'on an argument, its own',
      at: 'Query.a(x:)',
      clauses: [admin],
      sdl: 'type Query { a(x: Int @auth(requires: [ADMIN])): Int @public }',
    },
    {
      title: 'on an argument, not those of its field',
      at: 'Query.a(x:)',
      clauses: [],
      sdl: 'type Query { a(x: Int): Int @auth(requires: [ADMIN]) }',
    },
    {
      title: "on an argument, its named type's",
      at: 'Query.a(x:)',
      clauses: [admin, editor],
      sdl: 'type Query { a(x: [In!] @auth(requires: [ADMIN])): Int @public } input In @auth(requires: [EDITOR]) { n: Int }',
    },
    {
      title: "on an argument, an enum type's",
      at: 'Query.a(x:)',
      clauses: [editor],
      sdl: 'type Query { a(x: E): Int @public } enum E @auth(requires: [EDITOR]) { A }',
    },
    {
      title: "on an argument, those of the interface's argument",
      at: 'T.b(x:)',
      clauses: [admin],
      sdl: 'type Query { a: T @public } interface I { b(x: Int @auth(requires: [ADMIN])): Int } type T implements I { b(x: Int): Int }',
    },
    {
      title: 'on an input field, its own',
      at: 'In.n',
      clauses: [admin],
      sdl: 'type Query { a(x: In): Int @public } input In { n: Int @auth(requires: [ADMIN]) }',
    },
    {
      title: "on an input field, its input type's",
      at: 'In.n',
      clauses: [admin],
      sdl: 'type Query { a(x: In): Int @public } input In @auth(requires: [ADMIN]) { n: Int }',
    },
    {
      title: "on an input field, its named type's",
      at: 'In.n',
      clauses: [admin],
      sdl: 'type Query { a(x: In): Int @public } input In { n: [S] } scalar S @auth(requires: [ADMIN])',
    },
    {
      title: 'on an enum value, its own',
      at: 'E.A',
      clauses: [admin],
      sdl: 'type Query { a: E @public } enum E { A @auth(requires: [ADMIN]) }',
    },
    {
      title: 'on a type, its own and those of its interfaces',
      at: 'T',
      clauses: [admin, editor],
      sdl: 'type Query { a: T @public } interface I @auth(requires: [ADMIN]) { b: Int } type T implements I @auth(requires: [EDITOR]) { b: Int }',
    },
  ])('is $title', ({ sdl, at, clauses }) => {
    const { requirements } = guard(`${groupsOnly} ${sdl}`);
    const found = [...requirements.at(at)];
    expect(found).toHaveLength(clauses.length);
    expect(found).toEqual(expect.arrayContaining(clauses));
  });

  it('has one identity for equal requirements, so that each is decided once', () => {
    const { requirements } = guard(`${groupsOnly}
      type Query { a: Int @auth(requires: [ADMIN]) @auth, b: Int @auth @auth(requires: [ADMIN]) }`);
    expect(requirements.at('Query.a')).toBe(requirements.at('Query.b'));
  });

  it('distinguishes groups and policies of the same name', () => {
    const { requirements } = guard(
      `enum Group { A } enum Policy { A }
       directive @auth(requires: [Group!], or: [Policy!]) on FIELD_DEFINITION
       directive @public on FIELD_DEFINITION
       type Query { a: Int @auth(requires: [A]), b: Int @auth(or: [A]) }`,
      { policies: { A: () => true } },
    );
    expect(requirements.at('Query.a')).toEqual([{ requires: ['A'], or: [] }]);
    expect(requirements.at('Query.b')).toEqual([{ requires: [], or: ['A'] }]);
  });
});

describe('groups whose names put together are alike', () => {
  const places = `enum Group { A B AB C BC } directive @auth(requires: [Group!]) repeatable on FIELD_DEFINITION | OBJECT
    directive @public on FIELD_DEFINITION`;

  it.each([
    { one: '@auth(requires: [AB, C])', other: '@auth(requires: [A, BC])' },
    {
      one: '@auth(requires: [A]) @auth(requires: [B])',
      other: '@auth(requires: [A, B])',
    },
    { one: '@auth(requires: [AB])', other: '@auth(requires: [A]) @auth(requires: [B])' },
  ])('are distinguished: $one and $other', ({ one, other }) => {
    // Guarded twice, so that the clauses of field and type are joined.
    const { requirements } = guard(`${places} type Query { t: T @public u: U @public }
      type T @auth(requires: [A]) { n: Int ${one} } type U @auth(requires: [A]) { n: Int ${other} }`);
    expect(requirements.at('T.n')).not.toEqual(requirements.at('U.n'));
  });
});

describe('inputs that can hold something guarded', () => {
  const { requirements } = guard(`${groupsOnly}
    type Query { a(x: Outer, y: Free, z: Ring): E @public }
    input Outer { inner: Inner }
    input Inner { e: E, outer: Outer }
    input Free { n: Int, f: F }
    input Ring { ring: Ring, n: Int @auth }
    enum E { A @auth, B }
    enum F { A }`);

  it.each([
    { type: 'Outer', isGuarded: true },
    { type: 'Inner', isGuarded: true },
    { type: 'Ring', isGuarded: true },
    { type: 'E', isGuarded: true },
    { type: 'Free', isGuarded: false },
    { type: 'F', isGuarded: false },
    { type: 'Int', isGuarded: false },
  ])('$type: $isGuarded', ({ type, isGuarded }) => {
    expect(requirements.isGuardedInput(type)).toBe(isGuarded);
  });

  it('know which enums have guarded values', () => {
    expect(['E', 'F', 'Outer'].filter((name) => requirements.guardsReturned(name))).toEqual(['E']);
  });
});
