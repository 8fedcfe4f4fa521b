import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { generateSigningKeys, loadSigningKeys } from '../../src/authentication/signing-keys.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signing-keys-'));
});
afterEach(() => rm(folder, { recursive: true }));

const kidOf = (text: string): string => JSON.parse(text).keys[0].kid;

it('makes a missing file in a missing folder, for its owner alone, and leaves nothing else', async () => {
  const file = join(folder, 'new', 'keys.json');
  const keys = await loadSigningKeys({ file, createIfMissing: true });
  expect(kidOf(await readFile(file, 'utf8'))).toBe(keys.signing.kid);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, 'new'))).mode & 0o777).toBe(0o700);
  expect(await readdir(join(folder, 'new'))).toEqual(['keys.json']);
});

it('finds the same keys again, and writes nothing', async () => {
  const file = join(folder, 'keys.json');
  const first = await loadSigningKeys({ file, createIfMissing: true });
  const { mtimeMs, ino } = await stat(file);
  const second = await loadSigningKeys({ file, createIfMissing: true });
  expect(second.signing.kid).toBe(first.signing.kid);
  expect(await stat(file)).toMatchObject({ mtimeMs, ino });
});

it('makes no file unless it may', async () => {
  const file = join(folder, 'keys.json');
  const loading = loadSigningKeys({ file, createIfMissing: false });
  await expect(loading).rejects.toThrow(`SIGNING_KEYS: the file ${file} does not exist`);
  expect(await readdir(folder)).toEqual([]);
});

it.each([0o640, 0o604, 0o644, 0o660, 0o610])('refuses a file of mode %o', async (mode) => {
  const file = join(folder, 'keys.json');
  await writeFile(file, generateSigningKeys());
  await chmod(file, mode);
  const loading = loadSigningKeys({ file, createIfMissing: true });
  await expect(loading).rejects.toThrow(`chmod 600 '${file}'`);
});

it.each([0o600, 0o400])('reads a file of mode %o', async (mode) => {
  const file = join(folder, 'keys.json');
  const text = generateSigningKeys();
  await writeFile(file, text, { mode });
  const keys = await loadSigningKeys({ file, createIfMissing: false, platform: 'linux' });
  expect(keys.signing.kid).toBe(kidOf(text));
});

it('minds no mode on Windows, which has none', async () => {
  const file = join(folder, 'keys.json');
  const text = generateSigningKeys();
  await writeFile(file, text, { mode: 0o666 });
  const keys = await loadSigningKeys({ file, createIfMissing: false, platform: 'win32' });
  expect(keys.signing.kid).toBe(kidOf(text));
});

it('leaves a file that it cannot use as it is', async () => {
  const file = join(folder, 'keys.json');
  await writeFile(file, '{"keys":', { mode: 0o600 });
  const loading = loadSigningKeys({ file, createIfMissing: true });
  await expect(loading).rejects.toThrow('SIGNING_KEYS: the key set is not JSON');
  expect(await readFile(file, 'utf8')).toBe('{"keys":');
});

it.each([
  { what: 'a folder', path: '' },
  { what: 'a name too long for the file beside it', path: 'x'.repeat(250) },
])('says so when the file is $what', async ({ path }) => {
  const file = join(folder, path);
  const loading = loadSigningKeys({ file, createIfMissing: true });
  await expect(loading).rejects.toThrow(`SIGNING_KEYS: the file ${file} cannot be used`);
});

it('gives up on a link that leads nowhere', async () => {
  const file = join(folder, 'keys.json');
  await symlink(join(folder, 'nowhere.json'), file);
  const loading = loadSigningKeys({ file, createIfMissing: true });
  await expect(loading).rejects.toThrow('does not exist');
  expect(await readdir(folder)).toEqual(['keys.json']);
});

it('gives all who start at once in one process the same keys', async () => {
  const file = join(folder, 'keys.json');
  const starts = Array.from({ length: 20 }, () => loadSigningKeys({ file, createIfMissing: true }));
  const kids = new Set((await Promise.all(starts)).map(({ signing }) => signing.kid));
  expect(kids.size).toBe(1);
  expect(await readdir(folder)).toEqual(['keys.json']);
});

it('gives processes that start at once the same keys', async () => {
  const file = join(folder, 'keys.json');
  const starters = await Promise.all(Array.from({ length: 3 }, () => startProcess(file)));
  const kids = await Promise.all(starters.map((load) => load()));
  expect(kids[0]).toBe(kidOf(await readFile(file, 'utf8')));
  expect(new Set(kids).size).toBe(1);
  expect(await readdir(folder)).toEqual(['keys.json']);
});

/** A process that has loaded the code and waits; calling the result lets it load the keys. */
async function startProcess(file: string): Promise<() => Promise<string>> {
  const module = new URL('../../src/authentication/signing-keys.ts', import.meta.url);
  const program = `
    import { once } from 'node:events';
    const { loadSigningKeys } = await import(${JSON.stringify(module.href)});
    console.log('ready');
    await once(process.stdin, 'data');
    const keys = await loadSigningKeys({ file: ${JSON.stringify(file)}, createIfMissing: true });
    console.log(keys.signing.kid);
    process.exit();
  `;
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', program],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe('ready');
  return async () => {
    child.stdin.write('go\n');
    const { value } = await lines.next();
    await once(child, 'exit');
    return value;
  };
}
