import { execute, GraphQLScalarType, Kind, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { anonymous, ask, groupsOnly, guard, holding, runAlone } from './fixtures.ts';

const authorization = guard(
  `${groupsOnly}
  type Query {
    a(
      guarded: Int @auth(requires: [ADMIN])
      late: Int = 1 @auth(requires: [ADMIN])
      free: Int
      in: In
      ins: [In]
      grid: [[E]]
      e: E
      es: [E] = [SECRET]
      s: S
      typed: Typed
    ): String @public
    nested: N @public
  }
  type N { b(in: In, other: Int): String }
  input In {
    open: Int
    secret: Int @auth(requires: [ADMIN])
    preset: Int = 5 @auth(requires: [ADMIN])
    deep: In
    more: [In!]
    e: E
    es: [E]
    sub: Sub = { x: 1 }
  }
  input Sub { x: Int, y: Int = 2 @auth(requires: [ADMIN]) }
  input Typed @auth(requires: [ADMIN]) { n: Int }
  enum E { OPEN SECRET @auth(requires: [ADMIN]) }
  scalar S @auth(requires: [EDITOR])`,
  { resolvers: { Query: { a: () => 'a', nested: () => ({}) }, N: { b: () => 'b' } } },
);

interface Row {
  readonly title: string;
  readonly text: string;
  readonly variables?: Record<string, unknown>;
  readonly denied: readonly string[];
}

const rows: readonly Row[] = [
  { title: 'nothing', text: '{ a }', denied: [] },
  { title: 'an open argument', text: '{ a(free: 1) }', denied: [] },
  { title: 'a guarded argument inline', text: '{ a(guarded: 1) }', denied: ['Query.a(guarded:)'] },
  {
    title: 'a guarded argument as null',
    text: '{ a(guarded: null) }',
    denied: ['Query.a(guarded:)'],
  },
  {
    title: 'a guarded argument with its default',
    text: '{ a(late: 1) }',
    denied: ['Query.a(late:)'],
  },
  {
    title: 'a guarded argument by variable',
    text: 'query ($x: Int) { a(guarded: $x) }',
    variables: { x: 1 },
    denied: ['Query.a(guarded:)'],
  },
  {
    title: 'a guarded argument by a variable that is null',
    text: 'query ($x: Int) { a(guarded: $x) }',
    variables: { x: null },
    denied: ['Query.a(guarded:)'],
  },
  {
    title: 'a guarded argument by an absent variable',
    text: 'query ($x: Int) { a(guarded: $x) }',
    denied: [],
  },
  {
    title: "a guarded argument by a variable's default",
    text: 'query ($x: Int = 1) { a(guarded: $x) }',
    denied: ['Query.a(guarded:)'],
  },
  {
    title: "a guarded argument by a variable's default null",
    text: 'query ($x: Int = null) { a(guarded: $x) }',
    denied: ['Query.a(guarded:)'],
  },
  {
    title: 'two guarded arguments in order',
    text: '{ a(late: 3, guarded: 1) }',
    denied: ['Query.a(late:)', 'Query.a(guarded:)'],
  },
  { title: 'an open input field', text: '{ a(in: { open: 1 }) }', denied: [] },
  { title: 'an empty object', text: '{ a(in: {}) }', denied: [] },
  { title: 'a guarded input field', text: '{ a(in: { secret: 1 }) }', denied: ['In.secret'] },
  {
    title: 'a guarded input field as null',
    text: '{ a(in: { secret: null }) }',
    denied: ['In.secret'],
  },
  {
    title: 'a guarded input field with another value than its default',
    text: '{ a(in: { preset: 6 }) }',
    denied: ['In.preset'],
  },
  {
    title: 'a guarded input field two levels down',
    text: '{ a(in: { deep: { deep: { secret: 1 } } }) }',
    denied: ['In.secret'],
  },
  {
    title: 'the same guarded input field twice',
    text: '{ a(in: { secret: 1, deep: { secret: 2 } }) }',
    denied: ['In.secret'],
  },
  {
    title: 'a guarded input field in a list',
    text: '{ a(ins: [{ open: 1 }, { secret: 1 }]) }',
    denied: ['In.secret'],
  },
  {
    title: 'a guarded input field in a single value that becomes a list',
    text: '{ a(ins: { more: { secret: 1 } }) }',
    denied: ['In.secret'],
  },
  {
    title: 'an input object by variable',
    text: 'query ($i: In) { a(in: $i) }',
    variables: { i: { deep: { more: [{ secret: 1 }] } } },
    denied: ['In.secret'],
  },
  {
    title: 'an input object by variable, open',
    text: 'query ($i: In) { a(in: $i) }',
    variables: { i: { open: 1, deep: { more: [{ open: 2 }] } } },
    denied: [],
  },
  {
    title: 'an input object by variable, null',
    text: 'query ($i: In) { a(in: $i) }',
    variables: { i: null },
    denied: [],
  },
  {
    title: 'an input object by variable, its guarded field null',
    text: 'query ($i: In) { a(in: $i) }',
    variables: { i: { secret: null } },
    denied: ['In.secret'],
  },
  {
    title: 'an input object by a non-null variable',
    text: 'query ($i: In!) { a(in: $i) }',
    variables: { i: { preset: 7 } },
    denied: ['In.preset'],
  },
  {
    title: 'a single value by variable that becomes a list',
    text: 'query ($i: [In]) { a(ins: $i) }',
    variables: { i: { more: { secret: 1 } } },
    denied: ['In.secret'],
  },
  {
    title: 'a variable within an object',
    text: 'query ($x: Int) { a(in: { secret: $x }) }',
    variables: { x: 1 },
    denied: ['In.secret'],
  },
  {
    title: 'an absent variable within an object',
    text: 'query ($x: Int) { a(in: { secret: $x }) }',
    denied: [],
  },
  {
    title: 'a variable within a list within an object',
    text: 'query ($i: In!) { a(in: { more: [$i] }) }',
    variables: { i: { secret: 1 } },
    denied: ['In.secret'],
  },
  {
    title: 'an absent variable within a list',
    text: 'query ($i: In) { a(ins: [$i, { secret: 1 }]) }',
    denied: ['In.secret'],
  },
  {
    title: "a variable's default object",
    text: 'query ($i: In = { secret: 1 }) { a(in: $i) }',
    denied: ['In.secret'],
  },
  {
    title: "a value in the place of a variable's default",
    text: 'query ($i: In = { secret: 1 }) { a(in: $i) }',
    variables: { i: { open: 1 } },
    denied: [],
  },
  {
    title: 'a guarded field within a defaulted object',
    text: '{ a(in: { sub: { y: 3 } }) }',
    denied: ['Sub.y'],
  },
  {
    title: 'a guarded field within a defaulted object by variable',
    text: 'query ($i: In) { a(in: $i) }',
    variables: { i: { sub: { x: 2, y: 3 } } },
    denied: ['Sub.y'],
  },
  {
    title: 'an object whose own default would fill in a guarded field',
    text: 'query ($i: In) { a(in: $i) }',
    variables: { i: { sub: { x: 9 } } },
    denied: [],
  },
  { title: 'an open enum value', text: '{ a(e: OPEN) }', denied: [] },
  { title: 'a guarded enum value', text: '{ a(e: SECRET) }', denied: ['E.SECRET'] },
  {
    title: 'a guarded enum value by variable',
    text: 'query ($e: E) { a(e: $e) }',
    variables: { e: 'SECRET' },
    denied: ['E.SECRET'],
  },
  {
    title: 'an open enum value by variable',
    text: 'query ($e: E) { a(e: $e) }',
    variables: { e: 'OPEN' },
    denied: [],
  },
  {
    title: "a guarded enum value by a variable's default",
    text: 'query ($e: E = SECRET) { a(e: $e) }',
    denied: ['E.SECRET'],
  },
  { title: 'null for an enum', text: '{ a(e: null) }', denied: [] },
  {
    title: 'a guarded enum value in a list',
    text: '{ a(es: [OPEN, SECRET]) }',
    denied: ['E.SECRET'],
  },
  {
    title: 'a guarded enum value that becomes a list',
    text: '{ a(es: SECRET) }',
    denied: ['E.SECRET'],
  },
  {
    title: 'a guarded enum value in lists of lists',
    text: '{ a(grid: [[OPEN], [SECRET]]) }',
    denied: ['E.SECRET'],
  },
  {
    title: 'a guarded enum value that becomes a list of lists',
    text: 'query ($g: [[E]]) { a(grid: $g) }',
    variables: { g: 'SECRET' },
    denied: ['E.SECRET'],
  },
  {
    title: 'a guarded enum value in an input object',
    text: '{ a(in: { e: SECRET, es: [SECRET] }) }',
    denied: ['E.SECRET'],
  },
  {
    title: 'a guarded enum value in a variable within a list',
    text: 'query ($e: E) { a(in: { es: [OPEN, $e] }) }',
    variables: { e: 'SECRET' },
    denied: ['E.SECRET'],
  },
  { title: 'a value of a guarded scalar', text: '{ a(s: "x") }', denied: ['Query.a(s:)'] },
  { title: 'an object of a guarded type', text: '{ a(typed: {}) }', denied: ['Query.a(typed:)'] },
  {
    title: 'null for an object of a guarded type',
    text: '{ a(typed: null) }',
    denied: ['Query.a(typed:)'],
  },
];

describe('supplied input, before anything runs', () => {
  it.each(rows)('$title: denied $denied', async ({ text, variables = {}, denied }) => {
    const found = await ask(authorization, text, { viewer: holding(), variables });
    expect(found).toEqual(denied.map((coordinate) => `${coordinate} at a`));
  });

  it('is open to who holds the groups', async () => {
    const text =
      '{ a(guarded: 1, in: { secret: 1, sub: { y: 2 } }, es: [SECRET], s: "x", typed: { n: 1 }) }';
    const viewer = holding('ADMIN', 'EDITOR');
    expect(await ask(authorization, text, { viewer })).toEqual([]);
    expect(await runAlone(authorization, text, { viewer })).toEqual({
      data: { a: 'a' },
      denied: [],
    });
  });

  it('does not count the default of another variable', async () => {
    const text = 'query ($g: In = { secret: 1 }, $x: In) { a(in: $x) nested { b(other: 1) } }';
    expect(await ask(authorization, text, { viewer: holding() })).toEqual([]);
  });

  it('is refused for anonymous too', async () => {
    expect(await ask(authorization, '{ a(guarded: 1) }', { viewer: anonymous })).toEqual([
      'Query.a(guarded:) at a',
    ]);
  });

  it('is refused below the root', async () => {
    const text = '{ nested { x: b(in: { secret: 1 }) b(in: { open: 1 }) } }';
    expect(await ask(authorization, text, { viewer: holding() })).toEqual([
      'In.secret at nested.x',
    ]);
  });

  it('is refused though the variables cannot be coerced', async () => {
    const text = 'query ($x: Int, $i: In) { a(guarded: $x, in: $i) }';
    const found = await ask(authorization, text, {
      viewer: holding(),
      variables: { x: 'no number', i: 7 },
    });
    expect(found).toEqual(['Query.a(guarded:) at a']);
  });

  it('is refused for an enum value that does not exist as for nothing', async () => {
    const text = 'query ($e: E) { a(e: $e) }';
    expect(await ask(authorization, text, { viewer: holding(), variables: { e: 1 } })).toEqual([]);
  });

  it('counts every input coordinate of a guarded input type', async () => {
    const found = await ask(authorization, '{ a(typed: { n: 1 }) }', { viewer: holding() });
    expect(found).toEqual(['Query.a(typed:) at a', 'Typed.n at a']);
  });
});

describe('supplied input, by the guarded schema alone', () => {
  it.each(rows)('$title: denied $denied', async ({ text, variables = {}, denied }) => {
    const found = await runAlone(authorization, text, { viewer: holding(), variables });
    expect(found.data).toEqual({ a: denied.length === 0 ? 'a' : null });
    expect(found.denied).toEqual(denied.slice(0, 1).map((coordinate) => `${coordinate} at a`));
  });

  it('is refused below the root', async () => {
    const text = 'query ($i: In) { nested { b(in: $i, other: 1) } }';
    const found = await runAlone(authorization, text, {
      viewer: holding(),
      variables: { i: { secret: 1 } },
    });
    expect(found).toEqual({ data: { nested: { b: null } }, denied: ['In.secret at nested.b'] });
  });

  it('changes nothing where a variable repeats the default of an input field', async () => {
    const text = 'query ($i: In) { a(in: $i) }';
    for (const i of [{ preset: 5 }, { sub: { x: 1, y: 2 } }, { sub: { x: 1 } }]) {
      const found = await runAlone(authorization, text, { viewer: holding(), variables: { i } });
      expect(found.data).toEqual({ a: 'a' });
    }
  });

  it.each([
    { title: 'left out', given: {}, denied: [] },
    { title: 'as its default says', given: { sub: { x: 1, y: 2 } }, denied: [] },
    { title: 'in another order', given: { sub: { y: 2, x: 1 } }, denied: [] },
    { title: 'with another value', given: { sub: { x: 1, y: 3 } }, denied: ['In.sub at a'] },
    { title: 'with less in it', given: { sub: { x: 1 } }, denied: ['In.sub at a'] },
    { title: 'as null', given: { sub: null }, denied: ['In.sub at a'] },
  ])('distinguishes a guarded object from its default: $title', async ({ given, denied }) => {
    const objects = guard(
      `${groupsOnly} type Query { a(in: In): String @public }
       input In { sub: Sub = { x: 1, y: 2 } @auth(requires: [ADMIN]) }
       input Sub { x: Int, y: Int }`,
    );
    const found = await runAlone(objects, 'query ($i: In) { a(in: $i) }', {
      viewer: holding(),
      variables: { i: given },
    });
    expect(found.denied).toEqual(denied);
  });

  it.each([
    { title: 'another list than the default', value: [1, 2, 3] },
    { title: 'a shorter list', value: [1] },
    { title: 'null', value: null },
    { title: 'a list that differs', value: [1, 3] },
  ])('takes $title for supplied', async ({ value }) => {
    const lists = guard(
      `${groupsOnly} type Query { a(in: In): String @public }
       input In { l: [Int] = [1, 2] @auth(requires: [ADMIN]) }`,
    );
    const found = await runAlone(lists, 'query ($i: In) { a(in: $i) }', {
      viewer: holding(),
      variables: { i: { l: value } },
    });
    expect(found.denied).toEqual(['In.l at a']);
  });

  it('takes another date than the default for supplied, though both are objects without keys', async () => {
    const Day = new GraphQLScalarType({
      name: 'Day',
      parseValue: (value) => new Date(String(value)),
      parseLiteral: (node) => new Date(node.kind === Kind.STRING ? node.value : Number.NaN),
    });
    const dates = guard(
      `${groupsOnly} scalar Day
       type Query { a(in: In): String @public }
       input In { since: Day = "2020-01-01" @auth(requires: [ADMIN]) }`,
      { resolvers: { Day, Query: { a: () => 'a' } } },
    );
    const found = await runAlone(dates, 'query ($i: In) { a(in: $i) }', {
      viewer: holding(),
      variables: { i: { since: '1970-01-01' } },
    });
    expect(found).toEqual({ data: { a: null }, denied: ['In.since at a'] });
  });

  it('knows an enum value by its internal value', async () => {
    const internal = guard(
      `${groupsOnly} type Query { a(e: E): String @public } enum E { OPEN SECRET @auth(requires: [ADMIN]) }`,
      { resolvers: { E: { OPEN: 1, SECRET: 2 }, Query: { a: () => 'a' } } },
    );
    const text = 'query ($e: E) { a(e: $e) }';
    const secret = { viewer: holding(), variables: { e: 'SECRET' } };
    expect((await runAlone(internal, text, secret)).denied).toEqual(['E.SECRET at a']);
    expect(
      (await runAlone(internal, text, { ...secret, variables: { e: 'OPEN' } })).denied,
    ).toEqual([]);
  });

  it('knows a guarded enum value that shares its internal value with an open one', async () => {
    const shared = guard(
      `${groupsOnly} type Query { a(e: E): String @public } enum E { OPEN SECRET @auth(requires: [ADMIN]) }`,
      { resolvers: { E: { OPEN: 1, SECRET: 1 }, Query: { a: () => 'a' } } },
    );
    const found = await ask(shared, 'query ($e: E) { a(e: $e) }', {
      viewer: holding(),
      variables: { e: 'SECRET' },
    });
    expect(found).toEqual(['E.SECRET at a']);
  });
});

it('an argument that the schema does not have is left to validation, and what else is supplied counts', async () => {
  const authorization = guard(`${groupsOnly}
    type Query { a(guarded: Int @auth(requires: [ADMIN])): Int @public }`);
  expect(
    await ask(authorization, '{ a(unknown: 1, guarded: 2) }', { viewer: holding('USER') }),
  ).toEqual(['Query.a(guarded:) at a']);
});

it('a variable that was announced without a value is absent when the operation runs', async () => {
  const { schema, authorizeOperation } = guard(
    `${groupsOnly} type Query { a(guarded: Int @auth(requires: [ADMIN])): String @public }`,
    { resolvers: { Query: { a: () => 'a' } } },
  );
  const request = {
    document: parse('query ($v: Int) { a(guarded: $v) b: a(guarded: 1) }'),
    contextValue: { viewer: holding() },
  };
  expect(await authorizeOperation({ ...request, isLenient: true })).toMatchObject([
    { path: ['b'] },
  ]);
  expect(await execute({ schema, ...request })).toEqual({ data: { a: 'a', b: null } });
});
