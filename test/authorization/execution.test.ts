import { createAuthorization, type Viewer } from '@graphql-gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { DocumentNode } from 'graphql';
import { execute, GraphQLScalarType, Kind, parse, subscribe } from 'graphql';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  createExecution,
  createExecutions,
  toPathKey,
} from '../../packages/authorization/src/enforcement/calls/execution.ts';
import { anonymous, holding, type TestContext, withPolicies } from './fixtures.ts';

const sdl = `${withPolicies}
  scalar Day
  scalar Json
  scalar Money
  type Query {
    root(id: Int = 1): Int @auth(or: [SELF])
    other(id: Int = 1): Int @auth(or: [SELF])
    both: Int @auth(or: [SELF]) @auth(or: [BOSS])
    on(day: Day): Int @auth(or: [SELF])
    like(json: Json): Int @auth(or: [SELF])
    at(price: Money): Int @auth(or: [SELF])
    item: Item @public
    items: [Item!] @public
    twins: [Item!] @public
    many: [Item!] @public
  }
  type Mutation { one: Int @auth(or: [SELF]), two: Int @auth(or: [SELF]) }
  type Subscription { ticks(day: Day): Tick @auth(or: [SELF]) }
  type Tick { n: Int, a: Int @auth(or: [SELF]), b: Int @auth(or: [SELF]) }
  type Item {
    a: Int @auth(or: [SELF])
    b: Int @auth(or: [SELF])
    c(x: Int, y: [Int]): Int @auth(or: [SELF])
    d: Int @auth(or: [BOSS])
    e: Int @auth(requires: [ADMIN])
    self: Item
  }`;

/** It differs from others by its identity alone. */
class Money {
  readonly #value: unknown;

  constructor(value: unknown) {
    this.#value = value;
  }

  toJSON() {
    return this.#value;
  }
}

const twin = { id: 1 };
const tick = { n: 1, a: 1, b: 1 };
const asked: string[] = [];
let answer: boolean | 'late' | 'failing' = true;

/** Answers as `answer` says, and notes that it was asked. */
function policy(name: string) {
  return (_viewer: unknown, _source: unknown, args: Readonly<Record<string, unknown>>) => {
    asked.push(`${name} ${JSON.stringify(args)}`);
    if (answer === 'failing') throw new Error('down');
    return answer === 'late'
      ? new Promise<boolean>((resolve) => setImmediate(() => resolve(true)))
      : answer;
  };
}

const { schema, authorizeOperation } = createAuthorization<Viewer, TestContext>(
  makeExecutableSchema({
    typeDefs: sdl,
    resolvers: {
      Day: new GraphQLScalarType({
        name: 'Day',
        parseValue: (value) => new Date(String(value)),
        parseLiteral: (node) => (node.kind === Kind.STRING ? new Date(node.value) : null),
      }),
      Money: new GraphQLScalarType({ name: 'Money', parseValue: (value) => new Money(value) }),
      Json: new GraphQLScalarType({
        name: 'Json',
        parseValue: (value) => (value === 'nothing' ? { nothing: undefined } : value),
      }),
      Query: {
        item: () => ({ id: 0 }),
        items: () => Array.from({ length: 5 }, (_, id) => ({ id })),
        twins: () => [twin, twin, twin],
        many: () => Array.from({ length: 100 }, () => ({ e: 1 })),
      },
      Item: { self: (item: unknown) => item },
      Subscription: {
        ticks: {
          subscribe: async function* () {
            for (let n = 0; n < 3; n += 1) yield { ticks: tick };
          },
        },
      },
    },
  }),
  { policies: { SELF: policy('SELF'), BOSS: policy('BOSS') }, viewerOf: ({ viewer }) => viewer },
);

beforeEach(() => {
  asked.length = 0;
  answer = true;
});

const aContext = (viewer: Viewer = holding()): TestContext => ({ viewer });
type Variables = Readonly<Record<string, unknown>>;

const run = (document: DocumentNode, contextValue: TestContext, variableValues: Variables = {}) =>
  execute({ schema, document, contextValue, variableValues });

/** As a host does it: decide, then run if nothing is denied. */
async function decideAndRun(
  document: DocumentNode,
  contextValue = aContext(),
  variableValues: Variables = {},
) {
  const denials = await authorizeOperation({ document, contextValue, variableValues });
  return denials.length > 0 ? denials : run(document, contextValue, variableValues);
}

describe('in one execution, a policy is asked once', () => {
  it.each([
    { text: '{ item { a b a2: a } }', times: 1 },
    { text: '{ item { a self { b self { a } } } }', times: 1 },
    { text: '{ items { a b } }', times: 5 },
    { text: '{ twins { a b } }', times: 1 },
    { text: '{ item { c(x: 1) d: c(x: 1) } }', times: 1 },
    { text: '{ item { c(x: 1, y: [1, 2]) d: c(y: [1, 2], x: 1) } }', times: 1 },
    { text: '{ item { c(x: 1) d: c(x: 2) e: c } }', times: 3 },
    { text: '{ item { c(y: [1]) d: c(y: [1, null]) e: c(y: []) } }', times: 3 },
    { text: '{ item { a d } }', times: 2 },
    { text: '{ root other r: root }', times: 1 },
    { text: '{ root r: root(id: 1) other(id: 1) }', times: 1 },
    { text: '{ root r: root(id: 2) }', times: 2 },
    { text: '{ both }', times: 2 },
    { text: '{ both root }', times: 3 },
    { text: 'mutation { one two again: one }', times: 1 },
  ])('about the same object and arguments: $text', async ({ text, times }) => {
    for (const how of [true, false, 'late', 'failing'] as const) {
      answer = how;
      asked.length = 0;
      await run(parse(text), aContext());
      expect(asked, `run alone, ${how}`).toHaveLength(times);
      asked.length = 0;
      await decideAndRun(parse(text));
      expect(asked, `decided before, ${how}`).toHaveLength(times);
    }
  });

  it('though many wait for its answer', async () => {
    answer = 'late';
    const { data } = await run(parse('{ twins { a b self { a b } } }'), aContext());
    expect(asked).toEqual(['SELF {}']);
    expect(JSON.parse(JSON.stringify(data)).twins).toHaveLength(3);
  });

  it('about a date, before the run and while it runs', async () => {
    const text = '{ a: on(day: "2026-01-01") b: on(day: "2026-01-02") c: on(day: "2026-01-02") }';
    expect(await decideAndRun(parse(text))).toMatchObject({ data: { a: null } });
    expect(asked).toHaveLength(2);
  });

  it('about a value with nothing in it, before the run and while it runs', async () => {
    const text = 'query ($json: Json) { like(json: $json) again: like(json: $json) }';
    await decideAndRun(parse(text), aContext(), { json: 'nothing' });
    expect(asked).toEqual(['SELF {"json":{}}']);
  });

  it('about the same instance, but each time about another one', async () => {
    const text =
      'query ($a: Money, $b: Money) { a: at(price: $a) a2: at(price: $a) b: at(price: $b) }';
    await run(parse(text), aContext(), { a: 1, b: 1 });
    expect(asked).toHaveLength(2);
  });

  it('about one of two values, though one is an empty list and the other an empty object', async () => {
    await run(parse('{ a: like(json: []) b: like(json: {}) }'), aContext());
    expect(asked).toEqual(['SELF {"json":[]}', 'SELF {"json":{}}']);
  });
});

describe('what a policy answered is not kept', () => {
  const document = parse('{ item { a } root twins { b } }');

  it('from one execution to the next, with the same document, context and variables', async () => {
    const [contextValue, variables] = [aContext(), {}];
    await run(document, contextValue, variables);
    const first = asked.length;
    answer = false;
    const { data, errors } = await run(document, contextValue, variables);
    expect(asked).toHaveLength(2 * first);
    expect(JSON.parse(JSON.stringify(data))).toEqual({
      item: { a: null },
      root: null,
      twins: [{ b: null }, { b: null }, { b: null }],
    });
    expect(errors).toHaveLength(5);
  });

  it('from one request to the next, decided before the run', async () => {
    await decideAndRun(parse('{ root }'));
    answer = false;
    expect(await decideAndRun(parse('{ root }'))).toHaveLength(1);
    expect(asked).toHaveLength(2);
  });

  it('for an execution of another document than the one that was decided', async () => {
    const contextValue = aContext();
    await authorizeOperation({ document: parse('{ root }'), contextValue });
    answer = false;
    expect((await run(parse('{ root }'), contextValue)).errors).toHaveLength(1);
    expect(asked).toHaveLength(2);
  });

  it('beyond the run that was decided', async () => {
    const contextValue = aContext();
    const rootAlone = parse('{ root }');
    await authorizeOperation({ document: rootAlone, contextValue });
    await run(rootAlone, contextValue);
    expect(asked).toHaveLength(1);
    answer = false;
    expect((await run(rootAlone, contextValue)).errors).toHaveLength(1);
    expect(asked).toHaveLength(2);
  });

  it('from one viewer to the next, at the same time', async () => {
    answer = 'late';
    const viewers = Array.from({ length: 10 }, () => aContext());
    await Promise.all(viewers.map((context) => decideAndRun(document, context)));
    expect(asked).toHaveLength(10 * 3);
    const { errors } = await run(document, aContext(anonymous));
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(
      Array.from({ length: 5 }, () => 'UNAUTHENTICATED'),
    );
    expect(asked).toHaveLength(10 * 3);
  });

  it('from one viewer to the next, whose executions run in one turn', async () => {
    const list = parse('{ many { e } }');
    const viewers = [
      holding('ADMIN'),
      holding('ADMIN'),
      holding('USER'),
      holding('ADMIN'),
      anonymous,
    ];
    const results = viewers.map((viewer) => run(list, aContext(viewer)));
    const refusals = (await Promise.all(results)).map(({ errors = [] }) => errors.length);
    expect(refusals).toEqual([0, 0, 100, 0, 100]);
  });

  it('from one value of a variable to another, in the same context', async () => {
    const contextValue = aContext();
    const byId = parse('query ($id: Int) { root(id: $id) }');
    for (const id of [1, 2, 1]) await decideAndRun(byId, contextValue, { id });
    expect(asked).toEqual(['SELF {"id":1}', 'SELF {"id":2}', 'SELF {"id":1}']);
  });

  it('from one event of a subscription to the next', async () => {
    const ticks = parse('subscription { ticks { a } }');
    const contextValue = aContext();
    expect(await authorizeOperation({ document: ticks, contextValue })).toEqual([]);
    const events = await subscribe({ schema, document: ticks, contextValue });
    if (!(Symbol.asyncIterator in events)) throw new Error('The subscription was refused.');
    const denied = [];
    for await (const { errors } of events) {
      denied.push((errors ?? []).map(({ path }) => path?.join('.')));
      answer = !answer;
    }
    expect(denied).toEqual([[], ['ticks'], []]);
  });

  it.each([
    { text: 'subscription { ticks { n } }', perEvent: 1 },
    { text: 'subscription { ticks { a b a2: a } }', perEvent: 2 },
    { text: 'subscription { ticks(day: "2026-01-01") { n } }', perEvent: 1 },
  ])(
    'and is asked once as a subscription opens and once an event: $text',
    async ({ text, perEvent }) => {
      for (const how of [true, 'late'] as const) {
        for (const isDecidedBefore of [true, false]) {
          answer = how;
          asked.length = 0;
          const [document, contextValue] = [parse(text), aContext()];
          if (isDecidedBefore)
            expect(await authorizeOperation({ document, contextValue })).toEqual([]);
          const events = await subscribe({ schema, document, contextValue });
          if (!(Symbol.asyncIterator in events)) throw new Error('The subscription was refused.');
          expect(asked).toHaveLength(1);
          for (let event = 1; event <= 3; event += 1) {
            expect(await events.next()).toMatchObject({ value: { data: { ticks: {} } } });
            expect(asked).toHaveLength(1 + event * perEvent);
          }
        }
      }
    },
  );

  it('from one opening of a subscription to the next', async () => {
    const [document, contextValue] = [parse('subscription { ticks { n } }'), aContext()];
    expect(await authorizeOperation({ document, contextValue })).toEqual([]);
    await subscribe({ schema, document, contextValue });
    answer = false;
    expect(await subscribe({ schema, document, contextValue })).toMatchObject({
      errors: [{ path: ['ticks'] }],
    });
  });
});

const startedAt = new Date('2026-07-01T12:00:00Z');

describe('the executions', () => {
  const operationOf = (text: string) => {
    const [operation] = parse(text).definitions;
    if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('No operation.');
    return operation;
  };
  const operation = operationOf('{ a }');

  it('give the one that was announced, once, to the run that follows', () => {
    const executions = createExecutions(() => startedAt);
    const [context, announced] = [
      {},
      { ...createExecution(startedAt), reportedPaths: new Set(['a']) },
    ];
    executions.announce(context, operation, announced);
    const info = { operation, variableValues: {} };
    expect(executions.of(context, info)).toBe(announced);
    expect(executions.of(context, info)).toBe(announced);
    expect(executions.of(context, { operation, variableValues: {} })).not.toBe(announced);
  });

  it('do not give it to another operation or another context', () => {
    const executions = createExecutions(() => startedAt);
    const [context, announced] = [{}, createExecution(startedAt)];
    executions.announce(context, operation, announced);
    const other = { operation: operationOf('{ a }'), variableValues: {} };
    expect(executions.of(context, other)).not.toBe(announced);
    expect(executions.of({}, { operation, variableValues: {} })).not.toBe(announced);
    expect(executions.of(context, { operation, variableValues: {} })).toBe(announced);
  });

  it('give a subscription its reports, and no answers from event to event', () => {
    const executions = createExecutions(() => startedAt);
    const [context, ticks] = [{}, operationOf('subscription { a }')];
    const announced = { ...createExecution(startedAt), reportedPaths: new Set(['a']) };
    executions.announce(context, ticks, announced);
    const info = { operation: ticks, variableValues: {} };
    const events = [executions.of(context, info), executions.of(context, info)];
    expect(new Set([announced, ...events].map(({ answers }) => answers)).size).toBe(3);
    expect(events.map(({ reportedPaths }) => [...reportedPaths])).toEqual([['a'], ['a']]);
    const other = { operation: operationOf('subscription { a }'), variableValues: {} };
    expect(executions.of(context, other).reportedPaths.size).toBe(0);
    expect(executions.of(undefined, info).reportedPaths.size).toBe(0);
  });

  it('give one event of a subscription one execution, though others have the same variables', () => {
    const executions = createExecutions(() => startedAt);
    const [context, ticks] = [{}, operationOf('subscription { a }')];
    const root = () => ({ prev: undefined, key: 'a', typename: 'Subscription' });
    const below = (prev: ReturnType<typeof root>) => ({ prev, key: 'b', typename: 'Tick' });
    const [first, second, variableValues] = [root(), root(), {}];
    const at = (path: ReturnType<typeof root> | ReturnType<typeof below>) =>
      executions.of(context, { operation: ticks, variableValues, path });
    expect(at(below(first))).toBe(at(first));
    expect(at(below(first))).toBe(at(below(first)));
    expect(at(second)).not.toBe(at(first));
  });

  it('give the opening of a subscription what was announced, once', () => {
    const executions = createExecutions(() => startedAt);
    const [context, ticks] = [{}, operationOf('subscription { a }')];
    const announced = { ...createExecution(startedAt), reportedPaths: new Set(['a']) };
    executions.announce(context, ticks, announced);
    expect(executions.opening(context, ticks).answers).toBe(announced.answers);
    const again = executions.opening(context, ticks);
    expect(again.answers).not.toBe(announced.answers);
    expect(again.reportedPaths).toBe(announced.reportedPaths);
    expect(executions.opening({}, ticks).reportedPaths.size).toBe(0);
    expect(executions.opening(undefined, ticks).reportedPaths.size).toBe(0);
  });

  it.each([undefined, null, 'a context', 7])('work where the context is %s', (context) => {
    const executions = createExecutions(() => startedAt);
    executions.announce(context, operation, createExecution(startedAt));
    const info = { operation, variableValues: {} };
    expect(executions.of(context, info)).toBe(executions.of(context, info));
  });

  it('work where the context is a function', () => {
    const executions = createExecutions(() => startedAt);
    const [context, announced] = [() => 1, createExecution(startedAt)];
    executions.announce(context, operation, announced);
    expect(executions.of(context, { operation, variableValues: {} })).toBe(announced);
  });
});

describe('the key of a path', () => {
  it.each([
    { path: [], key: '' },
    { path: ['a'], key: 'a' },
    { path: ['a', 0, 'b', 12, 3, 'c'], key: 'a.b.c' },
    { path: ['a', 1], key: 'a' },
  ])('$path is "$key"', ({ path, key }) => {
    expect(toPathKey(path)).toBe(key);
  });
});
