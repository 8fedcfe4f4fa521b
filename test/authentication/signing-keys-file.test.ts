import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateSigningKeys } from '../../src/authentication/keys/signing-keys.ts';
import {
  isOpenToOthers,
  type LoadSigningKeysOptions,
  loadSigningKeys,
  toSigningKeysError,
} from '../../src/authentication/keys/signing-keys-file.ts';
import { build, repository } from '../support/process.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signing-keys-'));
});
afterEach(() => rm(folder, { recursive: true }));

const startAt = Date.parse('2026-03-01T12:00:00Z');

/** Loads keys with a clock that stands still, and no listener for changes. */
const load = (options: Partial<LoadSigningKeysOptions> & { file: string }) =>
  loadSigningKeys({
    createIfMissing: true,
    lifetimeSeconds: 600,
    now: () => new Date(startAt),
    onChange: () => {},
    onProblem: () => {},
    ...options,
  });

const kidOf = (text: string): string => JSON.parse(text).keys[0].kid;

it('makes a missing file in a missing folder, for its owner alone, and leaves nothing else', async () => {
  const file = join(folder, 'new', 'keys.json');
  const keys = await load({ file });
  expect(kidOf(await readFile(file, 'utf8'))).toBe(keys.signing.kid);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, 'new'))).mode & 0o777).toBe(0o700);
  expect(await readdir(join(folder, 'new'))).toEqual(['keys.json']);
});

it('finds the same keys again, and writes nothing', async () => {
  const file = join(folder, 'keys.json');
  const first = await load({ file });
  const { mtimeMs, ino } = await stat(file);
  const second = await load({ file });
  expect(second.signing.kid).toBe(first.signing.kid);
  expect(await stat(file)).toMatchObject({ mtimeMs, ino });
});

it('makes no file unless it may', async () => {
  const file = join(folder, 'keys.json');
  const loading = load({ file, createIfMissing: false });
  await expect(loading).rejects.toThrow(`SIGNING_KEYS: the file ${file} does not exist`);
  expect(await readdir(folder)).toEqual([]);
});

it.each([0o700, 0o755])('calls a directory a directory, with mode %o too', async (mode) => {
  await chmod(folder, mode);
  const loading = load({ file: folder });
  await expect(loading).rejects.toThrow(`SIGNING_KEYS: ${folder} is a directory, not a file`);
});

it.each([0o604, 0o644, 0o660, 0o610])('refuses a file of mode %o', async (mode) => {
  const file = join(folder, 'keys.json');
  await writeFile(file, generateSigningKeys());
  await chmod(file, mode);
  const loading = load({ file });
  await expect(loading).rejects.toThrow(`chmod 600 '${file}'`);
});

it.each([
  { mode: 0o600, ownerId: 1000, isOpen: false },
  { mode: 0o400, ownerId: 1000, isOpen: false },
  { mode: 0o640, ownerId: 1000, isOpen: true },
  { mode: 0o604, ownerId: 1000, isOpen: true },
  // As Kubernetes mounts a secret with `fsGroup`: the service is of the group.
  { mode: 0o640, ownerId: 0, isOpen: false },
  { mode: 0o440, ownerId: 0, isOpen: false },
  { mode: 0o660, ownerId: 0, isOpen: true },
  { mode: 0o650, ownerId: 0, isOpen: true },
  { mode: 0o644, ownerId: 0, isOpen: true },
])('takes mode $mode of user $ownerId for open to others: $isOpen', ({ isOpen, ...access }) => {
  expect(isOpenToOthers(access)).toBe(isOpen);
});

it.each([0o600, 0o400])('reads a file of mode %o', async (mode) => {
  const file = join(folder, 'keys.json');
  const text = generateSigningKeys();
  await writeFile(file, text, { mode });
  const keys = await load({ file, createIfMissing: false, platform: 'linux' });
  expect(keys.signing.kid).toBe(kidOf(text));
});

it('minds no mode on Windows, which has none', async () => {
  const file = join(folder, 'keys.json');
  const text = generateSigningKeys();
  await writeFile(file, text, { mode: 0o666 });
  const keys = await load({ file, createIfMissing: false, platform: 'win32' });
  expect(keys.signing.kid).toBe(kidOf(text));
});

it('leaves a file that it cannot use as it is', async () => {
  const file = join(folder, 'keys.json');
  await writeFile(file, '{"keys":', { mode: 0o600 });
  const loading = load({ file });
  await expect(loading).rejects.toThrow('SIGNING_KEYS: the key set is not JSON');
  expect(await readFile(file, 'utf8')).toBe('{"keys":');
});

it('says what to do about a file of another user', () => {
  const denied = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
  expect(toSigningKeysError(denied, '/etc/gatehouse/keys.json').message).toBe(
    'SIGNING_KEYS: this user may not access /etc/gatehouse/keys.json; run Gatehouse as its owner, or give the file to this user with chown',
  );
});

it('says what to do about a set without keys', async () => {
  const file = join(folder, 'keys.json');
  await writeFile(file, '{"keys":[]}', { mode: 0o600 });
  await expect(load({ file })).rejects.toThrow(/has no keys; .* remove it and run: keys rotate$/);
});

it('says so when the name is too long for the file beside it', async () => {
  const file = join(folder, 'x'.repeat(250));
  const loading = load({ file });
  await expect(loading).rejects.toThrow(`SIGNING_KEYS: the file ${file} cannot be used`);
});

it('gives up on a link that leads nowhere', async () => {
  const file = join(folder, 'keys.json');
  await symlink(join(folder, 'nowhere.json'), file);
  const loading = load({ file });
  await expect(loading).rejects.toThrow('does not exist');
  expect(await readdir(folder)).toEqual(['keys.json']);
});

describe('a file that changes', () => {
  const texts = [generateSigningKeys(), generateSigningKeys(), generateSigningKeys()] as const;
  const [oldKid, newKid, lastKid] = [kidOf(texts[0]), kidOf(texts[1]), kidOf(texts[2])];
  let file = '';
  let nowMs = startAt;
  let changes: (readonly string[])[] = [];
  let problems: string[] = [];
  beforeEach(async () => {
    file = join(folder, 'keys.json');
    nowMs = startAt;
    [changes, problems] = [[], []];
    await put(texts[0]);
  });

  /** Puts a text in place in one step, as a rotation does. */
  async function put(text: string, mode = 0o600): Promise<void> {
    await writeFile(`${file}.new`, text, { mode });
    await rename(`${file}.new`, file);
  }

  const loadHere = () =>
    load({
      file,
      now: () => new Date(nowMs),
      onChange: (kids) => changes.push(kids),
      onProblem: ({ message }) => problems.push(message),
    });

  it('is read again at the next use, after a second at the latest', async () => {
    const keys = await loadHere();
    expect(keys.signing.kid).toBe(oldKid);
    await put(texts[1]);
    nowMs += 999;
    expect(keys.signing.kid).toBe(oldKid);
    nowMs += 1;
    expect(keys.signing.kid).toBe(newKid);
    expect(keys.publicJwks.keys.map(({ kid }) => kid)).toEqual([newKid]);
    expect(changes).toEqual([[newKid]]);
  });

  it('is read again at once for a key that is not known, but once a second', async () => {
    const keys = await loadHere();
    expect(keys.verificationKey(oldKid)).toBeDefined();
    await put(texts[1]);
    expect(keys.verificationKey(newKid)).toBeDefined();
    expect(keys.signing.kid).toBe(newKid);
    await put(texts[2]);
    nowMs += 999;
    expect(keys.verificationKey(lastKid)).toBeUndefined();
    nowMs += 1;
    expect(keys.verificationKey(lastKid)).toBeDefined();
  });

  it('is read again when a link leads elsewhere, as a mounted secret of Kubernetes does', async () => {
    for (const [name, text] of [['v1', texts[0]] as const, ['v2', texts[1]] as const]) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, 'keys.json'), text, { mode: 0o600 });
    }
    await symlink('v1', join(folder, '..data'));
    await rm(file);
    await symlink(join('..data', 'keys.json'), file);
    const keys = await loadHere();
    expect(keys.signing.kid).toBe(oldKid);
    await symlink('v2', join(folder, '..data_tmp'));
    await rename(join(folder, '..data_tmp'), join(folder, '..data'));
    nowMs += 1000;
    expect(keys.signing.kid).toBe(newKid);
  });

  it.each([
    { what: 'is no key set', spoil: () => put('{"keys":') },
    { what: 'is open to others', spoil: () => put(texts[1], 0o644) },
    { what: 'is gone', spoil: () => rm(file) },
    { what: 'cannot be opened', spoil: () => symlinkTo(file) },
  ])('keeps the old keys while it $what, reports it once, and recovers', async ({ spoil }) => {
    const keys = await loadHere();
    await spoil();
    for (let looks = 0; looks < 3; looks += 1) {
      nowMs += 1000;
      expect(keys.signing.kid).toBe(oldKid);
      expect(keys.verificationKey(newKid)).toBeUndefined();
    }
    expect(problems).toEqual([expect.stringMatching(/^SIGNING_KEYS: /)]);
    expect(problems.join()).not.toContain(JSON.parse(texts[0]).keys[0].d);
    await put(texts[1]);
    nowMs += 1000;
    expect(keys.signing.kid).toBe(newKid);
    expect(changes).toEqual([[newKid]]);
  });

  /** A link to itself. */
  async function symlinkTo(path: string): Promise<void> {
    await rm(path);
    await symlink(path, path);
  }

  it('is looked at again when the clock was set back', async () => {
    const keys = await loadHere();
    expect(keys.signing.kid).toBe(oldKid);
    await put(texts[1]);
    nowMs -= 3_600_000;
    expect(keys.signing.kid).toBe(newKid);
  });
});

it('gives all who start at once in one process the same keys', async () => {
  const file = join(folder, 'keys.json');
  const starts = Array.from({ length: 20 }, () => load({ file }));
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
  build();
  const module = pathToFileURL(join(repository, 'dist/authentication/keys/signing-keys-file.js'));
  const program = `
    import { once } from 'node:events';
    const { loadSigningKeys } = await import(${JSON.stringify(module.href)});
    console.log('ready');
    await once(process.stdin, 'data');
    const keys = await loadSigningKeys({
      file: ${JSON.stringify(file)},
      createIfMissing: true,
      lifetimeSeconds: 600,
      now: () => new Date(),
    });
    console.log(keys.signing.kid);
    process.exit();
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe('ready');
  return async () => {
    child.stdin.write('go\n');
    const { value } = await lines.next();
    await once(child, 'exit');
    return value;
  };
}
