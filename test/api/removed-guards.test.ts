import { describe, expect, it } from 'vitest';
import { findGuards, findNarrowings, removeGuard, widenRows } from '../support/guard-removal.ts';
import { guardRows } from '../support/guard-rows.ts';
import { createGuardWorld } from '../support/guard-world.ts';
import { readTypeDefs } from '../support/rooms-project.ts';
import { startTestServer } from '../support/test-server.ts';

/** `npm run proof -- guards` takes away every guard; here it is three of them. */
const removed = ['Query.viewer', 'User.email', 'UpdateUserInput.username'];

describe('a guard that is taken away', () => {
  it.each(removed)('is noticed: %s', async (guard) => {
    const server = await startTestServer({ typeDefs: removeGuard(readTypeDefs(), guard) });
    const world = await createGuardWorld(server);
    const rows = guardRows.filter((row) => row.guard === guard);
    const problems = await Promise.all(rows.map((row) => world.check(row)));
    await server.stop();
    expect(rows.length).toBeGreaterThan(0);
    expect(problems.flat()).toHaveLength(rows.length);
  });

  it('is noticed when it narrowed a list: every viewer gets all rows', async () => {
    const [guard = ''] = findNarrowings(readTypeDefs());
    const server = await startTestServer({ typeDefs: widenRows(readTypeDefs(), guard) });
    const world = await createGuardWorld(server);
    const rows = guardRows.filter((row) => row.guard === guard);
    const problems = await Promise.all(rows.map((row) => world.check(row)));
    await server.stop();
    // Without the rule, the clause also holds at the fields of the type, which the refusal then names.
    expect(problems.flat()).toEqual([expect.any(String), 'groupless gets rows of others']);
  });

  it('is found by its coordinate, and nothing else changes', () => {
    const sdl = [
      `type Query @auth { a(x: Int @auth): Int @auth @auth(requires: [B]) b: Int @auth }
       extend type Query { c: T @public }
       type T { d: Int @auth }`,
      'input I { e: Int @auth } enum E { F @auth } directive @auth on OBJECT',
    ];
    const guards = findGuards(sdl);
    expect(guards).toEqual([
      'Query',
      'Query.a(x:)',
      'Query.a',
      'Query.a #2',
      'Query.b',
      'T.d',
      'I.e',
      'E.F',
    ]);
    for (const guard of guards) {
      const left = removeGuard(sdl, guard);
      const isPublic = guard === 'Query.b';
      expect(left.join().split('@public')).toHaveLength(isPublic ? 3 : 2);
      expect(left.join().split('@auth')).toHaveLength(9);
    }
  });
});
