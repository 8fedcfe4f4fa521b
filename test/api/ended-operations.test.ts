import { buildSchema, graphqlSync } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Context } from '../../src/context/context.ts';
import { defineDomain } from '../../src/schema/domain.ts';
import { startWithDomain } from '../support/start-with-domain.ts';
import type { TestServer, TestUser } from '../support/test-server.ts';

/** What has begun, in order. */
let begun: string[] = [];
const note = <Value>(what: string, value: Value): Value => {
  begun.push(what);
  return value;
};

/** Every resolver `slow` waits until it is opened. */
let open = () => {};
let opened = Promise.resolve();

/** Aborts when the server has noticed the end of the operation. */
let signal = new AbortController().signal;
const wait = (what: string, context: Context): Promise<void> => {
  signal = context.signal;
  return note(what, opened);
};

/** A resolver that goes on after it has waited, and what it then gets. */
let attempts: PromiseSettledResult<unknown>[] | undefined;

interface OwnContext extends Context {
  readonly load: { readonly endedLink: (id: string) => Promise<unknown> };
}

const link = { id: 'one' };
const links = defineDomain<OwnContext>({
  name: 'links',
  typeDefs: `
    extend enum Policy { NOTED }
    "A link of a chain." type Link @auth { id: ID! next: Link slow: Link loaded: Link guarded: ID @auth(or: [NOTED]) found: Link goesOn: ID }
    extend type Query { "A chain." chain: Link @auth }
    extend type Mutation { "Changes nothing, slowly." slowly: Link @auth "Changes something." changes: ID! @auth }
  `,
  policies: { NOTED: () => note('policy', true) },
  loaders: {
    endedLink: {
      one: async (ids) =>
        note(
          'load',
          ids.map((id) => ({ id })),
        ),
    },
  },
  types: {
    Link: {
      byIds: async (ids) =>
        note(
          'read',
          ids.map((id) => ({ id })),
        ),
    },
  },
  resolvers: {
    Query: { chain: () => link },
    Mutation: {
      slowly: async (_mutation: unknown, _args: unknown, context: OwnContext) => {
        await wait('slowly', context);
        return link;
      },
      changes: (_mutation: unknown, _args: unknown, { change }: OwnContext) =>
        change({ action: 'link.changed' }, async () => note('change', 'changed')),
    },
    Link: {
      next: () => note('next', link),
      slow: async (_link: unknown, _args: unknown, context: OwnContext) => {
        await wait('slow', context);
        return link;
      },
      loaded: (_link: unknown, _args: unknown, { load }: OwnContext) => load.endedLink('one'),
      found: (_link: unknown, _args: unknown, { find }: OwnContext) => find('Link', 'one'),
      guarded: () => note('guarded', 'one'),
      goesOn: async (_link: unknown, _args: unknown, context: OwnContext) => {
        const { load, find, change } = context;
        await wait('goesOn', context);
        attempts = await Promise.allSettled([
          (async () => load.endedLink('one'))(),
          find('Link', 'one'),
          change({ action: 'link.changed' }, async () => note('change', 'changed')),
        ]);
        return 'one';
      },
    },
  },
});

let server: TestServer;
let user: TestUser;
beforeAll(async () => {
  server = await startWithDomain(links, { environment: { OPERATION_TIMEOUT_MS: '1000' } });
  user = await server.aUser();
});
afterAll(() => server.stop());
beforeEach(() => {
  begun = [];
  attempts = undefined;
  opened = new Promise((resolve) => {
    open = resolve;
  });
});

const token = () => user.accessToken;
const recordOf = (name: string) => {
  const line = server.logLines.findLast(
    (each) => each.includes('"operation"') && each.includes(`"${name}"`),
  );
  return line === undefined ? undefined : JSON.parse(line);
};
const countWarnings = () =>
  server.logLines.filter((line) => /unexpected|unavailable/.test(line)).length;

const everything = 'next { id } loaded { id } guarded found { id }';

/** Sends an operation, and leaves once something of it has begun. */
async function leave(query: string): Promise<void> {
  const client = new AbortController();
  const request = fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token()}` },
    body: JSON.stringify({ query }),
    signal: client.signal,
  });
  await expect.poll(() => begun.length).toBeGreaterThan(0);
  client.abort();
  await expect(request).rejects.toThrow();
}

const ways = [
  {
    end: 'by its deadline',
    run: async (query: string) =>
      expect((await server.ask(query, { token: token() })).status).toBe(503),
    outcome: 'failed',
  },
  { end: 'by its client, who leaves', run: leave, outcome: 'ok' },
];

describe.each(ways)('an operation that was ended $end', ({ run, outcome }) => {
  it('begins no resolver, policy, loader and read of ids any more', async () => {
    const name = `Ended_${outcome}`;
    const warnings = countWarnings();
    await run(`query ${name} { chain { slow { ${everything} } } }`);
    expect(begun).toEqual(['slow']);
    await expect.poll(() => signal.aborted).toBe(true);
    open();
    await expect.poll(() => recordOf(name)?.outcome).toBe(outcome);
    expect(begun).toEqual(['slow']);
    expect(countWarnings() - warnings).toBeLessThanOrEqual(1); // the one about the deadline
  });

  it('begins no further field of a mutation', async () => {
    const name = `EndedMutation_${outcome}`;
    await run(`mutation ${name} { slowly { id } changes }`);
    await expect.poll(() => signal.aborted).toBe(true);
    open();
    await expect.poll(() => recordOf(name)?.outcome).toBe(outcome);
    expect(begun).toEqual(['slowly']);
  });

  it('gives a resolver that goes on no loader, row and change', async () => {
    await run('{ chain { goesOn } }');
    await expect.poll(() => signal.aborted).toBe(true);
    open();
    await expect.poll(() => attempts).toMatchObject(Array(3).fill({ status: 'rejected' }));
    expect(begun).toEqual(['goesOn']);
  });
});

it('an operation that is not ended begins all of them', async () => {
  open();
  const { data } = await server.ask(`{ chain { slow { ${everything} } } }`, { token: token() });
  expect(data.chain.slow).toEqual({ ...{ next: link, loaded: link, found: link }, guarded: 'one' });
  expect(begun.toSorted()).toEqual(['guarded', 'load', 'next', 'policy', 'read', 'slow']);
});

it('the types of introspection, which all schemas of a process share, are left as they are', () => {
  expect(
    graphqlSync({
      schema: buildSchema('type Query { a: Int }'),
      source: '{ __schema { queryType { name } } }',
    }),
  ).toEqual({
    data: { __schema: { queryType: { name: 'Query' } } },
  });
});
