import { expect, it } from 'vitest';
import { recordFigure } from '../../scripts/figures/figures.ts';
import {
  findGuards,
  findImplications,
  findNarrowings,
  removeGuard,
  removeImplication,
  widenRows,
} from '../support/guard-removal.ts';
import { type GuardRow, guardRows } from '../support/guard-rows.ts';
import { createGuardWorld } from '../support/guard-world.ts';
import { readTypeDefs } from '../support/rooms-project.ts';
import { startWithDomain } from '../support/start-with-domain.ts';
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
  recordFigure('guards.removed', guards.length);
});

it('notices every list that is no longer narrowed', async () => {
  const narrowed = findNarrowings(typeDefs);
  expect(narrowed.length).toBeGreaterThan(0);
  for (const guard of narrowed) {
    const rows = guardRows.filter((row) => row.guard === guard);
    const failure = await failureWith(widenRows(typeDefs, guard), rows);
    process.stdout.write(`${guard} without rows: ${failure ?? 'NOT NOTICED'}\n`);
    expect(failure, guard).toBeDefined();
  }
});

/** Groups above the demo's own, and what a member of each may ask because of what it implies. */
const ranks = `extend enum Group {
  HEAD @implies(groups: [MANAGER])
  CHIEF @implies(groups: [HEAD])
  OWNER @implies(groups: [ADMIN])
}`;
const rights = {
  HEAD: '{ users { pageInfo { hasNextPage } } }',
  CHIEF: '{ roomEntries { edges { node { id } } } users { pageInfo { hasNextPage } } }',
  OWNER: '{ apiClients { id } }',
};

it('notices every `@implies` that is taken away', async () => {
  expect(await refusedWith(ranks)).toEqual([]);
  const implications = findImplications([ranks]);
  expect(implications).toEqual(Object.keys(rights).map((group) => `Group.${group}`));
  for (const implication of implications) {
    const refused = await refusedWith(removeImplication([ranks], implication).join());
    process.stdout.write(`${implication} without @implies: refused ${refused}\n`);
    expect(refused).toContain(implication.replace('Group.', ''));
  }
});

/** The groups whose members are refused what they may ask, on a server with this SDL of groups. */
async function refusedWith(groups: string): Promise<readonly string[]> {
  const server = await startWithDomain({ name: 'ranks', typeDefs: groups });
  try {
    const refused: string[] = [];
    for (const [group, query] of Object.entries(rights)) {
      const { accessToken: token } = await server.aUser(group);
      if ((await server.ask(query, { token })).status !== 200) refused.push(group);
    }
    return refused;
  } finally {
    await server.stop();
  }
}

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
