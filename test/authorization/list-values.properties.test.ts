import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { createAuthorization, type Viewer } from '@graphql-gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { type ExecutionResult, execute, type GraphQLResolveInfo, parse } from 'graphql';
import { describe, it } from 'vitest';
import { holding } from './fixtures.ts';
import { type Choices, createChoices } from './generators.ts';
import { choicesArbitrary, forAll, runs } from './property-run.ts';

interface Context {
  readonly viewer: Viewer;
}

/** Fields whose results are guarded, each in its own way. */
const fields = ['enums', 'enumLists', 'items', 'itemLists', 'rows', 'rowLists', 'laterRows'];

const typeDefs = `
  enum Group { STAFF }
  enum Policy { EVERY LATER }
  directive @auth(requires: [Group!], or: [Policy!], rows: [Policy!]) repeatable on FIELD_DEFINITION | ENUM_VALUE
  directive @public on FIELD_DEFINITION
  enum Level { LOW HIGH @auth(requires: [STAFF]) LIST @auth(requires: [STAFF]) SET }
  type Item { id: Int, own: Int! @auth(requires: [STAFF], or: [EVERY]) }
  type Row { id: Int, own: Int @auth(or: [EVERY]) }
  type Query {
    enums: [Level] @public
    enumLists: [[Level!]] @public
    items: [Item!] @public
    itemLists: [[Item!]] @public
    rows: [Row] @auth(rows: [EVERY])
    rowLists: [[Row]] @auth(rows: [EVERY])
    laterRows: [[Row!]] @auth(rows: [LATER])
  }
`;

/** Internal values of an enum that are lists themselves. */
const levels: Readonly<Record<string, unknown>> = {
  LOW: 'LOW',
  HIGH: 7,
  LIST: ['LOW'],
  SET: new Set(['LOW']),
};

/** Makes a new value each time: some can be read only once. */
type Make = () => unknown;

class IterableError extends Error {
  *[Symbol.iterator]() {
    yield 'LOW';
  }
}

/** Draws what a resolver returns where a list of this depth is expected. */
function drawValue(choices: Choices, depth: number, isEnum: boolean): Make {
  const draw = (): Make => drawValue(choices, depth, isEnum);
  if (choices.rarely(6)) {
    const odd: readonly Make[] = [
      () => null,
      () => undefined,
      () => new Error('an error'),
      () => new IterableError('an iterable error'),
      () => Promise.reject(new Error('a rejection')),
      () => Promise.reject('a text'),
      () => ({ [Symbol.iterator]: 'none' }),
      () => 'text',
      () => 5,
      () => () => [],
    ];
    return odd[choices.upTo(odd.length)] ?? (() => null);
  }
  if (choices.rarely(5)) {
    const make = draw();
    return async () => make();
  }
  if (depth === 0) return drawItem(choices, isEnum);
  const items = Array.from({ length: choices.upTo(4) }, () =>
    drawValue(choices, depth - 1, isEnum),
  );
  const breaksAt = choices.oneOf([null, 0, 1, 2]);
  const error = choices.oneOf<unknown>([new Error('broken'), 'broken']);
  function* iterate() {
    for (const [index, make] of items.entries()) {
      if (index === breaksAt) throw error;
      yield make();
    }
  }
  async function* iterateLater() {
    yield* items.map((make) => make());
  }
  const lists: readonly Make[] = [
    () => items.map((make) => make()),
    () => new Set(items.map((make) => make())),
    iterate,
    () => Object.assign([], { [Symbol.iterator]: iterate }),
    iterateLater,
  ];
  return lists[choices.upTo(lists.length)] ?? iterate;
}

function drawItem(choices: Choices, isEnum: boolean): Make {
  if (!isEnum) return () => ({ id: 1, own: 2 });
  const value = levels[choices.oneOf(['LOW', 'HIGH', 'LIST', 'SET'])];
  return () => value;
}

/** Draws a value for each field. */
const drawValues = (choices: Choices) =>
  new Map(
    fields.map((name) => {
      const isNested = name.endsWith('Lists') || name === 'laterRows';
      return [name, drawValue(choices, isNested ? 2 : 1, name.startsWith('enum'))] as const;
    }),
  );

/** Makes the schema. `ask` is called by the resolvers of narrowed fields. */
const makeSchema = (
  values: ReadonlyMap<string, Make>,
  ask: (info: GraphQLResolveInfo) => unknown,
) =>
  makeExecutableSchema({
    typeDefs,
    resolvers: {
      Level: levels,
      Query: Object.fromEntries(
        fields.map((name) => [
          name,
          (_source: unknown, _args: unknown, _context: unknown, info: GraphQLResolveInfo) => {
            if (name.toLowerCase().includes('row')) ask(info);
            return values.get(name)?.();
          },
        ]),
      ),
    },
  });

function guard(values: ReadonlyMap<string, Make>) {
  const source = makeSchema(values, (info) => authorization.rowsOf(info));
  const authorization = createAuthorization<Viewer, Context>(source, {
    viewerOf: ({ viewer }) => viewer,
    policies: {
      EVERY: { reads: [], admits: () => true, where: () => ({}) },
      LATER: { reads: [], admits: async () => true, where: () => ({}) },
    },
  });
  return authorization.schema;
}

const inside: Readonly<Record<string, string>> = { enums: '', enumLists: '' };
const document = parse(`{ ${fields.map((name) => `${name} ${inside[name] ?? '{ id own }'}`)} }`);

/**
 * The data, and what is null because of an error. If several items of a list that must not be null fail, any one of their
 * errors may be listed. The guarded schema has texts of its own.
 */
function comparable({ data, errors = [] }: ExecutionResult) {
  const shown: unknown = JSON.parse(JSON.stringify(data));
  const places = errors.map(({ path = [] }) => {
    const length = path.findIndex((_, index) => valueAt(shown, path.slice(0, index)) === null);
    return (length === -1 ? path : path.slice(0, length)).join('.');
  });
  return { data: shown, errors: [...new Set(places)].sort() };
}

const valueAt = (data: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((value, key) => Reflect.get(Object(value), key), data);

/** Ignores unhandled rejections: without guards, graphql-js drops promises of items. */
async function ignoringRejections(work: () => Promise<void>): Promise<void> {
  const listeners = process.listeners('unhandledRejection');
  const ignore = () => {};
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', ignore);
  await work();
  await setImmediate();
  process.off('unhandledRejection', ignore);
  for (const each of listeners) process.on('unhandledRejection', each);
}

describe('generated lists whose viewer may see everything in them', () => {
  it('are delivered as graphql-js delivers them without guards', async () => {
    const tally = { cases: 0, withErrors: 0 };
    await ignoringRejections(() =>
      forAll({
        file: 'test/authorization/list-values.properties.test.ts',
        arbitrary: choicesArbitrary(120),
        numRuns: runs * 4,
        async check(numbers) {
          const values = drawValues(createChoices(numbers));
          const contextValue = { viewer: holding('STAFF') };
          const request = { document, contextValue };
          const source = makeSchema(values, () => {});
          const plain = comparable(await execute({ schema: source, ...request }));
          const guarded = comparable(await execute({ schema: guard(values), ...request }));
          tally.cases += 1;
          if (plain.errors.length > 0) tally.withErrors += 1;
          return isDeepStrictEqual(guarded, plain)
            ? undefined
            : `${JSON.stringify(plain, null, 1)}\n${JSON.stringify(guarded, null, 1)}`;
        },
        tally,
        isEnough: () => tally.withErrors > tally.cases / 10,
      }),
    );
  }, 300_000);
});
