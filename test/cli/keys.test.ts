import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { generateSigningKeys } from '../../src/authentication/keys/signing-keys.ts';
import { ask } from '../support/ask.ts';
import { logIn } from '../support/log-in.ts';
import { useGatehouse } from '../support/process.ts';
import { runCommand } from '../support/run-cli.ts';

const gatehouse = useGatehouse();
const password = 'violet-otter-ladder-93-quay';

interface Key {
  readonly kid: string;
  readonly state: string;
}

/** Runs a command with `--json` that is to succeed, and gives its keys. */
async function run(...words: readonly string[]): Promise<readonly Key[]> {
  const environment = { ...settings, DATA_DIR: gatehouse.dataDir() };
  const exit = await runCommand(['keys', ...words, '--json'], { environment });
  expect(exit).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(exit.stdout).keys;
}

const settings = { JWKS_MAX_AGE_SECONDS: '2', ACCESS_TOKEN_SECONDS: '2', ADMIN_PASSWORD: password };

const kidOf = (token: string): string =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;

it('rotates the keys of a server that runs, which publishes the new one before it signs', async () => {
  await gatehouse.prepareDataDir();
  const server = await gatehouse.serveHere(settings);
  const jwks = async () => {
    const response = await fetch(`${server.url}/.well-known/jwks.json`);
    const { keys } = JSON.parse(await response.text());
    const maxAge = response.headers.get('cache-control');
    return { kids: keys.map(({ kid }: Key) => kid), keys, maxAge };
  };
  const token = async () => (await logIn(server.url, 'admin', password)).accessToken ?? '';

  const [first] = await run('list');
  const oldToken = await token();
  expect(kidOf(oldToken)).toBe(first?.kid);

  const rotated = await run('rotate');
  expect(rotated.map(({ state }) => state)).toEqual(['next', 'signing']);
  await expect.poll(async () => (await jwks()).kids).toEqual(rotated.map(({ kid }) => kid));
  const { keys, maxAge } = await jwks();
  expect(maxAge).toBe('public, max-age=2');
  for (const key of keys) {
    expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  }
  await expect.poll(async () => kidOf(await token())).toBe(rotated[0]?.kid);
  await expect.poll(async () => (await jwks()).kids).toEqual([rotated[0]?.kid]);
  await server.stop();
});

it('replaces every key at once when one has leaked', async () => {
  await gatehouse.prepareDataDir();
  const server = await gatehouse.serveHere({ ADMIN_PASSWORD: password });
  const { accessToken = '' } = await logIn(server.url, 'admin', password);
  const [only, ...others] = await run('rotate', '--leaked');
  expect([only?.state, others]).toEqual(['signing', []]);
  const me = (token: string) => ask(`${server.url}/graphql`, '{ me { username } }', { token });
  await expect.poll(async () => (await me(accessToken)).reason).toBe('TOKEN_INVALID');
  const { accessToken: newToken = '' } = await logIn(server.url, 'admin', password);
  expect(kidOf(newToken)).toBe(only?.kid);
  expect((await me(newToken)).data).toEqual({ me: { username: 'admin' } });
  await server.stop();
});

it('keeps serving with the old keys when the new file is wrong, and logs it without a secret', async () => {
  await gatehouse.prepareDataDir();
  const server = await gatehouse.serveHere({ ADMIN_PASSWORD: password });
  const file = join(gatehouse.dataDir(), 'signing-keys.json');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.slice(0, -20));
  await expect
    .poll(async () => {
      expect(await logIn(server.url, 'admin', password)).toMatchObject({ groups: ['ADMIN'] });
      return server.output().stderr;
    })
    .toContain('the new signing keys are invalid; keeping the old ones');
  expect(server.output().stderr).not.toContain(JSON.parse(text).keys[0].d);
  await server.stop();
});

it('shows no private part, keeps the mode, and makes a missing file', async () => {
  const file = join(gatehouse.folder(), 'keys.json');
  const environment = { SIGNING_KEYS: file };
  const missing = await runCommand(['keys', 'list', '--json'], { environment });
  expect(missing.code).toBe(1);
  expect(JSON.parse(missing.stdout).error.message).toBe(
    `SIGNING_KEYS: the file ${file} does not exist`,
  );
  const made = await runCommand(['keys', 'rotate'], { environment });
  expect(made.stdout).toMatch(
    /^KID +STATE +SIGNS FROM +VERIFIES UNTIL\n\S{43} {2}signing {2}- +-\n$/,
  );
  expect((await stat(file)).mode & 0o777).toBe(0o600);

  await writeFile(file, generateSigningKeys());
  await chmod(file, 0o400);
  const exits = [
    await runCommand(['keys', 'list'], { environment }),
    await runCommand(['keys', 'rotate', '--lead-seconds', '1000'], { environment }),
    await runCommand(['keys', 'list', '--json'], { environment }),
  ];
  const printed = exits.map(({ stdout, stderr }) => stdout + stderr).join('');
  for (const { d, kid } of JSON.parse(await readFile(file, 'utf8')).keys) {
    expect(printed).toContain(kid);
    expect(printed).not.toContain(d);
  }
  expect((await stat(file)).mode & 0o777).toBe(0o400);

  const refused = await runCommand(['keys', 'rotate'], { environment });
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toContain('rotate again after that');
});
