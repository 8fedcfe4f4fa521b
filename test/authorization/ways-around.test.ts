import { makeExecutableSchema } from '@graphql-tools/schema';
import { buildSchema, extendSchema, parse, subscribe } from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import { ask, groupsOnly, guard, guardBuilt, holding, runAlone } from './fixtures.ts';

const user = holding('USER');
const deny = '@auth(requires: [ADMIN])';
const inputs = `
  input OneOf @oneOf { open: Int, secret: Int ${deny}, kind: Kind, nested: Nested }
  input Nested { secret: Int ${deny}, list: [[OneOf!]] }
  enum Kind { OPEN SECRET ${deny} }`;
const asText = (_source: unknown, args: unknown) => JSON.stringify(args);

describe('guarded input is found', () => {
  const guarded = guard(
    `${groupsOnly} ${inputs} type Query { one(i: OneOf): String @public, many(i: [[OneOf!]]): String @public }`,
    { resolvers: { Query: { one: asText, many: asText } } },
  );

  it.each([
    { text: '{ one(i: { secret: 1 }) }', denied: 'OneOf.secret at one' },
    {
      text: 'query ($n: Int!) { one(i: { secret: $n }) }',
      variables: { n: 1 },
      denied: 'OneOf.secret at one',
    },
    {
      text: 'query ($i: OneOf) { one(i: $i) }',
      variables: { i: { secret: 1 } },
      denied: 'OneOf.secret at one',
    },
    { text: 'query ($i: OneOf = { kind: SECRET }) { one(i: $i) }', denied: 'Kind.SECRET at one' },
    { text: 'query ($k: Kind! = SECRET) { one(i: { kind: $k }) }', denied: 'Kind.SECRET at one' },
    { text: '{ one(i: { nested: { secret: null } }) }', denied: 'Nested.secret at one' },
    { text: '{ many(i: { secret: 1 }) }', denied: 'OneOf.secret at many' },
    {
      text: 'query ($i: [[OneOf!]]) { many(i: $i) }',
      variables: { i: { nested: { list: { kind: 'SECRET' } } } },
      denied: 'Kind.SECRET at many',
    },
    {
      text: 'query ($i: OneOf!) { many(i: [{ open: 1 }, $i]) }',
      variables: { i: { secret: 1 } },
      denied: 'OneOf.secret at many',
    },
  ])('in $text', async ({ text, variables = {}, denied }) => {
    const options = { viewer: user, variables };
    expect(await ask(guarded, text, options)).toEqual([denied]);
    expect((await runAlone(guarded, text, options)).denied).toEqual([denied]);
  });
});

describe('a guard on an extension holds', () => {
  const base = `${groupsOnly}
    type Query { t: T @public, n: N @public, u: U @public, e: E @public, s: S @public, i(i: I): Int @public }
    type T { a: Int } interface N { a: Int } type M implements N { a: Int } union U = T | M
    enum E { X } scalar S input I { x: Int }`;
  const extension = ['type T', 'interface N', 'union U', 'enum E', 'scalar S', 'input I']
    .map((kind) => `extend ${kind} ${deny}`)
    .join('\n');

  it.each([
    { how: 'in one document', schema: () => buildSchema(`${base} ${extension}`) },
    { how: 'later', schema: () => extendSchema(buildSchema(base), parse(extension)) },
    { how: 'merged', schema: () => makeExecutableSchema({ typeDefs: [base, extension] }) },
  ])('$how, of every kind', ({ schema }) => {
    const { requirements } = guardBuilt(schema());
    const open = [
      'Query.t',
      'Query.n',
      'Query.u',
      'Query.e',
      'Query.s',
      'Query.i(i:)',
      'M.a',
    ].filter((coordinate) => requirements.at(coordinate).length === 0);
    expect(open).toEqual([]);
  });

  it('together with one on the type', () => {
    const { requirements } = guard(`${groupsOnly} type Query { t: T @public }
      type T @auth(requires: [USER]) { a: Int } extend type T ${deny} { b: Int }`);
    const both = [
      { requires: ['USER'], or: [] },
      { requires: ['ADMIN'], or: [] },
    ];
    expect(requirements.at('T.a')).toEqual(both);
    expect(requirements.at('T.b')).toEqual(both);
  });
});

describe('a subscription with guarded input', () => {
  const open = vi.fn(async function* () {
    yield { s: 1 };
  });
  const guarded = guard(
    `${groupsOnly} ${inputs} type Query { a: Int @public } type Subscription { s(i: [OneOf!]): Int @public }`,
    { resolvers: { Subscription: { s: { subscribe: open } } } },
  );

  it.each([
    { text: 'subscription { s(i: { secret: 1 }) }', variables: {} },
    {
      text: 'subscription ($i: [OneOf!]) { s(i: $i) }',
      variables: { i: { nested: { list: { secret: 1 } } } },
    },
    { text: 'subscription ($k: Kind!) { s(i: { kind: $k }) }', variables: { k: 'SECRET' } },
  ])('does not open its source: $text', async ({ text, variables }) => {
    open.mockClear();
    const document = parse(text);
    const contextValue = { viewer: user };
    expect(
      await subscribe({
        schema: guarded.schema,
        document,
        variableValues: variables,
        contextValue,
      }),
    ).toMatchObject({ errors: [{ path: ['s'] }] });
    expect(open).not.toHaveBeenCalled();
  });
});
