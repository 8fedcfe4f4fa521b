import { expect, it } from 'vitest';
import { insertEvent } from '../../src/changes/record-event.ts';
import { firstUuidOf } from '../../src/values/uuid.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { startTestServer } from '../support/test-server.ts';

/** Starts a server with a replica, which is the primary itself. Counts the lists that are read from the replica. */
async function startWithReplica(environment: Readonly<Record<string, string>>) {
  const primary = await createTestDatabase();
  let listsFromReplica = 0;
  const replica = {
    connection: primary,
    maxLagMs: 1_000,
    read: async <Result>(fromReplica: () => Promise<Result>) => {
      listsFromReplica += 1;
      return fromReplica();
    },
  };
  const server = await startTestServer({ connection: { ...primary, replica }, environment });
  const created = await server.ask(
    'mutation { createApiClient(name: "till", groups: [STAFF]) { secret client { id } } }',
    { token: server.admin.accessToken },
  );
  const { secret: token, client } = created.data.createApiClient;
  return {
    /** Commits an event of the client that has got its id `ageMs` ago, as at the end of a long transaction. */
    commitLate: (ageMs: number) =>
      primary.database.$executeRawUnsafe(
        insertEvent(1),
        firstUuidOf(new Date(Date.now() - ageMs)),
        new Date(),
        'test.late',
        'API_CLIENT',
        client.id,
        null,
        null,
        null,
      ),
    /** Whether a list of the client is read from the replica. */
    async readsReplica(): Promise<boolean> {
      const before = listsFromReplica;
      expect((await server.ask('{ rooms { edges { cursor } } }', { token })).errors).toEqual([]);
      return listsFromReplica > before;
    },
    async stop() {
      await server.stop();
      await primary.close();
    },
  };
}

const long = { DATABASE_STATEMENT_TIMEOUT_MS: '600000', OPERATION_TIMEOUT_MS: '600000' };

it.each([
  { settings: 'the default ones', environment: {}, longestMs: 12_000 },
  { settings: 'statements of ten minutes', environment: long, longestMs: 2 * 600_000 },
  {
    settings: 'a long wait for a connection',
    environment: { DATABASE_CONNECT_TIMEOUT_MS: '60000' },
    longestMs: 62_000,
  },
  {
    settings: 'long statements of short operations',
    environment: { ...long, OPERATION_TIMEOUT_MS: '10000' },
    longestMs: 20_000,
  },
])(
  'a viewer reads the primary after the longest change, with $settings',
  async ({ environment, longestMs }) => {
    const { readsReplica, commitLate, stop } = await startWithReplica(environment);
    expect(await readsReplica()).toBe(true);
    await commitLate(longestMs + 20_000); // also settled by clocks that differ
    expect(await readsReplica()).toBe(true);
    await commitLate(longestMs);
    expect(await readsReplica()).toBe(false);
    await stop();
  },
);
