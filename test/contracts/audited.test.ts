import { EventEmitter, on, once } from 'node:events';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { rights } from '@graphql-gatehouse/rights';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { type DatabaseAccess, defineConfig, defineDomain, type Gatehouse } from 'graphql-gatehouse';
import { apolloPlugin } from 'graphql-gatehouse/apollo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleOf } from '../support/sample.ts';
import type { RunningHost } from './hosts.ts';
import { type Stream, transports } from './streams.ts';
import { type Person, startTimeoutMs, startWorld, type World } from './world.ts';

const admissions = new EventEmitter();
let name = 'Ada';
const patient = () => ({ id: 'p1', name, ssn: 'ssn-1' });

/** The events of one subscription, of which the emitter learns when it listens. */
async function* admittedPatients(signal: AbortSignal) {
  const events = on(admissions, 'admitted', { signal });
  admissions.emit('listening');
  for await (const [admitted] of events) yield { admitted };
}

const schema = makeExecutableSchema({
  typeDefs: `directive @auth(requires: [Group!]) repeatable on FIELD_DEFINITION | OBJECT
    directive @public on FIELD_DEFINITION
    directive @audited(reason: String) on FIELD_DEFINITION | OBJECT
    enum Group { STAFF }
    type Patient @auth(requires: [STAFF]) { id: ID! name: String! ssn: String @audited }
    type Query { patients: [Patient!]! @auth(requires: [STAFF]) }
    type Mutation { rename(name: String!): Patient! @auth(requires: [STAFF]) }
    type Subscription { admitted: Patient! @auth(requires: [STAFF]) }`,
  resolvers: {
    Query: { patients: () => [patient()] },
    Mutation: {
      rename(_mutation, { name: given }) {
        name = given;
        return patient();
      },
    },
    Subscription: {
      admitted: { subscribe: (_source, _args, { signal }) => admittedPatients(signal) },
    },
  },
});

let database: DatabaseAccess | undefined;
const config = defineConfig({
  schema,
  domains: [defineDomain({ name: 'none', typeDefs: [] })],
  packages: [rights()],
  database(access) {
    database = access;
    return {
      client: {},
      transaction: () => Promise.reject(new Error('Nothing is written.')),
      query: () => async () => [],
    };
  },
});

async function renameTable(from: string, to: string): Promise<void> {
  if (database?.kind !== 'embedded') throw new Error('It is not the embedded database.');
  await database.pglite.query(`ALTER TABLE gatehouse_rights.${from} RENAME TO ${to}`);
}

/** Does something while reads cannot be recorded. */
async function withoutRecord<Result>(work: () => Promise<Result>): Promise<Result> {
  await renameTable('reads', 'mislaid_reads');
  try {
    return await work();
  } finally {
    await renameTable('mislaid_reads', 'reads');
  }
}

const query = '{ patients { name ssn } }';
const subscription = 'subscription { admitted { id ssn } }';

/** One over server-sent events, and one over sockets. */
const tried = sampleOf(transports, (_each, index) => index < 2);

describe.each(tried)('audited fields with $name', ({ start, subscribe }) => {
  let world: World;
  let staff: Person;
  let auditor: Person;
  let streams: Stream[] = [];
  beforeAll(async () => {
    world = await startWorld({ config, start });
    staff = await world.aUser(['STAFF']);
    auditor = await world.aUser(['AUDITOR']);
  }, startTimeoutMs);
  afterAll(async () => {
    for (const stream of streams) stream.close();
    streams = [];
    await world?.stop();
  });

  const ask = (text: string) => world.ask(text, { token: staff.accessToken });
  const follow = (text: string) => {
    const stream = subscribe(world, text, staff.accessToken);
    streams.push(stream);
    return stream;
  };
  const countReads = async (): Promise<number> => {
    const reads =
      '{ recordReads(type: "Patient", id: "p1", first: 100) { edges { node { actorId } } } }';
    const { data } = await world.ask(reads, { token: auditor.accessToken });
    const actors = data.recordReads.edges.map(
      ({ node }: { readonly node: { readonly actorId: string } }) => node.actorId,
    );
    expect(new Set(actors)).toEqual(new Set(actors.length === 0 ? [] : [staff.id]));
    return actors.length;
  };

  it('are recorded, and their answers are not to be stored', async () => {
    const before = await countReads();
    const { status, data, headers } = await ask(query);
    expect({ status, data }).toEqual({
      status: 200,
      data: { patients: [{ name, ssn: 'ssn-1' }] },
    });
    expect(headers.get('cache-control')).toContain('no-store');
    expect(await countReads()).toBe(before + 1);
  });

  it('are refused or left out when they cannot be recorded', async () => {
    await withoutRecord(async () => {
      const read = await ask(query);
      expect([read.status, read.code, read.reason, read.data]).toEqual([
        503,
        'SERVICE_UNAVAILABLE',
        'READ_NOT_RECORDED',
        undefined,
      ]);
      const { status, data, reason } = await ask('mutation { rename(name: "Eve") { name ssn } }');
      expect([status, reason, data]).toEqual([
        200,
        'READ_NOT_RECORDED',
        { rename: { name: 'Eve', ssn: null } },
      ]);
    });
  });

  it('are recorded for each event, and end a subscription when they cannot be', async () => {
    const before = await countReads();
    const listening = once(admissions, 'listening');
    const stream = follow(subscription);
    await listening;
    admissions.emit('admitted', patient());
    await expect.poll(() => stream.results.length).toBe(1);
    expect(await countReads()).toBe(before + 1);
    await withoutRecord(async () => {
      admissions.emit('admitted', patient());
      await stream.completed;
    });
    expect(stream.results).toMatchObject([
      { data: { admitted: { id: 'p1', ssn: 'ssn-1' } } },
      { errors: [{ extensions: { code: 'EVENTS_LOST' } }] },
    ]);
  });
});

/** What a plugin after Gatehouse's has seen of each answer. */
const seen: string[] = [];
const beside: ApolloServerPlugin = {
  requestDidStart: async () => ({
    async willSendResponse({ response: { body } }) {
      if (body.kind !== 'single') return;
      seen.push(JSON.stringify(body.singleResult));
      body.singleResult.extensions ??= {};
      body.singleResult.extensions.beside = 'added';
    },
  }),
};

async function startApollo(gatehouse: Gatehouse): Promise<RunningHost> {
  const { schema, contextOf } = gatehouse;
  const server = new ApolloServer({ schema, plugins: [apolloPlugin(gatehouse), beside] });
  const { url } = await startStandaloneServer(server, {
    listen: { port: 0, host: '127.0.0.1' },
    context: ({ req }) => contextOf(req),
  });
  return { graphqlUrl: url, rootUrl: undefined, stop: () => server.stop() };
}

describe('another plugin of Apollo Server', () => {
  let world: World;
  let staff: Person;
  beforeAll(async () => {
    world = await startWorld({ config, start: startApollo });
    staff = await world.aUser(['STAFF']);
  }, startTimeoutMs);
  afterAll(() => world?.stop());

  const ask = async (text: string) => {
    seen.length = 0;
    const { body } = await world.ask(text, { token: staff.accessToken });
    return body;
  };

  it('adds extensions to answers with and without audited fields', async () => {
    const extensions = { beside: 'added' };
    const named = [{ name }];
    expect(await ask('{ patients { name } }')).toEqual({ data: { patients: named }, extensions });
    expect(seen).toEqual([JSON.stringify({ data: { patients: named } })]);
    const audited = { patients: [{ ssn: 'ssn-1' }] };
    expect(await ask('{ patients { ssn } }')).toEqual({ data: audited, extensions });
  });

  it('sees no value whose read is not recorded, and no hidden field', async () => {
    const refused = await withoutRecord(() => ask(query));
    expect(refused).toMatchObject({ errors: [{}], extensions: { beside: 'added' } });
    expect(seen).toEqual(['{}']);
    const introspected = await ask(
      '{ patients { name } __type(name: "Query") { fields { name } } }',
    );
    expect(introspected).toMatchObject({ data: JSON.parse(seen[0] ?? '').data });
  });
});
