import { execFile } from 'node:child_process';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { execute, parse, subscribe } from 'graphql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAuthorization, type Viewer } from '../../packages/authorization/src/index.ts';
import { holding, type TestContext, withPolicies } from './fixtures.ts';

const sdl = `${withPolicies}
  type Query {
    docs: [Doc!]! @public
    nullable: [Doc!] @public
    own: [Doc!]! @auth(or: [BOSS])
    late: [Doc!]! @public
    grid: [[Doc!]!]! @public
    holes: [[Doc!]]! @public
    notes: [Note!]! @public
    books: [Book!]! @public
    ranks: [Rank!]! @public
    rankGrid: [[Rank!]!] @public
    ranked: [Ranked!]! @public
    shelves: [Shelf!]! @public
    inputs: [Taking!]! @public
    failing: [Rank] @public
  }
  type Mutation { write: [Doc!]! @public }
  type Subscription { docs: [Doc!]! @public, refused: Int @auth(or: [SELF]) }
  interface Doc { title: String! }
  type Note implements Doc { title: String! @auth(or: [SELF]), deep: Note!, n: Int! }
  type Memo implements Doc @auth(requires: [ADMIN]) { title: String! }
  union Book = Note | Memo
  type Ranked { rank: Rank!, n: Int! }
  type Shelf { docs: [Doc!]!, n: Int! }
  type Taking { of(n: Int @auth(requires: [ADMIN])): Int!, n: Int! }
  enum Rank { LOW HIGH @auth(requires: [ADMIN]) }`;

const note = { __typename: 'Note', title: 'note', n: 1, deep: { title: 'deep' } };
/** Its `n` must not be null: it fails at once. */
const broken = { __typename: 'Note', title: 'note', n: null };
const memo = { __typename: 'Memo', title: 'memo' };
const docs = [note, memo];
const later = <T>(value: T) => setImmediate(value);

const isLate = { type: false };

const { schema } = createAuthorization<Viewer, TestContext>(
  makeExecutableSchema({
    typeDefs: sdl,
    resolvers: {
      Query: {
        docs: () => docs,
        nullable: () => docs,
        own: () => docs,
        late: () => later(new Set([later(note), memo])),
        grid: () => [docs, [memo, note]],
        holes: () => [docs, [note, memo], null],
        notes: () => [note, broken],
        books: () => docs,
        ranks: () => [later('HIGH'), 'HIGH', null],
        rankGrid: () => [[later('HIGH'), null], [later('HIGH')]],
        ranked: () => [
          { rank: () => later('HIGH'), n: 1 },
          { rank: 'LOW', n: null },
        ],
        shelves: () => [
          { docs: () => later(docs), n: 1 },
          { docs, n: null },
        ],
        inputs: () => [
          { of: 1, n: later(1) },
          { of: 1, n: null },
        ],
        failing: () =>
          (function* () {
            const failed = Promise.reject(new Error('heard by the application'));
            failed.catch(() => undefined);
            yield failed;
            throw new Error('no more');
          })(),
      },
      Mutation: { write: () => docs },
      Subscription: {
        docs: {
          subscribe: async function* () {
            yield { docs };
            yield { docs };
          },
        },
        refused: { subscribe: () => later(docs) },
      },
      Doc: {
        __resolveType: ({ __typename }: typeof note) =>
          isLate.type ? later(__typename) : __typename,
      },
    },
  }),
  {
    policies: { SELF: async () => false, BOSS: async () => true },
    viewerOf: ({ viewer }) => viewer,
  },
);

const unhandled: unknown[] = [];
const onRejection = (reason: unknown) => unhandled.push(reason);

beforeEach(() => {
  unhandled.length = 0;
  isLate.type = false;
  process.on('unhandledRejection', onRejection);
});
afterEach(() => {
  process.off('unhandledRejection', onRejection);
});

const contextValue = { viewer: holding() };

/** Until whatever was dropped has been reported. */
async function settle() {
  for (let turn = 0; turn < 4; turn += 1) await setImmediate();
}

describe('no rejection is left unhandled', () => {
  const queries = [
    '{ docs { title } }',
    '{ nullable { title } }',
    '{ own { title } }',
    '{ late { title } }',
    '{ grid { title } }',
    '{ holes { title } }',
    '{ notes { title n } }',
    '{ notes { deep { title } n } }',
    '{ notes { n title } }',
    '{ books { ... on Note { title } ... on Memo { title } } }',
    '{ ranks }',
    '{ rankGrid }',
    '{ ranked { rank n } }',
    '{ shelves { docs { title } n } }',
    '{ inputs { of(n: 1) n } }',
    '{ failing }',
    '{ docs { title } a: docs { title } notes { title n } ranks }',
    'mutation { write { title } }',
  ];

  it.each(queries)('by %s', async (text) => {
    for (const late of [false, true]) {
      isLate.type = late;
      const { errors } = await execute({ schema, document: parse(text), contextValue });
      expect(errors?.length).toBeGreaterThan(0);
      await settle();
      expect(unhandled).toEqual([]);
    }
  });

  it('by the events of a subscription', async () => {
    const document = parse('subscription { docs { title } }');
    const events = await subscribe({ schema, document, contextValue });
    if (!(Symbol.asyncIterator in events)) throw new Error('The subscription was refused.');
    for await (const { errors } of events) expect(errors).toHaveLength(1);
    await settle();
    expect(unhandled).toEqual([]);
  });

  it('by a subscription that is refused late', async () => {
    const document = parse('subscription { refused }');
    expect(await subscribe({ schema, document, contextValue })).toMatchObject({
      errors: [{ extensions: { reason: 'POLICY_DENIED' } }],
    });
    await settle();
    expect(unhandled).toEqual([]);
  });

  const admin = holding('ADMIN');
  it.each([
    { text: '{ books { __typename } }', viewer: admin, isDeferred: false },
    { text: '{ books { __typename } }', viewer: holding(), isDeferred: true },
    { text: '{ notes { n } }', viewer: holding(), isDeferred: false },
    { text: '{ notes { n: title } }', viewer: holding(), isDeferred: true },
    { text: '{ notes { ...T } } fragment T on Note { title }', viewer: admin, isDeferred: true },
    { text: '{ notes { ... { deep { n } } } }', viewer: admin, isDeferred: false },
    { text: '{ ranked { n } }', viewer: holding(), isDeferred: false },
  ])('and items are deferred only for a selected field that could refuse: $text', (given) => {
    const { text, viewer, isDeferred } = given;
    const result = execute({ schema, document: parse(text), contextValue: { viewer } });
    expect(result instanceof Promise).toBe(isDeferred);
  });
});

it('a process that listens to nothing outlives a query that is refused', async () => {
  const program = fileURLToPath(new URL('./children/dropped-siblings.ts', import.meta.url));
  // Rejects with the exit code, were it not 0.
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', program]);
  expect(JSON.parse(stdout)).toEqual({ data: null, codes: ['FORBIDDEN'] });
});
