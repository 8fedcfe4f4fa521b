import { describe, expect, it } from 'vitest';
import { connectEmbedded } from '../../src/database/embedded/connect-embedded.ts';
import { blocksOf, namedBy, readPage } from '../support/documents.ts';
import { useGatehouse } from '../support/process.ts';
import { addPeriod, addUses } from '../support/rights-tables.ts';

const gatehouse = useGatehouse();

const run = (line: string) => gatehouse.runHere(line.split(' '));

const dayMs = 24 * 60 * 60 * 1000;
const daysAgo = (days: number) => new Date(Date.now() - days * dayMs);
/** The page about the command has other dates. */
const withoutDates = (text: string) =>
  text.trimEnd().replaceAll(/\d{4}-\d\d-\d\d(T[\d:.]+Z)?/g, 'DATE');

const dayOf = (at: Date) => at.toISOString().slice(0, 10);

interface Counted {
  readonly coordinate: string;
  readonly group: string;
  readonly alone?: number;
  readonly amongOthers?: number;
  readonly days: number;
}

/** Fills the database as a node would have, which counted in these days. */
async function fill(countedDays: number, counts: readonly Counted[]): Promise<void> {
  const connection = await connectEmbedded(gatehouse.dataDir());
  const { database } = connection;
  const { membership } = database;
  await addPeriod(database, daysAgo(countedDays));
  await addUses(
    database,
    counts.map(({ days, alone = 0, amongOthers = 0, ...count }) => ({
      ...count,
      alone,
      amongOthers,
      day: dayOf(daysAgo(days)),
    })),
  );
  await membership.updateMany({ data: { grantedAt: daysAgo(100) } });
  await membership.updateMany({ where: { group: 'STAFF' }, data: { lastUsedOn: daysAgo(1) } });
  await membership.updateMany({ where: { group: 'MANAGER' }, data: { lastUsedOn: daysAgo(60) } });
  await connection.close();
}

/** Adds users with a membership that was never used: `user-n` has it since 1,200 - n days, or 100 if that is more. */
async function addMembers(expiresAt: (n: number) => Date | null, count = 1_001): Promise<void> {
  const connection = await connectEmbedded(gatehouse.dataDir());
  const users = Array.from({ length: count }, (_, n) => ({
    id: `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`,
    username: `user-${n}`,
    usernameKey: `user-${n}`,
    displayName: 'Many',
    passwordHash: 'none',
  }));
  await connection.database.user.createMany({ data: users });
  await connection.database.membership.createMany({
    data: users.map(({ id }, n) => ({
      userId: id,
      group: 'STAFF',
      grantedAt: daysAgo(Math.max(1_200 - n, 100)),
      expiresAt: expiresAt(n),
    })),
  });
  await connection.close();
}

const counts: readonly Counted[] = [
  { group: 'STAFF', coordinate: 'RoomEntry.room', alone: 3, days: 2 },
  { group: 'MANAGER', coordinate: 'Mutation.createUser', alone: 1, days: 1 },
  { group: 'MANAGER', coordinate: 'Query.users', amongOthers: 5, days: 3 },
  { group: 'MANAGER', coordinate: 'Mutation.createRoom', alone: 9, days: 60 },
];

describe('rights unused', () => {
  it('lists what was not used, and calls it unused only where it was counted the whole time', async () => {
    await gatehouse.prepareDataDir();
    await run('user create ada --groups STAFF,MANAGER --generate-password');
    await fill(50, counts);
    const { code, stdout } = await run('rights unused --days 30');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`^the use of groups from ${dayOf(daysAgo(30))} until .*Z \\(UTC\\)\\n`),
    );
    const [shown] = blocksOf(readPage('docs/operations/unused-rights.md')).filter(
      (block) => namedBy(block, 'shown') === 'unused rights',
    );
    expect(withoutDates(stdout)).toBe(withoutDates(`${shown?.text}\n`));
    expect(stdout).toMatch(new RegExp(`\n  MANAGER  ada   ${dayOf(daysAgo(60))}\n$`));

    const longer = await run('rights unused');
    expect(longer.code).toBe(0);
    expect(longer.stdout).toMatch(
      /\nnot counted, so that nothing is known to be unused:\n {2}\S+T00:00:00.000Z to \S+Z {2}no node ran that counts\n/,
    );
    expect(longer.stdout).toContain('\ngroups without a counted use:\n');
    expect(longer.stdout).not.toContain('\nunused');
    const { stdout: json } = await run('rights unused --json');
    expect(JSON.parse(json)).toMatchObject({
      isKnown: false,
      since: dayOf(daysAgo(90)),
      gaps: [{ from: `${dayOf(daysAgo(90))}T00:00:00.000Z`, reason: 'none' }],
      groups: ['ADMIN', 'AUDITOR'],
      memberships: [],
    });
  });

  it('lists a thousand memberships, the longest unused ones first, and says that there are more', async () => {
    await gatehouse.prepareDataDir();
    await addMembers(() => null);
    const { stdout } = await run('rights unused --days 30');
    expect(stdout).toContain(
      '\nmemberships without a counted use, the 1000 longest unused of more:\n',
    );
    expect(stdout).toMatch(/ user-0 [\s\S]* user-999 .*\n$/);
    const read = async (days: number) =>
      JSON.parse((await run(`rights unused --json --days ${days}`)).stdout);
    expect(await read(30)).toMatchObject({ hasMoreMemberships: true });
    const { memberships, hasMoreMemberships } = await read(400);
    expect([memberships.length, hasMoreMemberships]).toEqual([800, false]);
  });

  it('lists those that last, and those that end, however many have expired', async () => {
    await gatehouse.prepareDataDir();
    const lasting = new Map([
      [1_998, null],
      [1_999, daysAgo(-20)],
    ]);
    await addMembers((n) => (lasting.has(n) ? (lasting.get(n) ?? null) : daysAgo(20)), 2_000);
    const { stdout } = await run('rights unused --json --days 30');
    const { memberships, hasMoreMemberships } = JSON.parse(stdout);
    expect(memberships.map(({ username }: { username: string }) => username)).toEqual([
      'user-1998',
      'user-1999',
    ]);
    expect(hasMoreMemberships).toBe(false);
  });

  it.each([
    { days: '0', code: 1, says: 'must be between 1 and 400' },
    { days: '401', code: 1, says: 'must be between 1 and 400' },
    { days: '1.5', code: 1, says: 'must be between 1 and 400' },
    { days: 'many', code: 2, says: 'not a number' },
  ])('refuses $days days', async ({ days, says, ...exit }) => {
    await gatehouse.prepareDataDir();
    const refused = await run(`rights unused --days ${days}`);
    expect(refused).toMatchObject(exit);
    expect(refused.stderr).toContain(says);
  });
});
