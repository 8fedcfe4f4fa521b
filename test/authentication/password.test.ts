import bcrypt from 'bcrypt';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { checkOf, createPasswords } from '../support/passwords.ts';

const passwords = await createPasswords({ cost: 4 });
describe('createPasswords', () => {
  it.each([3, 32, 4.5, Number.NaN])('refuses a cost of %d', async (cost) => {
    await expect(createPasswords({ cost })).rejects.toThrow(RangeError);
  });

  it('hashes at the cost that it is given', async () => {
    const { hash } = await createPasswords({ cost: 5 });
    expect(bcrypt.getRounds(await hash('correct horse battery', 'key'))).toBe(5);
  });
});

describe('hash', () => {
  it('salts: one password has two hashes, and both verify', async () => {
    const [one, other] = [
      await passwords.hash('correct', 'key'),
      await passwords.hash('correct', 'key'),
    ];
    expect(one).not.toBe(other);
    expect(await passwords.verify(checkOf('correct', one), 'key')).toBe(true);
    expect(await passwords.verify(checkOf('correct', other), 'key')).toBe(true);
  });

  it.each([
    { what: '73 bytes', password: 'a'.repeat(73) },
    { what: 'a NUL', password: 'correct\0horse' },
    { what: 'a lone surrogate', password: 'correct\ud800' },
  ])('throws on $what', async ({ password }) => {
    await expect(passwords.hash(password, 'key')).rejects.toThrow(RangeError);
  });
});

describe('verify', () => {
  it('distinguishes any two passwords, unless NFC makes them equal', async () => {
    const short = fc.string({ unit: 'grapheme', maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(short, short, async (one, other) => {
        fc.pre([one, other].every((password) => Buffer.byteLength(password) <= 72));
        const isSame = one.normalize('NFC') === other.normalize('NFC');
        expect(
          await passwords.verify(checkOf(other, await passwords.hash(one, 'key')), 'key'),
        ).toBe(isSame);
        expect(
          await passwords.verify(
            checkOf(one.normalize('NFD'), await passwords.hash(one, 'key')),
            'key',
          ),
        ).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('refuses a password whose first 72 bytes are right', async () => {
    const hash = await passwords.hash('a'.repeat(72), 'key');
    expect(await passwords.verify(checkOf('a'.repeat(72), hash), 'key')).toBe(true);
    expect(await passwords.verify(checkOf('a'.repeat(73), hash), 'key')).toBe(false);
  });

  it.each([
    { what: 'a NUL and more', stored: 'correct', tried: 'correct\0horse' },
    {
      what: 'a lone surrogate for its replacement',
      stored: 'correct\ufffd',
      tried: 'correct\ud800',
    },
    { what: 'an impossible password for an empty one', stored: '', tried: '\0' },
  ])('refuses $what', async ({ stored, tried }) => {
    const hash = await bcrypt.hash(stored, 4);
    expect(await passwords.verify(checkOf(stored, hash), 'key')).toBe(true);
    expect(await passwords.verify(checkOf(tried, hash), 'key')).toBe(false);
  });

  it.each(['correct', '', 'a'.repeat(73)])('refuses an unknown user with "%s"', async (tried) => {
    expect(await passwords.verify(checkOf(tried, undefined), 'key')).toBe(false);
  });

  it('refuses an unknown user even with the throw-away password', async () => {
    const hash = vi.spyOn(bcrypt, 'hash');
    onTestFinished(() => hash.mockRestore());
    const { verify } = await createPasswords({ cost: 4 });
    const [throwAway = ''] = hash.mock.calls.map(([password]) => password.toString());
    expect(throwAway).not.toBe('');
    expect(await verify(checkOf(throwAway, undefined), 'key')).toBe(false);
  });

  it.each([
    { what: 'a wrong password', tried: 'wrong', isKnown: true },
    { what: 'an impossible password', tried: '\0', isKnown: true },
    { what: 'an unknown user', tried: 'wrong', isKnown: false },
    { what: 'an unknown user with an impossible password', tried: '\0', isKnown: false },
  ])('does the work of one hash at its cost for $what', async ({ tried, isKnown }) => {
    const costly = await createPasswords({ cost: 6 });
    const hash = isKnown ? await costly.hash('correct', 'key') : undefined;
    const compare = vi.spyOn(bcrypt, 'compare');
    onTestFinished(() => compare.mockRestore());
    expect(await costly.verify(checkOf(tried, hash), 'key')).toBe(false);
    expect(compare.mock.calls.map(([, compared]) => bcrypt.getRounds(compared))).toEqual([6]);
  });
});

describe('isOutdated', () => {
  it.each([
    { cost: 4, isOutdated: false },
    { cost: 5, isOutdated: true },
  ])('is $isOutdated at the cost $cost for a hash made at 4', async ({ cost, isOutdated }) => {
    const hash = await passwords.hash('correct', 'key');
    expect((await createPasswords({ cost })).isOutdated(hash)).toBe(isOutdated);
  });
});

describe('the line of hashes', () => {
  /** Passwords whose every turn is noted down, with how many hashes were made in it. */
  async function notingTurns() {
    const spies = [vi.spyOn(bcrypt, 'hash'), vi.spyOn(bcrypt, 'compare')];
    onTestFinished(() => spies.forEach((spy) => void spy.mockRestore()));
    const countHashes = () => spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
    const hashesInTurns: number[] = [];
    const noting = await createPasswords({
      cost: 4,
      queue: async (work) => {
        const before = countHashes();
        const result = await work();
        hashesInTurns.push(countHashes() - before);
        return result;
      },
    });
    return { noting, hashesInTurns };
  }

  it('is waited in once for a new hash and once for a check', async () => {
    const { noting, hashesInTurns } = await notingTurns();
    const hash = await noting.hash('correct', 'key');
    await noting.verify(checkOf('correct', hash), 'key');
    await noting.verify(checkOf('correct', undefined), 'key');
    expect(hashesInTurns).toEqual([1, 1, 1]);
  });

  it('is not waited in for what cannot be hashed', async () => {
    const { noting, hashesInTurns } = await notingTurns();
    await expect(noting.hash('\0', 'key')).rejects.toThrow(RangeError);
    expect(hashesInTurns).toEqual([]);
  });

  it('lets work be done in the turn, just before the check', async () => {
    const { noting, hashesInTurns } = await notingTurns();
    const hash = await noting.hash('correct', 'key');
    const isRight = await noting.runQueued('here', (verify) => verify(checkOf('correct', hash)));
    expect({ isRight, hashesInTurns }).toEqual({ isRight: true, hashesInTurns: [1, 1] });
  });

  it('makes no hash when that work throws', async () => {
    const { noting, hashesInTurns } = await notingTurns();
    const thrown = noting.runQueued('here', () => Promise.reject(new Error('refused')));
    await expect(thrown).rejects.toThrow('refused');
    expect(hashesInTurns).toEqual([]);
  });
});
