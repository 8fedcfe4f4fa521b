import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ConsoleWorld,
  readConsoleOperations,
  startConsoleWorld,
} from '../support/console-growth.ts';
import { consoleCases, mostOfSearch, unmeasuredOperations } from '../support/console-operations.ts';
import { unboundedReads } from '../support/statement-plans.ts';
import { hasPostgres } from './databases.ts';

/** `npm run proof -- console-growth` compares 1,000 users with 1,000,000. */
const users = 20_000;

describe.runIf(hasPostgres)('the statements of the console, on PostgreSQL', () => {
  let world: ConsoleWorld;
  beforeAll(async () => {
    world = await startConsoleWorld({ users, sessions: 2_000 });
  }, 120_000);
  afterAll(() => world.close());

  it('are those of every operation of its pages', async () => {
    const measured = new Set(consoleCases.map(({ operation }) => operation));
    expect([...measured, ...unmeasuredOperations].sort()).toEqual(
      [...(await readConsoleOperations()).keys()].sort(),
    );
  });

  it('read few rows of every table', async () => {
    const found: string[] = [];
    for (const asked of consoleCases) {
      const unbounded = unboundedReads(await world.run(asked));
      // A search that has found many users compares others one by one.
      if (asked.most !== mostOfSearch) {
        found.push(...unbounded.map((each) => `${asked.title}: ${each}`));
      }
    }
    // Counted up to a thousand.
    expect(found.filter((each) => !/^health: \S+otp_factors: 1001 rows/.test(each))).toEqual([]);
  }, 60_000);

  it.each([
    'users(first: COUNT) { edges { node { groups lastSeenAt memberships { grantedBy { id } } sessions(first: 1) { id } } } }',
    'members(group: "STAFF", first: COUNT) { edges { node { groups lastSeenAt memberships { grantedBy { id } } } } }',
    'users(first: COUNT) { edges { node { secondFactors { id } recoveryCodesLeft emailVerifiedAt } } }',
    'auditEvents(first: COUNT) { edges { node { actor { __typename } subject { __typename } } } }',
  ])('are as many for 2 rows as for 50, of %s', async (field) => {
    const send = (count: string) => world.send(`{ ${field.replace('COUNT', count)} }`);
    // What is kept is read once.
    await send('1');
    const [few, many] = [await send('2'), await send('50')];
    expect(many.length).toBe(few.length);
  });

  it('count up to a bound, and the pages say so', async () => {
    const { data } = await world.ask(`{ consoleHealth { checks { name found } }
      consoleUsers { enabled disabled }
      consoleGroups { name members ending }
      consoleUnusedRights(days: 1) { memberships { userId } hasMoreMemberships } }`);
    const { memberships, hasMoreMemberships } = data.consoleUnusedRights;
    expect([memberships.length, hasMoreMemberships]).toEqual([1_000, true]);
    expect(data.consoleGroups).toMatchObject([
      { name: 'ADMIN', members: 2, ending: 0 },
      { name: 'AUDITOR', members: 3, ending: 0 },
      { name: 'MANAGER' },
      // Every tenth hour ends one membership.
      { name: 'STAFF', members: null, ending: 17 },
    ]);
    expect(data.consoleUsers).toEqual({ enabled: null, disabled: null });
    const found = Object.fromEntries(
      data.consoleHealth.checks.map((check: { name: string; found: string }) => [
        check.name,
        check.found,
      ]),
    );
    expect(found).toMatchObject({
      'session removal': expect.stringContaining('of more than 1000 users'),
      'second factors': expect.stringContaining('(more than 1000 apps)'),
      mails:
        'more than 1000 waiting, more than 1000 given up in the last days, more than 1000 for over 15 minutes',
    });
  });

  it('say when a search lists only some of many users', async () => {
    const search = async (text: string, more = '') =>
      (
        await world.ask(
          `{ users(search: "${text}"${more}) { isComplete edges { node { username } } } }`,
        )
      ).data.users;
    // Two thousand, the next of them before 20,000 others.
    const latest = await search('guest');
    expect(latest.isComplete).toBe(true);
    expect(latest.edges[0].node.username).toBe(`guest-${users - users / 10 + 1}`);
    // As many, of whom none is enabled.
    expect(await search('quit')).toEqual({ isComplete: true, edges: [] });
  });

  it.each([
    { index: 'users_disabled', table: 'users', title: 'people: disabled users alone, far page' },
    { index: 'memberships_idle', table: 'memberships', title: 'access: unused for 30 days' },
    { index: 'memberships_group_ending', table: 'memberships', title: 'groups: members' },
    { index: 'memberships_ending', table: 'memberships', title: 'access: unused for 30 days' },
    // Without the index of those that end, too: it serves a group with few members.
    { index: 'memberships_group_user_id_idx', table: 'memberships', title: 'group: no member' },
    { index: 'session_removals_due_at_idx', table: 'session_removals', title: 'health' },
  ])('are found to need the index $index once it is dropped', async ({ index, table, title }) => {
    await world.owner.migrations.query(`DROP INDEX gatehouse.${index}`);
    const asked = consoleCases.find((each) => each.title === title);
    const ran = asked === undefined ? [] : await world.run(asked);
    expect(unboundedReads(ran)).toContainEqual(expect.stringContaining(`gatehouse.${table}: `));
  });
});
