import { beforeEach, describe, expect, it } from 'vitest';
import { createVersionUses } from '../../packages/operations/src/known/version-uses.ts';

const one = { app: 'web', version: '1' };
const two = { app: 'web', version: '2' };
const at = (second: number) => new Date(second * 1000);

let second: number;
let uses: ReturnType<typeof createVersionUses>;
beforeEach(() => {
  second = 1;
  uses = createVersionUses(() => at(second));
});

/** Returns what is written next. */
async function written(): Promise<unknown> {
  let found: unknown = 'nothing';
  await uses.write(async (given) => {
    found = given;
  });
  return found;
}

describe('the uses of versions', () => {
  it('are of every version that holds an operation, and needed if one alone does', async () => {
    uses.add([one, two], undefined);
    second = 2;
    uses.add([two], undefined);
    second = 3;
    uses.add([one, two], undefined);
    expect(await written()).toEqual([
      { ...one, lastSeenAt: at(3), lastNeededAt: null },
      { ...two, lastSeenAt: at(3), lastNeededAt: at(2) },
    ]);
    expect(await written()).toBe('nothing');
  });

  it('are of the version that the client names, if that holds the operation', async () => {
    uses.add([one, two], { name: 'web', version: '2' });
    expect(await written()).toEqual([{ ...two, lastSeenAt: at(1), lastNeededAt: null }]);
    uses.add([one, two], { name: 'web', version: '3' });
    expect(await written()).toHaveLength(2);
  });

  it('are one for a version whose file was read again', async () => {
    uses.add([one], undefined);
    second = 2;
    uses.add([{ ...one }, two], undefined);
    expect(await written()).toEqual([
      { ...one, lastSeenAt: at(2), lastNeededAt: at(1) },
      { ...two, lastSeenAt: at(2), lastNeededAt: null },
    ]);
  });

  it('are none for what Gatehouse sends itself', async () => {
    uses.add([], { name: 'web', version: '1' });
    expect(await written()).toBe('nothing');
  });

  it('are written later if they could not be written', async () => {
    uses.add([one], undefined);
    const failed = uses.write(async () => {
      second = 2;
      uses.add([one, two], undefined);
      throw new Error('the database is away');
    });
    await expect(failed).rejects.toThrow('away');
    expect(await written()).toEqual([
      { ...one, lastSeenAt: at(2), lastNeededAt: at(1) },
      { ...two, lastSeenAt: at(2), lastNeededAt: null },
    ]);
  });
});
