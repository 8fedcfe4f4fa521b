import bcrypt from 'bcrypt';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { checkOf, createPasswords } from '../support/passwords.ts';

/** Awaits one after the other. */
async function inTurns<Value, Result>(
  values: readonly Value[],
  work: (value: Value) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const value of values) results.push(await work(value));
  return results;
}

describe('the work of a check', () => {
  /** The hash of a password, made at another cost than is set now. */
  const hashAt = (cost: number) => bcrypt.hash('correct', cost);

  /** The rounds of bcrypt that checking a password takes. */
  async function roundsOf(check: () => Promise<boolean>): Promise<number> {
    const compare = vi.spyOn(bcrypt, 'compare');
    onTestFinished(() => compare.mockRestore());
    await check();
    const rounds = compare.mock.calls.map(([, hash]) => 2 ** bcrypt.getRounds(hash));
    compare.mockRestore();
    return rounds.reduce((sum, each) => sum + each, 0);
  }

  it.each([
    { what: 'the same', cost: 6, stored: 6, highest: 6, worth: 6 },
    { what: 'raised', cost: 8, stored: 5, highest: 5, worth: 8 },
    { what: 'raised, with some hashes renewed', cost: 8, stored: 5, highest: 8, worth: 8 },
    { what: 'raised by one', cost: 6, stored: 5, highest: 5, worth: 6 },
    { what: 'lowered', cost: 5, stored: 8, highest: 8, worth: 8 },
    { what: 'lowered, with some hashes renewed', cost: 5, stored: 5, highest: 8, worth: 8 },
    { what: 'lowered, with some hashes half-way', cost: 5, stored: 6, highest: 8, worth: 8 },
  ])(
    'is the same for every user and for none when the cost is $what',
    async ({ cost, stored, highest, worth }) => {
      const { verify } = await createPasswords({ cost, stored: [{ cost: highest, hashes: 1 }] });
      const hash = await hashAt(stored);
      const checks = {
        wrong: () => verify(checkOf('wrong', hash), 'key'),
        impossible: () => verify(checkOf('\0', hash), 'key'),
        // Of a disabled user, a right password must look like a wrong one.
        right: () => verify(checkOf('correct', hash), 'key'),
        unknown: () => verify(checkOf('wrong', undefined), 'key'),
      };
      for (const [what, check] of Object.entries(checks)) {
        expect([what, await roundsOf(check)]).toEqual([what, 2 ** worth]);
      }
    },
  );

  it('is done for unknown users in the same hashes as for stored ones, as often', async () => {
    const stored = [5, 7].map((cost) => ({ cost, hashes: 1 }));
    const { verify } = await createPasswords({ cost: 7, stored });
    const sequenceOf = async (usernameKey: string, hash?: string) => {
      const compare = vi.spyOn(bcrypt, 'compare');
      await verify({ usernameKey, password: 'wrong', hash }, 'key');
      const costs = compare.mock.calls.map(([, compared]) => bcrypt.getRounds(compared));
      compare.mockRestore();
      return costs.join();
    };
    const [old, renewed] = ['5,5,6', '7'];
    expect(await sequenceOf('ada', await hashAt(5))).toBe(old);
    expect(await sequenceOf('ada', await hashAt(7))).toBe(renewed);

    const names = Array.from({ length: 60 }, (_, n) => `unknown-${n}`);
    const first = await inTurns(names, sequenceOf);
    expect(new Set(first)).toEqual(new Set([old, renewed]));
    // Of 60 fair draws, fewer than 10 of one kind happen once in 30 million runs.
    expect(first.filter((each) => each === old).length).toBeGreaterThan(9);
    expect(first.filter((each) => each === renewed).length).toBeGreaterThan(9);
    expect(await inTurns(names, sequenceOf)).toEqual(first);
  });

  it('still distinguishes a right password from a wrong one at an outdated cost', async () => {
    const { verify } = await createPasswords({ cost: 7 });
    expect(await verify(checkOf('correct', await hashAt(5)), 'key')).toBe(true);
    expect(await verify(checkOf('wrong', await hashAt(5)), 'key')).toBe(false);
  });

  it('follows a stored hash of a higher cost than was known, made by another node', async () => {
    const { verify } = await createPasswords({ cost: 5 });
    expect(await roundsOf(() => verify(checkOf('wrong', undefined), 'key'))).toBe(2 ** 5);
    await verify(checkOf('wrong', await hashAt(7)), 'key');
    expect(await roundsOf(() => verify(checkOf('wrong', undefined), 'key'))).toBe(2 ** 7);
    expect(await roundsOf(async () => verify(checkOf('wrong', await hashAt(5)), 'key'))).toBe(
      2 ** 7,
    );
  });
});
