import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { connectDatabase } from '../../src/database/connect.ts';
import { ask } from '../support/ask.ts';
import { findLosses } from '../support/kill/check-database.ts';
import { createAcknowledged, writeUntilKilled } from '../support/kill/writer.ts';
import { useGatehouse } from '../support/process.ts';
import { createPostgresDatabase } from '../support/test-database.ts';

/**
 * `npm run proof -- sigkill`: kills the server amid writes, again and again on one database, and looks
 * for what it had acknowledged. On PostgreSQL with `TEST_DATABASE_KIND=postgresql`, else embedded.
 */
const rounds = Number(process.env.ROUNDS ?? 20);
const writers = 8;
const isPostgres = process.env.TEST_DATABASE_KIND === 'postgresql';
const admin = { username: 'admin', password: 'violet-otter-ladder-93-quay' };
const gatehouse = useGatehouse();

const title = `loses and halves nothing, killed ${rounds} times amid writes`;
it(title, { timeout: 3_600_000 }, async () => {
  const url = isPostgres ? await postgresUrl() : undefined;
  if (!isPostgres) await gatehouse.prepareDataDir();
  const settings = { ADMIN_PASSWORD: admin.password, LOGIN_ATTEMPTS_PER_ACCOUNT: '1000000' };
  const limits = { LOGIN_ATTEMPTS_PER_ADDRESS: '1000000', MAX_SESSIONS_PER_USER: '10000' };
  const environment = { ...settings, ...limits };
  const known = createAcknowledged();
  let refused = 0;
  for (let round = 0; round < rounds; round += 1) {
    const server = await gatehouse.serve(url ? { ...environment, DATABASE_URL: url } : environment);
    const accessToken = await logInAsManager(server.url);
    const before = known.rooms.length;
    const writing = Array.from({ length: writers }, (_, n) =>
      writeUntilKilled({ url: server.url, admin, accessToken, name: `r${round}w${n}` }, known),
    );
    await until(() => known.rooms.length >= before + writers + round);
    server.kill('SIGKILL');
    const [counts] = await Promise.all([Promise.all(writing), server.exited]);
    for (const count of counts) refused += count;
    const connection = await connectDatabase({
      url,
      dataDir: gatehouse.dataDir(),
      mayCreate: true,
      onPoolError: () => {},
    });
    const losses = await findLosses(connection, known);
    await connection.close();
    expect({ round, losses }).toEqual({ round, losses: [] });
  }
  const { users, rooms, sessions, memberships } = known;
  process.stdout.write(
    `${rounds} kills: ${users.length} users, ${rooms.length} rooms, ${sessions.length} sessions and ` +
      `${memberships.length} memberships acknowledged, none lost; ` +
      `${refused} requests refused with 503\n`,
  );
  expect(sessions.length).toBeGreaterThan(rounds);
});

async function postgresUrl(): Promise<string> {
  const { url, drop } = await createPostgresDatabase();
  onTestFinished(drop);
  return url;
}

/** The first ADMIN, who makes rooms as well. */
async function logInAsManager(url: string): Promise<string> {
  const query = `mutation { login(username: "${admin.username}", password: "${admin.password}") {
    accessToken user { id } } }`;
  const { accessToken, user } = (await ask(`${url}/graphql`, query)).data.login;
  const grant = `mutation { grantGroup(userId: "${user.id}", group: MANAGER) { id } }`;
  await ask(`${url}/graphql`, grant, { token: accessToken });
  return accessToken;
}

/** Looks again each millisecond: more often would take a core from the server. */
async function until(isReached: () => boolean): Promise<void> {
  while (!isReached()) await sleep(1);
}
