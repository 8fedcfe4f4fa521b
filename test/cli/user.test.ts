import { describe, expect, it } from 'vitest';
import { logIn } from '../support/log-in.ts';
import { useGatehouse } from '../support/process.ts';

const gatehouse = useGatehouse();
const password = 'plum-kettle-orbit-58-fern';
const nextPassword = 'heron-cobalt-meadow-77-tide';

const commandHere = (words: readonly string[], input?: string) =>
  gatehouse.runHere(words, {}, input);

/** Runs a command with `--json` that is to succeed, and gives its document. */
async function run(line: string, input?: string) {
  const exit = await commandHere([...line.split(' '), '--json'], input);
  expect(exit).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(exit.stdout);
}

describe('the commands for users', () => {
  it('lead a user through a whole life, by the rules of the API', async () => {
    await gatehouse.prepareDatabase();
    const admin = await run('user create root --groups ADMIN --generate-password');
    expect(admin.user).toMatchObject({ username: 'root', groups: ['ADMIN'], disabledAt: null });
    expect(admin.generatedPassword).toMatch(/^[\w-]{24}$/);

    const line = 'user create sam --display-name Sam --email sam@example.org --password-stdin';
    const created = await commandHere([...line.split(' '), '--json'], `${password}\n`);
    expect(created).toMatchObject({ code: 0, stderr: '' });
    const { user: sam } = JSON.parse(created.stdout);
    expect(sam).toMatchObject({ displayName: 'Sam', email: 'sam@example.org', groups: ['STAFF'] });
    expect(Object.keys(sam).join()).not.toMatch(/password/i);

    await run('user grant SAM MANAGER --expires-at 2999-01-01'); // usernames know no case
    const revoked = await run(`user revoke ${sam.id} STAFF`);
    expect(revoked.user).toMatchObject({ username: 'sam', groups: ['MANAGER'] });
    expect((await run('user disable sam')).user.disabledAt).toMatch(/^20/);
    const { users, pageInfo } = await run('user list --include-disabled --first 1 --search sa');
    expect(users).toMatchObject([{ username: 'sam', groups: ['MANAGER'] }]);
    expect(pageInfo).toMatchObject({ hasNextPage: false });
    expect((await run('user enable sam')).user.disabledAt).toBeNull();

    const table = await gatehouse.runHere(['audit', 'list', '--action', 'user.disabled']);
    expect(table.stdout).toMatch(/user\.disabled {2}- +sam +-/);
    const events = await run('audit list --first 100');
    const reported = events.events.map(({ action, detail }: Record<string, string>) => [
      action,
      detail,
    ]);
    expect(reported).toEqual([
      ['user.enabled', 'command line'],
      ['user.disabled', 'command line'],
      ['membership.revoked', 'STAFF; command line'],
      ['membership.granted', 'MANAGER until 2999-01-01T00:00:00.000Z; command line'],
      ['user.created', 'groups: STAFF; command line'],
      ['user.created', 'groups: ADMIN; command line'],
    ]);
    expect(
      new Set(events.events.map(({ actorId, ip }: Record<string, string>) => [actorId, ip].join())),
    ).toEqual(new Set([',']));

    const reset = await run('user reset-password sam --password-stdin', nextPassword);
    expect(reset).toEqual({ user: { ...sam, groups: ['MANAGER'] } });
    const server = await gatehouse.serveHere();
    expect(await logIn(server.url, 'sam', password)).toMatchObject({ status: 401 });
    expect(await logIn(server.url, 'sam', nextPassword)).toMatchObject({ groups: ['MANAGER'] });
    expect(await logIn(server.url, 'root', admin.generatedPassword)).toMatchObject({
      groups: ['ADMIN'],
    });
    await server.stop();
    expect(await run('user delete sam')).toEqual({ deleted: sam.id });
    expect((await run('user list --include-disabled')).users).toMatchObject([{ username: 'root' }]);
  });

  it('tell a person in lines, and a generated password once', async () => {
    await gatehouse.prepareDataDir();
    const created = await commandHere([
      'user',
      'create',
      'Desk',
      '--groups',
      'ADMIN,STAFF',
      '--generate-password',
    ]);
    const [, id = '', shown] =
      /^created Desk {2}(\S+) {2}groups: ADMIN, STAFF\npassword: (\S{24}) .*\n$/.exec(
        created.stdout,
      ) ?? [];
    expect(shown).toBeDefined();
    const listed = await commandHere(['user', 'list']);
    expect(listed.stdout).toBe(`USERNAME  GROUPS       ID\nDesk      ADMIN,STAFF  ${id}\n`);
    const revoked = await commandHere(['user', 'revoke', 'desk', 'STAFF']);
    expect(revoked.stdout).toBe(`revoked Desk  ${id}  groups: ADMIN\n`);
  });

  it('refuse what the API refuses, with code 1 and a document of the refusal', async () => {
    await gatehouse.prepareDatabase();
    await run('user create root --groups ADMIN --generate-password');
    const refusals = [
      { line: 'user revoke root ADMIN', error: { code: 'CONFLICT', reason: 'LAST_ADMIN' } },
      { line: 'user enable absent', error: { code: 'NOT_FOUND', argument: 'user' } },
      {
        line: 'user create ROOT --generate-password',
        error: { code: 'BAD_USER_INPUT', argument: 'input.username' },
      },
      {
        line: 'user create x --password-stdin',
        error: { code: 'BAD_USER_INPUT', argument: 'input.password' },
      },
    ];
    for (const { line, error } of refusals) {
      const exit = await commandHere([...line.split(' '), '--json'], 'short');
      expect(JSON.parse(exit.stdout)).toEqual({ error: expect.objectContaining(error) });
      expect(exit.code).toBe(1);
      expect(exit.stderr).toBe(`${JSON.parse(exit.stdout).error.message}\n`);
    }
  });
});
