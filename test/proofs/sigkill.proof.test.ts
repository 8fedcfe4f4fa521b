import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { recordFigure } from '../../scripts/figures/figures.ts';
import { connectDatabase } from '../../src/database/connect.ts';
import { findLosses } from '../support/kill/check-database.ts';
import { type Acknowledged, createAcknowledged, writeUntilKilled } from '../support/kill/writer.ts';
import { adminPassword, createNodeClient } from '../support/node-client.ts';
import { useGatehouse } from '../support/process.ts';
import { kill, numbered, prove, type Rounds, roundsOf } from '../support/rounds.ts';
import { createPostgresDatabase } from '../support/test-database.ts';

/**
 * `npm run proof -- sigkill`: kills the server amid writes, again and again on one database, and looks
 * for what it had acknowledged. On PostgreSQL with `TEST_DATABASE_KIND=postgresql`, else embedded.
 */
const rounds = roundsOf(20);
const writers = 8;
const isPostgres = process.env.TEST_DATABASE_KIND === 'postgresql';
const admin = { username: 'admin', password: adminPassword };
const settings = {
  ADMIN_PASSWORD: adminPassword,
  LOGIN_ATTEMPTS_PER_ACCOUNT: '1000000',
  LOGIN_ATTEMPTS_PER_ADDRESS: '1000000',
  MAX_SESSIONS_PER_USER: '10000',
};
const gatehouse = useGatehouse();

interface World {
  readonly known: Acknowledged;
  /** Undefined: the embedded database. */
  readonly databaseUrl: string | undefined;
}

const killsAmidWrites: Rounds<World, number> = {
  async start() {
    const databaseUrl = isPostgres ? await postgresUrl() : undefined;
    if (!isPostgres) await gatehouse.prepareDataDir();
    return { known: createAcknowledged(), databaseUrl };
  },
  async work({ known, databaseUrl }, round, found) {
    const database = databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl };
    const server = await gatehouse.serve({ ...settings, ...database });
    const accessToken = await logInAsManager(server.url);
    const before = known.rooms.length;
    const writing = numbered(writers).map((n) =>
      writeUntilKilled({ url: server.url, admin, accessToken, name: `r${round}w${n}` }, known),
    );
    // Looks again each millisecond: more often would take a core from the server.
    while (known.rooms.length < before + writers + round) await sleep(1);
    await kill(server);
    for (const refused of await Promise.all(writing)) found.count('refused', refused);
  },
  async check({ known, databaseUrl: url }, _done, found) {
    const dataDir = gatehouse.dataDir();
    const connection = await connectDatabase({ url, dataDir, mayCreate: true, onPoolError() {} });
    for (const loss of await findLosses(connection, known)) found.fault(loss);
    await connection.close();
  },
  async end({ known }, found) {
    for (const [what, each] of Object.entries(known)) found.count(what, each.length);
  },
  figure: ({ rounds, faults, outcomes: { users, rooms, sessions, memberships, refused } }) =>
    `${rounds} kills: ${users} users, ${rooms} rooms, ${sessions} sessions and ` +
    `${memberships} memberships acknowledged, ${faults.length} lost; ${refused} requests refused with 503`,
};

it(`loses and halves nothing, killed ${rounds} times amid writes`, async () => {
  const found = await prove(killsAmidWrites, numbered(rounds));
  expect(found.faults).toEqual([]);
  expect(found.countOf('sessions')).toBeGreaterThan(rounds);
  const kinds = ['users', 'rooms', 'sessions', 'memberships'];
  const rows = kinds.reduce((sum, kind) => sum + found.countOf(kind), 0);
  recordFigure(isPostgres ? 'sigkill.rows' : 'sigkill.rows-embedded', rows);
});

async function postgresUrl(): Promise<string> {
  const { url, drop } = await createPostgresDatabase();
  onTestFinished(drop);
  return url;
}

/** The first ADMIN, who makes rooms as well. */
async function logInAsManager(url: string): Promise<string> {
  const { anAdmin, ask } = createNodeClient(url);
  const { id, accessToken: token } = await anAdmin();
  await ask(`mutation { grantGroup(userId: "${id}", group: MANAGER) { id } }`, { token });
  return token;
}
