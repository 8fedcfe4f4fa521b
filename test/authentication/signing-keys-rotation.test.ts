import {
  chmod,
  chown,
  link,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateSigningKeys } from '../../src/authentication/keys/signing-keys.ts';
import {
  type KeyDescription,
  listSigningKeys,
  type RotationOptions,
  rotateSigningKeys,
} from '../../src/authentication/keys/signing-keys-rotation.ts';

let folder = '';
let file = '';
let nowSeconds = 0;
const startAt = Date.parse('2026-03-01T12:00:00Z') / 1000;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'key-rotation-'));
  file = join(folder, 'keys.json');
  nowSeconds = startAt;
  await writeFile(file, generateSigningKeys(new Date(startAt * 1000)), { mode: 0o600 });
});
afterEach(() => rm(folder, { recursive: true }));

const settings = () => ({
  file,
  lifetimeSeconds: 600,
  jwksMaxAgeSeconds: 300,
  now: () => new Date(nowSeconds * 1000 + 700),
});
const rotate = (options: Partial<RotationOptions> = {}) =>
  rotateSigningKeys({ ...settings(), ...options });
const list = () => listSigningKeys(settings());
const readJwks = async () => JSON.parse(await readFile(file, 'utf8'));

/** States, and times in seconds from the start on. */
const summary = (keys: readonly KeyDescription[]) =>
  keys.map(({ state, createdAt, signsFrom, endsAt }) => ({
    state,
    createdAt: toSeconds(createdAt),
    signsFrom: toSeconds(signsFrom),
    endsAt: toSeconds(endsAt),
  }));
const toSeconds = (at: Date | null) => (at === null ? null : at.getTime() / 1000 - startAt);

describe('a rotation', () => {
  it('publishes a new key before it signs, and lets the old one verify after it has signed', async () => {
    const [before] = list();
    nowSeconds += 50;
    const keys = await rotate();
    expect(keys).toEqual(list());
    expect(keys[1]?.kid).toBe(before?.kid);
    expect(summary(keys)).toEqual([
      { state: 'next', createdAt: 50, signsFrom: 650, endsAt: null },
      { state: 'signing', createdAt: 0, signsFrom: null, endsAt: null },
    ]);
    nowSeconds = startAt + 650;
    expect(summary(list())).toEqual([
      { state: 'signing', createdAt: 50, signsFrom: 650, endsAt: null },
      { state: 'retired', createdAt: 0, signsFrom: null, endsAt: 650 + 600 + 300 },
    ]);
    nowSeconds = startAt + 1550;
    expect(summary(list()).map(({ state }) => state)).toEqual(['signing', 'ended']);
  });

  it('removes the keys that have ended, and no others', async () => {
    const kids = [list()[0]?.kid];
    for (const at of [0, 1000, 2000]) {
      nowSeconds = startAt + at;
      kids.unshift((await rotate())[0]?.kid);
    }
    // The first ended at 1500; the second verifies until 1600 + 600 + 300.
    expect(list().map(({ kid }) => kid)).toEqual(kids.slice(0, 3));
    expect(list().map(({ state }) => state)).toEqual(['next', 'signing', 'retired']);
  });

  it('waits until the new key signs, and changes nothing before', async () => {
    const [{ kid } = { kid: '' }] = await rotate();
    nowSeconds += 599;
    const text = await readFile(file, 'utf8');
    const at = new Date((startAt + 600) * 1000).toISOString();
    await expect(rotate()).rejects.toThrow(`the new key ${kid} starts signing at ${at}`);
    expect(await readFile(file, 'utf8')).toBe(text);
    nowSeconds += 1;
    expect(await rotate()).toHaveLength(3);
  });

  it('lets the new key wait longer, but not shorter than the old set may be kept', async () => {
    await expect(rotate({ leadSeconds: 299 })).rejects.toThrow('JWKS_MAX_AGE_SECONDS (300)');
    expect(summary(await rotate({ leadSeconds: 4000 }))).toMatchObject([
      { state: 'next', signsFrom: 4000 },
      { state: 'signing' },
    ]);
  });

  it('leaves the new key alone, and lets it sign at once, when one has leaked', async () => {
    await rotate();
    const before = list().map(({ kid }) => kid);
    const after = await rotate({ hasLeaked: true });
    expect(summary(after)).toEqual([
      { state: 'signing', createdAt: 0, signsFrom: null, endsAt: null },
    ]);
    expect(before).not.toContain(after[0]?.kid);
  });

  it('takes a set from before times were written down', async () => {
    const keys = [generateSigningKeys(), generateSigningKeys()].map(
      (set) => JSON.parse(set).keys[0],
    );
    await writeFile(file, JSON.stringify({ keys }));
    expect(summary(await rotate())).toEqual([
      { state: 'next', createdAt: 0, signsFrom: 600, endsAt: null },
      { state: 'signing', createdAt: null, signsFrom: null, endsAt: null },
      { state: 'retired', createdAt: null, signsFrom: null, endsAt: 1500 },
    ]);
  });

  it('keeps members that are not ours', async () => {
    const set = await readJwks();
    set.note = 'of the set';
    set.keys[0].note = 'of the key';
    await writeFile(file, JSON.stringify(set));
    await rotate();
    expect(await readJwks()).toMatchObject({
      note: 'of the set',
      keys: [{}, { note: 'of the key' }],
    });
  });

  it('makes a missing file, with a key that signs at once', async () => {
    await rm(file);
    expect(summary(await rotate())).toEqual([
      { state: 'signing', createdAt: 0, signsFrom: null, endsAt: null },
    ]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });
});

describe('the file of a rotation', () => {
  it.each([0o600, 0o400])('keeps its mode %o, and leaves nothing beside it', async (mode) => {
    await chmod(file, mode);
    await rotate();
    expect((await stat(file)).mode & 0o777).toBe(mode);
    expect(await readdir(folder)).toEqual(['keys.json']);
  });

  it.runIf(process.getuid?.() === 0)('stays with its owner when root rotates', async () => {
    await chown(file, 1234, 2345);
    await rotate();
    expect(await stat(file)).toMatchObject({ uid: 1234, gid: 2345 });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('is another one, so that a reader has the old set whole or the new one', async () => {
    const before = join(folder, 'before.json');
    await link(file, before);
    const text = await readFile(file, 'utf8');
    await rotate();
    expect(await readFile(before, 'utf8')).toBe(text);
    expect(await readFile(file, 'utf8')).not.toBe(text);
  });

  it('is changed on Windows too, which opens no folders', async () => {
    expect(await rotate({ platform: 'win32' })).toHaveLength(2);
  });

  it('is reported as not writable, where its folder is not writable', async () => {
    const longName = join(folder, 'x'.repeat(252));
    await link(file, longName);
    await expect(rotate({ file: longName })).rejects.toThrow('cannot be written');
  });

  it('is changed where a link leads', async () => {
    const alias = join(folder, 'alias.json');
    await symlink('keys.json', alias);
    expect(await rotate({ file: alias })).toHaveLength(2);
    expect((await readJwks()).keys).toHaveLength(2);
    expect((await readdir(folder)).sort()).toEqual(['alias.json', 'keys.json']);
  });

  it('is written by one of many rotations at once, the others are refused', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => rotate()));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') {
        expect(String(outcome.reason)).toMatch(
          /another rotation is in progress|rotate again after/,
        );
      }
    }
    expect(list()).toHaveLength(2);
    expect(await readdir(folder)).toEqual(['keys.json']);
  });

  it('is looked for once more when a link leads nowhere', async () => {
    await rm(file);
    await symlink('nowhere.json', file);
    await expect(rotate()).rejects.toThrow('does not exist');
  });

  it('is looked for in vain where a link leads to itself', async () => {
    await rm(file);
    await symlink(file, file);
    await expect(rotate()).rejects.toThrow(`SIGNING_KEYS: the file ${file} cannot be used`);
  });

  it('is left alone after a rotation that was cut short, and the message says what to delete', async () => {
    await writeFile(`${file}.new`, '');
    await expect(rotate()).rejects.toThrow(`delete ${file}.new`);
    expect(list()).toHaveLength(1);
    await rm(`${file}.new`);
    expect(await rotate()).toHaveLength(2);
  });

  it.each([
    { what: 'is no key set', spoil: () => writeFile(file, '{"keys":'), says: 'is not JSON' },
    { what: 'is open to others', spoil: () => chmod(file, 0o644), says: 'chmod 600' },
  ])('stays as it is when it $what', async ({ spoil, says }) => {
    await spoil();
    const text = await readFile(file, 'utf8');
    await expect(rotate()).rejects.toThrow(says);
    expect(await readFile(file, 'utf8')).toBe(text);
    expect(await readdir(folder)).toEqual(['keys.json']);
  });
});
