import { expect, it } from 'vitest';
import { findGuards, removeGuard } from '../support/guard-removal.ts';
import { type GuardRow, guardRows } from '../support/guard-rows.ts';
import { createGuardWorld } from '../support/guard-world.ts';
import { readTypeDefs } from '../support/rooms-project.ts';
import { startTestServer } from '../support/test-server.ts';

/**
 * `npm run proof -- guards`: takes every single guard out of the API's schema in turn, and runs the
 * rows of `test/support/guard-rows.ts` against that server until one fails.
 */
const typeDefs = readTypeDefs();

it('notices every guard that is taken away', async () => {
  const guards = findGuards(typeDefs);
  expect(await failureWith(typeDefs, guardRows), 'with all guards').toBeUndefined();
  const unnoticed: string[] = [];
  for (const guard of guards) {
    // The guard's own row first: it is the one that should notice.
    const rows = [...guardRows].sort((left, right) => rank(left, guard) - rank(right, guard));
    const { twin } = guardRows.find((row) => row.guard === guard) ?? {};
    const removed = removeGuard(typeDefs, guard);
    const failure = await failureWith(
      twin === undefined ? removed : removeGuard(removed, twin),
      rows,
    );
    process.stdout.write(`${guard}: ${failure ?? 'NOT NOTICED'}\n`);
    if (failure === undefined) unnoticed.push(guard);
  }
  process.stdout.write(
    `${guards.length} guards removed, ${guards.length - unnoticed.length} noticed\n`,
  );
  expect(unnoticed).toEqual([]);
});

const rank = (row: GuardRow, guard: string): number => (row.guard === guard ? 0 : 1);

/** The first failure of any row on a server of its own, or undefined: all of them hold. */
async function failureWith(
  sdl: readonly string[],
  rows: readonly GuardRow[],
): Promise<string | undefined> {
  const server = await startTestServer({ typeDefs: sdl });
  try {
    const world = await createGuardWorld(server);
    for (const row of rows) {
      const [problem] = await world.check(row);
      if (problem !== undefined) return `row ${row.guard}: ${problem}`;
    }
    return undefined;
  } finally {
    await server.stop();
  }
}
