import { expect, it } from 'vitest';
import type { DatabaseConnection } from '../../src/database/connection.ts';
import { moveHistory } from '../support/access-history.ts';
import { useGatehouse } from '../support/process.ts';

const gatehouse = useGatehouse();
const dayMs = 24 * 60 * 60 * 1000;

const access = (line: string, environment = {}) =>
  gatehouse.runHere(['access', ...line.split(' ')], environment);

/** Runs a command with `--json`. */
async function read(line: string) {
  const { code, stdout } = await access(`${line} --json`);
  return { code, ...JSON.parse(stdout) };
}

/** A day of the past, UTC. */
const daysAgo = (days: number) => new Date(Date.now() - days * dayMs).toISOString().slice(0, 10);

/** Lets all that was recorded have happened some days earlier, and then changes something by SQL. */
async function move({ migrations }: DatabaseConnection, days: number, sql: string): Promise<void> {
  await moveHistory(migrations, days);
  await migrations.query(sql);
}

/** Runs a server for a moment. */
async function serve(): Promise<void> {
  const server = await gatehouse.serveHere({ ADMIN_PASSWORD: 'violet-otter-ladder-93-quay' });
  await server.stop();
}

it('says what a user could access at the end of a day, and when that is not known', async () => {
  await gatehouse.prepareDatabase();
  await serve();
  const { user } = await userCommand('create ada --groups STAFF --generate-password');
  await userCommand('grant ada MANAGER --expires-at 2200-01-01T00:00:00Z');
  const today = await access(`at ${daysAgo(0)} --user ada`);
  expect(today).toMatchObject({ code: 0, stderr: '' });
  expect(today.stdout).toMatch(
    new RegExp(`^user ${user.id} at \\S+Z
groups: MANAGER \\(until 2200-01-01T00:00:00.000Z\\), STAFF

schema [0-9a-f]{16}, served from \\S+Z to \\S+Z
with what they imply: MANAGER, STAFF
VERDICT +COORDINATE +CONDITIONS
allowed +\\S`),
  );
  expect(today.stdout).toMatch(/^depends {2}ApiClient.lastUsedAt +SELF$/m);
  expect(today.stdout).toMatch(/^refused {2}Query.auditEvents$/m);
  // The verdict is not about who may be ADMIN.
  expect(today.stdout).toMatch(
    /\n\nvalues that it could supply, which grants no group:\nVERDICT +VALUE +CONDITIONS\nallowed +Group.ADMIN +900 s\n$/,
  );

  // No node served, and ada was disabled and deleted.
  const { id } = user;
  const connection = await gatehouse.connect();
  await move(connection, 10, `UPDATE gatehouse.users SET disabled_at = now() WHERE id = '${id}'`);
  await move(connection, 10, `DELETE FROM gatehouse.users WHERE id = '${id}'`);
  await connection.close();
  await serve();
  expect(await read(`at ${daysAgo(0)} --user ${id}`)).toMatchObject({
    code: 0,
    account: { state: 'DELETED', grants: [] },
    schemas: [{ groups: null }],
  });
  const gap = await access(`at ${daysAgo(5)} --user ${id}`);
  expect(gap.code).toBe(2);
  expect(gap.stdout).toMatch(
    new RegExp(`^user ${id} at ${daysAgo(5)}T23:59:59.999Z
disabled: it could access what anonymous viewers can
groups: MANAGER \\(until \\S+Z\\), STAFF
$`),
  );
  expect(gap.stderr).toMatch(
    /^No schema is known for this time, so only groups are shown\. A server was last seen at \S+Z\. Schemas are known again from \S+Z on\.\n$/,
  );
  expect(await read(`at ${daysAgo(15)} --user ${id}`)).toMatchObject({
    code: 2,
    account: { state: 'CREATED', grants: [{ group: 'MANAGER' }, { group: 'STAFF' }] },
    schemas: [],
  });
  const short = { ACCESS_HISTORY_DAYS: '12' };
  const retained = await access(`at ${daysAgo(15)} --user ${id}`, short);
  expect(retained).toMatchObject({ code: 2, stdout: expect.stringMatching(/^user \S+ at \S+\n$/) });
  expect(retained.stderr).toMatch(/^The history begins at \S+Z: groups and schemas are not known/);
  expect((await access('prune', { ACCESS_HISTORY_DAYS: '1' })).stdout).toMatch(
    /^deleted \d+ changes before \S+Z\n$/,
  );
  expect((await access(`at ${daysAgo(5)} --user ${id}`)).stderr).toContain('The history begins at');
});

async function userCommand(line: string) {
  const exit = await gatehouse.runHere(['user', ...line.split(' '), '--json']);
  expect(exit).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(exit.stdout);
}

it('names an API client by its id, and refuses other accounts and days', async () => {
  await gatehouse.prepareDatabase();
  const created = await gatehouse.runHere('client create ci --groups STAFF --json'.split(' '));
  const { client } = JSON.parse(created.stdout);
  const today = daysAgo(0);
  const found = await read(`at ${today} --client ${client.id}`);
  expect(found).toMatchObject({
    code: 2,
    subject: { kind: 'API_CLIENT', id: client.id },
    account: { state: 'CREATED', grants: [{ group: 'STAFF', expiresAt: null }] },
    served: { before: null, after: null },
  });
  const refused = [
    [`at ${daysAgo(-2)} --user ada`, 2, 'The date is in the future'],
    ['at yesterday --user ada', 2, 'Expected a date such as 2026-01-31'],
    ['at 2026-02-30 --user ada', 2, 'Expected a date'],
    [`at ${today}T12:00:00Z --user ada`, 2, 'Expected a date such as 2026-01-31'],
    [`at ${today}`, 2, 'Name either --user or --client.'],
    [`at ${today} --user ada --client ${client.id}`, 2, 'Name either --user or --client.'],
    [`at ${today} --user ada`, 1, 'No user has this username or id.'],
    [`at ${today} --client ci`, 1, 'An API client is named by its id.'],
    [`at ${today} --user ${client.id}`, 1, 'The history has no user with this id.'],
  ] as const;
  for (const [line, code, message] of refused) {
    const exit = await access(line);
    expect([line, exit.code, exit.stdout]).toEqual([line, code, '']);
    expect(exit.stderr).toContain(message);
  }
});

it('has all that a seed and the first ADMIN bring', async () => {
  await gatehouse.prepareDatabase();
  expect((await gatehouse.runHere(['seed'])).code).toBe(0);
  const { database, close } = await gatehouse.connect();
  const ofUsers = await database.membership.findMany({ select: { userId: true, group: true } });
  const ofClients = await database.apiClient.findMany({ select: { id: true, groups: true } });
  const changes = await database.accessChange.findMany({ orderBy: { id: 'asc' } });
  await close();
  const held = [
    ...ofUsers.map(({ userId, group }) => `${userId} ${group}`),
    ...ofClients.flatMap(({ id, groups }) => groups.map((group) => `${id} ${group}`)),
  ];
  expect(held.length).toBeGreaterThan(5);
  const granted = changes.filter(({ kind }) => kind === 'GRANTED');
  expect(granted.map(({ subjectId, group }) => `${subjectId} ${group}`).sort()).toEqual(
    held.sort(),
  );
});
