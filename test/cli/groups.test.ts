import { expect, it } from 'vitest';
import { useGatehouse } from '../support/process.ts';
import { addUses, readUses } from '../support/rights-tables.ts';

const gatehouse = useGatehouse();

const commandHere = (line: string) => gatehouse.runHere(line.split(' '));

/** Runs a command with `--json` that is to succeed, and gives its document. */
async function run(line: string) {
  const exit = await commandHere(`${line} --json`);
  expect(exit).toMatchObject({ code: 0 });
  return JSON.parse(exit.stdout);
}

it('lists groups that the schema no longer has, renames and drops them', async () => {
  await gatehouse.prepareDatabase();
  await run('user create ada --groups STAFF --generate-password');
  await run('user create ben --groups MANAGER --generate-password');
  await run('client create mop --groups STAFF');
  const connection = await gatehouse.connect();
  const { membership, apiClient } = connection.database;
  await membership.updateMany({ where: { group: 'STAFF' }, data: { group: 'JANITOR' } });
  await membership.updateMany({ where: { group: 'MANAGER' }, data: { group: 'BUTLER' } });
  await apiClient.updateMany({ data: { groups: ['JANITOR'] } });
  const lastUsedOn = new Date('2026-01-31');
  await membership.updateMany({ data: { lastUsedOn } });
  const count = { day: '2026-01-31', coordinate: 'Query.me', amongOthers: 1 };
  await addUses(connection.database, [
    { ...count, group: 'JANITOR', alone: 2 },
    { ...count, group: 'STAFF', alone: 3 },
    { ...count, group: 'BUTLER', alone: 4 },
  ]);
  await connection.close();

  const { checks } = await run('doctor');
  expect(checks).toContainEqual({
    name: 'groups',
    state: 'warning',
    found: 'held, but not in the schema: BUTLER, JANITOR',
    advice: 'run `groups list`, then `groups rename` or `groups drop`',
  });
  expect((await run('user list')).users).toMatchObject([{ groups: [] }, { groups: [] }]);
  expect((await commandHere('client list')).code).toBe(0);
  const listed = await commandHere('groups list');
  expect(listed.stdout).toMatch(/^GROUP +USERS +API CLIENTS\nADMIN +0 +0\n/);
  expect(listed.stdout).toMatch(
    /^BUTLER +1 +0 +not in the schema\nJANITOR +1 +1 +not in the schema\n/m,
  );

  const renamed = await commandHere('groups rename JANITOR STAFF');
  expect(renamed.stdout).toBe('renamed JANITOR to STAFF  1 user, 1 API client\n');
  expect(await run('groups drop BUTLER')).toEqual({ name: 'BUTLER', users: 1, clients: 0 });
  expect(await run('groups list')).toEqual({
    groups: [
      { name: 'ADMIN', users: 0, clients: 0, isInSchema: true },
      { name: 'AUDITOR', users: 0, clients: 0, isInSchema: true },
      { name: 'MANAGER', users: 0, clients: 0, isInSchema: true },
      { name: 'STAFF', users: 1, clients: 1, isInSchema: true },
    ],
  });
  const reopened = await gatehouse.connect();
  // The holders of the group have used it under its old name.
  expect(await readUses(reopened.database)).toEqual([
    { ...count, group: 'BUTLER', alone: 4 },
    { ...count, group: 'STAFF', alone: 5, amongOthers: 2 },
  ]);
  expect(await reopened.database.membership.findMany()).toMatchObject([
    { group: 'STAFF', lastUsedOn },
  ]);
  await reopened.close();
  const { events } = await run('audit list');
  expect(events.map(({ action }: { action: string }) => action)).toEqual(
    expect.arrayContaining(['group.renamed', 'group.dropped']),
  );

  for (const [line, code] of [
    ['groups drop ADMIN', 'BAD_USER_INPUT'],
    ['groups rename BUTLER STAFF', 'NOT_FOUND'],
    ['groups rename BUTLER COOK', 'BAD_USER_INPUT'],
  ]) {
    const refused = await commandHere(`${line} --json`);
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout).error).toMatchObject({ code });
  }
});
