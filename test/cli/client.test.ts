import { expect, it } from 'vitest';
import { ask } from '../support/ask.ts';
import { useGatehouse } from '../support/process.ts';

const gatehouse = useGatehouse();

const commandHere = (...words: readonly string[]) => gatehouse.runHere(['client', ...words]);

/** Runs a command with `--json` that is to succeed, and gives its document. */
async function run(...words: readonly string[]) {
  const exit = await commandHere(...words, '--json');
  expect(exit).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(exit.stdout);
}

it('creates an API client, rotates its secret and disables it', async () => {
  await gatehouse.prepareDatabase();
  const { client, secret } = await run('create', 'Door panel', '--groups', 'STAFF,AUDITOR');
  expect(client).toMatchObject({ name: 'Door panel', groups: ['AUDITOR', 'STAFF'] });
  expect(Object.keys(client).join()).not.toMatch(/secret|hash/i);
  const { secret: nextSecret } = await run('rotate', client.id);

  const server = await gatehouse.serveHere();
  const query = '{ viewer { groups } }';
  const viewerOf = (token: string) => ask(`${server.url}/graphql`, query, { token });
  expect((await viewerOf(nextSecret)).data.viewer.groups).toEqual(['AUDITOR', 'STAFF']);
  expect(await viewerOf(secret)).toMatchObject({ status: 401, reason: 'TOKEN_REVOKED' });
  await server.stop();

  expect((await run('disable', client.id)).client.disabledAt).toMatch(/^20/);
  const { clients } = await run('list');
  expect(clients).toMatchObject([{ id: client.id, lastUsedAt: expect.stringMatching(/^20/) }]);
  expect(JSON.stringify(clients)).not.toMatch(/secret|hash/i);
  const listed = await commandHere('list');
  expect(listed.stdout).toMatch(
    /^NAME +GROUPS +ID +LAST USED\nDoor panel {2}AUDITOR,STAFF .* disabled 20\S+\n$/,
  );

  const refused = await commandHere('rotate', client.id, '--json');
  expect(refused.code).toBe(1);
  expect(JSON.parse(refused.stdout).error).toMatchObject({
    code: 'CONFLICT',
    reason: 'CLIENT_DISABLED',
  });
});
