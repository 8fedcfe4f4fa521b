import { fileURLToPath } from 'node:url';
import { type Change, defineDomain } from 'graphql-gatehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as drizzle from '../../examples/data-clients/drizzle.config.ts';
import * as kysely from '../../examples/data-clients/kysely.config.ts';
import type { ParcelStore } from '../../examples/data-clients/parcel.ts';
import * as pg from '../../examples/data-clients/pg.config.ts';
import { yoga } from '../contracts/hosts.ts';
import { type Person, startTimeoutMs, startWorld, type World } from '../contracts/world.ts';
import { createPostgresDatabase, type PostgresDatabase } from '../support/postgres-database.ts';
import { type StatementProxy, startStatementProxy } from '../support/statement-proxy.ts';

const isEmbedded = process.env.TEST_DATABASE_KIND !== 'postgresql';
const directory = fileURLToPath(new URL('../../examples/data-clients', import.meta.url));
const parcelId = '019ab000-0000-7000-8000-0000000000a1';

/** A mutation that reads inside its change, but not by the transaction. */
const createCareless = <TClient, TFilter>(store: ParcelStore<TClient, TFilter>) =>
  defineDomain({
    name: 'careless',
    typeDefs:
      'extend type Mutation {\n  "Reads inside a change." careless: Boolean! @auth(requires: [CLERK])\n}',
    resolvers: {
      Mutation: {
        careless: (_mutation: unknown, _args: unknown, { db, change }: CarelessContext<TClient>) =>
          change({ action: 'parcel.read' }, async () => {
            await store.find(db, parcelId);
            return true;
          }),
      },
    },
  });

interface CarelessContext<TClient> {
  readonly db: TClient;
  readonly change: Change<TClient>;
}

const clients = [
  { name: 'Drizzle', config: drizzle.default, careless: createCareless(drizzle.store) },
  { name: 'plain pg', config: pg.default, careless: createCareless(pg.store) },
  // On PostgreSQL alone, as the example says.
  ...(isEmbedded
    ? []
    : [{ name: 'Kysely', config: kysely.default, careless: createCareless(kysely.store) }]),
];

describe.each(clients)('changes by $name', ({ config: own, careless }) => {
  const config = { ...own, domains: [...(own.domains ?? []), careless] };
  let database: PostgresDatabase | undefined;
  let proxy: StatementProxy | undefined;
  let world: World;
  let auditor: Person;
  let reader: Person;
  beforeAll(async () => {
    database = isEmbedded ? undefined : await createPostgresDatabase();
    proxy = database && (await startStatementProxy(database.url));
    const environment = proxy === undefined ? {} : { DATABASE_URL: proxy.url };
    world = await startWorld({ config, start: yoga }, { directory, environment });
    auditor = await world.aUser(['AUDITOR']);
    reader = await world.aUser(['CLERK']);
  }, startTimeoutMs);
  afterAll(async () => {
    await world?.stop();
    await proxy?.close();
    await database?.drop();
  });

  const relabel = (label: string, token: string) =>
    world.ask(
      `mutation ($label: String!) { relabelParcel(id: "${parcelId}", label: $label) { label } }`,
      {
        token,
        variables: { label },
      },
    );
  const readLabel = async () => {
    const token = reader.accessToken;
    return (await world.ask(`{ parcel(id: "${parcelId}") { label } }`, { token })).data.parcel
      .label;
  };
  const readEvents = async () => {
    const query = `{ auditEvents(action: "parcel.relabeled") {
      edges { node { subjectId actor { ... on User { id } } } } } }`;
    const token = auditor.accessToken;
    return (await world.ask(query, { token })).data.auditEvents.edges;
  };

  it('write, and record who did it', async () => {
    const clerk = await world.aUser(['CLERK']);
    const before = (await readEvents()).length;
    const answer = await relabel('Maps', clerk.accessToken);
    expect([answer.status, answer.data]).toEqual([200, { relabelParcel: { label: 'Maps' } }]);
    expect(await readLabel()).toBe('Maps');
    const events = await readEvents();
    expect(events).toHaveLength(before + 1);
    expect(events[0]).toEqual({ node: { subjectId: parcelId, actor: { id: clerk.id } } });
  });

  it('are refused to who lacks the group', async () => {
    const { accessToken } = await world.aUser([]);
    expect((await relabel('Stolen', accessToken)).status).toBe(403);
  });

  it('are refused when the right was lost after the guards had decided', async () => {
    const { id, accessToken: token } = await world.aUser(['ADMIN', 'CLERK']);
    const before = await readEvents();
    // Decided as a whole, then run one after the other: the first field takes what the second one needs.
    const answer = await world.ask(
      `mutation { revokeGroup(userId: "${id}", group: CLERK) { id }
        relabelParcel(id: "${parcelId}", label: "Late") { label } }`,
      { token },
    );
    expect(answer.errors.map(({ extensions }) => extensions.coordinate)).toEqual([
      'Mutation.relabelParcel',
    ]);
    expect(await readLabel()).not.toBe('Late');
    expect(await readEvents()).toEqual(before);
  });

  it('are undone by an error, with their event', async () => {
    const clerk = await world.aUser(['CLERK']);
    const before = [await readLabel(), await readEvents()];
    const answer = await relabel('', clerk.accessToken);
    expect([answer.status, answer.code]).toEqual([400, 'BAD_USER_INPUT']);
    expect([await readLabel(), await readEvents()]).toEqual(before);
  });

  it.runIf(!isEmbedded).each([
    { moment: 'before', status: 503, code: 'SERVICE_UNAVAILABLE', isDone: false },
    { moment: 'after', status: 200, code: undefined, isDone: true },
  ] as const)('are settled when their connection is cut $moment COMMIT', async (given) => {
    const { moment, status, code, isDone } = given;
    const { accessToken } = await world.aUser(['CLERK']);
    const label = `Cut ${moment}`;
    const before = (await readEvents()).length;
    let isWritten = false;
    const stopped = proxy?.stopAt({
      moment,
      isReached(statement) {
        isWritten ||= /update "?parcels/i.test(statement);
        return isWritten && /^commit/i.test(statement);
      },
    });
    const asked = relabel(label, accessToken);
    await stopped;
    proxy?.cut();
    const answer = await asked;
    expect({ status: answer.status, code: answer.code }).toEqual({ status, code });
    expect([(await readLabel()) === label, (await readEvents()).length - before]).toEqual(
      isDone ? [true, 1] : [false, 0],
    );
  });

  it('throw at once when their work does not use the transaction, for 20 at the same time', async () => {
    const { accessToken: token } = await world.aUser(['CLERK']);
    const asked = Array.from({ length: 20 }, () => world.ask('mutation { careless }', { token }));
    const answers = await Promise.all(asked);
    expect(answers.map(({ code }) => code)).toEqual(answers.map(() => 'INTERNAL_SERVER_ERROR'));
    expect(world.logLines.join('\n')).toContain('use the transaction that the work gets');
  });
});
