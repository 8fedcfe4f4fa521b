import { setImmediate } from 'node:timers/promises';
import { AnswerTooLargeError, createAdmit } from '@graphql-gatehouse/authorization';
import { type ExecutionResult, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import {
  type AnswerOptions,
  answer,
  contextValue,
  engines,
  guardNodes,
  type Node,
  run,
} from './answer-world.ts';
import { withoutUnhandledRejections } from './property-run.ts';

const nodes = (count: number, rest: Node = {}): Node[] =>
  Array.from({ length: count }, (_, index) => ({ id: `n${index}`, number: index, ...rest }));

/** 10 nodes, each with the 10 nodes: lists in lists. */
function circle(count = 10): Node[] {
  const all: Record<string, unknown>[] = nodes(count).map((node) => ({ ...node }));
  for (const each of all) each.kids = all;
  return all;
}

const guardCircle = (options: Partial<AnswerOptions> = {}) =>
  guardNodes({ root: () => circle(), maxAnswerValues: 1_000, ...options });

const tooLarge = (reason: string, limit: number) => ({
  message: `The answer is too large: the limit for ${reason.toLowerCase().replace('_', ' ')} is ${limit}.`,
  extensions: { code: 'OPERATION_TOO_COMPLEX', reason, limit },
});

const plain = (result: ExecutionResult): unknown => JSON.parse(JSON.stringify(result));

/** What is too large, and the limit that says so. */
const large = [
  { what: 'lists in lists', text: '{ nodes { kids { kids { id } } } }' },
  { what: 'lists in lists that come late', text: '{ nodes { lateKids { lateKids { id } } } }' },
  {
    what: 'one list by 50 aliases',
    text: `{ ${Array.from({ length: 50 }, (_, n) => `a${n}: nodes { id number }`)} }`,
  },
  {
    what: '`__typename` by 100 aliases',
    text: `{ nodes { ${Array.from({ length: 100 }, (_, n) => `a${n}: __typename`)} } }`,
  },
  {
    what: 'a fragment that each object spreads',
    text: '{ nodes { ...F kids { ...F kids { ...F } } } } fragment F on Node { id number }',
  },
  { what: 'an interface', text: '{ some { ... on Node { kids { kids { id } } } } }' },
] as const;

describe.each(engines)('an answer beyond the limit, executed by %s', (engine) => {
  it.each(large)('is refused without data: $what', async ({ text }) => {
    for (const prefer of [undefined, 'handling=lenient']) {
      const { result, status } = await answer(guardCircle(), engine, text, prefer);
      expect(status).toBe(400);
      expect(plain(result)).toEqual({ errors: [tooLarge('ANSWER_VALUES', 1_000)] });
    }
  });

  it.each([
    { what: 'strings', text: '{ root { name } }', root: { id: 1, name: 'x'.repeat(101) } },
    { what: 'a root field', text: '{ text }', root: 'x'.repeat(101) },
    { what: 'ids', text: '{ root { id } }', root: { id: 'x'.repeat(101) } },
    { what: 'strings in lists', text: '{ root { tags } }', root: { tags: ['x', 'y'.repeat(100)] } },
    { what: 'late strings', text: '{ root { lateTags } }', root: { tags: ['y'.repeat(101)] } },
    { what: 'enum values', text: '{ root { levels } }', root: { levels: Array(40).fill('LOW') } },
    {
      what: 'objects of scalars',
      text: '{ root { json } }',
      root: { json: { a: ['y'.repeat(99)] } },
    },
    { what: 'what objects write', text: '{ root { json } }', root: { json: Buffer.alloc(101) } },
    { what: 'keys', text: `{ root { ${'k'.repeat(101)}: number } }`, root: { number: 1 } },
    { what: 'keys of type names', text: `{ root { ${'k'.repeat(101)}: __typename } }`, root: {} },
  ])('is refused for its text: $what', async ({ text, root }) => {
    const limits = { maxAnswerCharacters: 100, maxAnswerValues: 100 };
    const { result, status } = await answer(
      guardNodes({ root: () => root, ...limits }),
      engine,
      text,
    );
    expect(status).toBe(400);
    const found = result.errors?.map(({ extensions }) => extensions.code);
    expect([Object.keys(result), found]).toEqual([['errors'], ['OPERATION_TOO_COMPLEX']]);
  });

  it('ends the count of an object with a circle', async () => {
    const json: Record<string, unknown> = {};
    json.self = json;
    const authorization = guardCircle({ root: () => ({ json }) });
    const { result } = await answer(authorization, engine, '{ root { json } }');
    expect(plain(result)).toEqual({ errors: [tooLarge('ANSWER_VALUES', 1_000)] });
  });

  it('calls no resolver once the limit is exceeded', async () => {
    let calls = 0;
    const authorization = guardCircle({
      onCall: () => {
        calls += 1;
      },
    });
    const text = '{ nodes { lateKids { lateKids { lateKids { lateKids { id } } } } } }';
    await answer(authorization, engine, text);
    // Without a limit 11,111.
    expect(calls).toBeLessThan(1_000);
  });

  it('leaves no rejection unhandled when other fields are still waiting', async () => {
    await withoutUnhandledRejections(async () => {
      const text =
        '{ nodes { lateKids { id lateKids { id lateKids { id } } } kids { kids { id } } } }';
      const { status } = await answer(guardCircle(), engine, text);
      expect(status).toBe(400);
      for (let turn = 0; turn < 5; turn += 1) await setImmediate();
    });
  });

  it('is within the default limits with 30,000 objects, and not with 60,000', async () => {
    const all = nodes(60_000);
    const counts: unknown[] = [];
    for (const count of [30_000, 60_000]) {
      const authorization = guardNodes({ root: () => all.slice(0, count) });
      const { result } = await answer(authorization, engine, '{ nodes { id } }');
      counts.push(Object(result.data?.nodes).length ?? result.errors?.length);
    }
    expect(counts).toEqual([30_000, 1]);
  });

  it('waits for turns of the event loop after 1,000 objects', async () => {
    const seen: number[] = [];
    for (const count of [1_000, 4_500]) {
      const authorization = guardNodes({ root: () => nodes(count) });
      let turns = 0;
      let isOver = false;
      const counting = (async () => {
        for (; !isOver; turns += 1) await setImmediate();
      })();
      const { data } = await run(authorization, engine, '{ nodes { id number } }');
      isOver = true;
      await counting;
      seen.push(Math.min(turns, 5));
      expect(data).toEqual({ nodes: nodes(count) });
    }
    expect(seen).toEqual([expect.toSatisfy((turns: number) => turns < 3), 5]);
  });

  it('keeps the errors of a list in order when its items wait for turns', async () => {
    const wrong = nodes(2_500).map((node, index) => ({
      ...node,
      level: index % 500 ? 'LOW' : 'NO',
    }));
    const authorization = guardNodes({ root: () => wrong });
    const { data, errors } = await run(authorization, engine, '{ nodes { level } }');
    const paths = errors?.map(({ path }) => path?.join('.'));
    expect(paths).toEqual([0, 500, 1_000, 1_500, 2_000].map((at) => `nodes.${at}.level`));
    expect(Object(data).nodes).toHaveLength(2_500);
  });
});

describe('a mutation whose answer is beyond the limit', () => {
  const text = 'mutation { change { kids { kids { id } } } again: change { id } remove }';

  it('has done what it does, and says where its answer is missing', async () => {
    let calls = 0;
    const root = () => {
      calls += 1;
      return circle()[0];
    };
    const authorization = guardCircle({ root, maxAnswerValues: 100 });
    const { result, status } = await answer(authorization, 'graphql-js', text);
    expect([status, calls]).toEqual([undefined, 2]);
    const [first, ...others] = result.errors ?? [];
    expect(first?.path?.slice(0, 2)).toEqual(['change', 'kids']);
    expect(others.at(-1)?.path).toEqual(['again']);
    expect(result.data).toMatchObject({ again: null, remove: 'removed' });
  });

  it('lists 20 of its errors at most', async () => {
    const root = () => ({ id: 'x', kids: circle() });
    const authorization = guardCircle({ root, maxAnswerValues: 150 });
    const deep = 'mutation { change { kids { one { id } kids { kids { id } } } } }';
    const { result } = await answer(authorization, 'graphql-js', deep);
    expect(result.errors?.length).toBeLessThanOrEqual(20);
    expect(result.data).toBeDefined();
  });
});

describe('an event whose answer is beyond the limit', () => {
  it('is that error, and the next event is answered', async () => {
    const events = [
      { id: 'a', kids: circle() },
      { id: 'b', kids: [] },
    ];
    const authorization = guardCircle({ events });
    const document = parse('subscription { changed { id kids { kids { kids { id } } } } }');
    const admission = await createAdmit(authorization)({ document, contextValue });
    const { schema, subscribe } = authorization;
    const results = await subscribe({ schema, document, contextValue });
    const found: unknown[] = [];
    if (!(Symbol.asyncIterator in results) || admission.kind === 'answered') throw new Error();
    for await (const each of results) found.push(plain((await admission.finish(each)).result));
    expect(found).toEqual([
      { errors: [tooLarge('ANSWER_VALUES', 1_000)], data: null },
      { data: { changed: { id: 'b', kids: [] } } },
    ]);
  });
});

describe('the limits of answers', () => {
  it('count the items of asynchronous iterables, which some executors accept', async () => {
    async function* items() {
      for (const each of nodes(10)) yield each;
    }
    const { schema } = guardNodes({ root: items, maxAnswerValues: 12 });
    const document = parse('{ nodes { id } }');
    const [operation] = document.definitions;
    const field = schema.getQueryType()?.getFields().nodes;
    const fieldNodes = Object(operation).selectionSet.selections;
    const path = { prev: undefined, key: 'nodes', typename: 'Query' };
    const info = { schema, operation, fragments: {}, fieldNodes, path, variableValues: {} };
    const list = field?.resolve?.({}, {}, contextValue, Object(info));
    const read: unknown[] = [];
    const reading = (async () => {
      for await (const each of Object(list)) read.push(each);
    })();
    await expect(reading).rejects.toBeInstanceOf(AnswerTooLargeError);
    expect(read).toHaveLength(6);
  });

  it('must be positive integers', () => {
    expect(() => guardNodes({ root: () => null, maxAnswerValues: 0 })).toThrow(TypeError);
    expect(() => guardNodes({ root: () => null, maxAnswerCharacters: 1.5 })).toThrow(TypeError);
  });

  it('refuse what a resolver has refused to read', async () => {
    const exceeded = { reason: 'ROWS', limit: 7 } as const;
    const root = () => {
      throw new AnswerTooLargeError(exceeded);
    };
    const answers: unknown[] = [];
    for (const engine of engines) {
      const { result, status } = await answer(guardNodes({ root }), engine, '{ root { id } }');
      answers.push([status, plain(result)]);
    }
    const { message, extensions } = tooLarge('ROWS', 7);
    const expected = [400, { errors: [{ message, extensions }] }];
    expect(answers).toEqual([expected, expected]);
  });
});
