import { expect, it, onTestFinished } from 'vitest';
import { recordFigure } from '../../scripts/figures/figures.ts';
import { numbered, prove, type Rounds, roundsOf } from '../support/rounds.ts';
import type { TestServer, TestUser } from '../support/test-server.ts';
import { startTestServer } from '../support/test-server.ts';

/**
 * `npm run proof -- last-admin`: many rounds, of which `test/api/groups.test.ts` runs a few. Skipped on
 * the embedded database, where one transaction waits for the other anyway.
 */
const isPostgres = process.env.TEST_DATABASE_KIND === 'postgresql';
const rounds = roundsOf(200);

/** How one admin ends that another one is an ADMIN for good. */
const attacks = [
  ({ id }: TestUser) => `revokeGroup(userId: "${id}", group: ADMIN)`,
  ({ id }: TestUser) => `disableUser(id: "${id}")`,
  ({ id }: TestUser) =>
    `grantGroup(userId: "${id}", group: ADMIN, expiresAt: "9999-01-01T00:00:00Z")`,
];

interface World {
  readonly server: TestServer;
  readonly one: TestUser;
  readonly other: TestUser;
}

/** Makes both users ADMINs for good again, whatever the round has left of them. */
async function restore({ server, one, other }: World): Promise<void> {
  const { membership, session, user } = server.connection.database;
  for (const { id: userId } of [one, other]) {
    const where = { userId_group_source: { userId, source: '', group: 'ADMIN' } } as const;
    const create = { userId, group: 'ADMIN' } as const;
    await membership.upsert({ where, create, update: { expiresAt: null } });
    await session.updateMany({ where: { userId }, data: { epoch: 0 } });
    await user.update({ where: { id: userId }, data: { disabledAt: null, sessionEpoch: 0 } });
  }
}

const removals: Rounds<World, number> = {
  async start() {
    const server = await startTestServer();
    onTestFinished(server.stop);
    return { server, one: server.admin, other: await server.aUser('ADMIN') };
  },
  async work(world, round, found) {
    await restore(world);
    const { server, one, other } = world;
    const remove = (n: number, by: TestUser, whom: TestUser) =>
      server.ask(`mutation { ${attacks[n % 3]?.(whom)} { id } }`, { token: by.accessToken });
    const answers = await Promise.all([
      remove(round, one, other),
      remove(Math.floor(round / 3), other, one),
    ]);
    const left = await server.connection.database.membership.count({
      where: { group: 'ADMIN', expiresAt: null, user: { disabledAt: null } },
    });
    found.check(left === 1, `${left} left`);
    const outcome = answers.map(({ status, reason }) => `${status} ${reason ?? 'done'}`).sort();
    found.count(`${outcome.join(', ')}: ${left} left`);
  },
  figure: (found) => `${found.rounds} rounds on PostgreSQL: ${found.listed()}`,
};

it.runIf(isPostgres)(
  `leaves one ADMIN in each of ${rounds} rounds of two who remove each other at once`,
  async () => {
    const { faults } = await prove(removals, numbered(rounds));
    expect(faults).toEqual([]);
    recordFigure('last-admin.rounds', rounds);
  },
);
