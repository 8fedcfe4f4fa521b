import { describe, expect, it } from 'vitest';
import { anonymous } from '../../src/authentication/viewer.ts';
import { createChange } from '../../src/changes/change.ts';
import { type Origin, system } from '../../src/changes/origin.ts';
import { createRequestRights } from '../../src/changes/rights.ts';
import { createHeldGroups } from '../../src/identity/groups/held-groups.ts';
import { createGroups } from '../../src/values/groups.ts';
import { factorTable } from '../support/factor-table.ts';
import { misspell } from '../support/misspelt-options.ts';

const groups = createGroups([], new Map());

/** A `change` on a database that keeps nothing, and what its work was called with. */
function setUp(origin: Origin = system) {
  const transactions: string[] = [];
  const change = createChange<object>({
    data: {
      transaction: (work) => {
        transactions.push('began');
        return work({});
      },
      sql: () => ({ $queryRawUnsafe: async () => Object([{ transactionId: '1' }]) }),
    },
    askOutcome: async () => 'unknown',
    now: () => new Date(0),
    groups,
    heldOf: createHeldGroups({ factors: factorTable, groups, rules: [] }).of,
    originOf: () => origin,
  });
  return { change, transactions };
}

const event = { action: 'note.changed', subjectId: null, detail: 'text' };
const options = { writes: {}, leaves: [], stillHolds: async () => true };
const work = async () => 'done';

/** Calls a function as JavaScript does. */
const call = async (change: unknown, ...given: readonly unknown[]): Promise<unknown> =>
  typeof change === 'function' ? Reflect.apply(change, undefined, given) : undefined;

describe('the options of change', () => {
  it('may be any of those that there are, and absent', async () => {
    const { change } = setUp();
    expect(await change(event, work, options)).toBe('done');
    expect(await call(change, event, work, { writes: undefined })).toBe('done');
    expect(await call(change, event, work)).toBe('done');
  });

  it('are refused when one is misspelt, before anything is done: `write` would check nothing', async () => {
    const { change, transactions } = setUp();
    const cases = misspell(options, []);
    expect(cases).toHaveLength(3);
    for (const { options: misspelt, meant } of cases) {
      await expect(call(change, event, work, misspelt)).rejects.toThrow(`did you mean ${meant}?`);
    }
    await expect(call(change, event, work, { write: undefined })).rejects.toThrow(
      'change: options: `write` is not an option (did you mean writes?).',
    );
    expect(transactions).toEqual([]);
  });

  it('are refused in an event, also in one that a function makes', async () => {
    const { change, transactions } = setUp();
    for (const { options: misspelt, meant } of misspell(event, [])) {
      await expect(call(change, misspelt, work)).rejects.toThrow(`did you mean ${meant}?`);
      expect(transactions.splice(0)).toEqual([]);
      await expect(call(change, () => misspelt, work)).rejects.toThrow(`did you mean ${meant}?`);
      expect(transactions.splice(0)).toEqual(['began']);
    }
  });

  it('are refused with `writes` for a viewer outside of a mutation field, where nothing reads them', async () => {
    const rights = createRequestRights(anonymous('TOKEN_MISSING'));
    const { change, transactions } = setUp({ actor: null, ip: null, rights });
    await expect(change(event, work, { writes: {} })).rejects.toThrow('`writes`');
    expect(transactions).toEqual([]);
  });
});
