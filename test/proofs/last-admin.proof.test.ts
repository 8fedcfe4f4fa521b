import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Answer, TestServer, TestUser } from '../support/test-server.ts';
import { startTestServer } from '../support/test-server.ts';

/**
 * `npm run proof -- last-admin`: many rounds, of which `test/api/groups.test.ts` runs a few. Skipped on
 * the embedded database, where one transaction waits for the other anyway.
 */
const isPostgres = process.env.TEST_DATABASE_KIND === 'postgresql';
const rounds = Number(process.env.ROUNDS ?? 200);

let server: TestServer;
let one: TestUser;
let other: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  one = server.admin;
  other = await server.aUser('ADMIN');
});
afterAll(() => server.stop());

const ask = (viewer: TestUser, mutation: string): Promise<Answer> =>
  server.ask(`mutation { ${mutation} { id } }`, { token: viewer.accessToken });

/** How one admin ends that another one is an ADMIN for good. */
const attacks = ['revoke', 'disable', 'expire'] as const;
const mutations = {
  revoke: ({ id }: TestUser) => `revokeGroup(userId: "${id}", group: ADMIN)`,
  disable: ({ id }: TestUser) => `disableUser(id: "${id}")`,
  expire: ({ id }: TestUser) =>
    `grantGroup(userId: "${id}", group: ADMIN, expiresAt: "9999-01-01T00:00:00Z")`,
};
const attackOf = (n: number) => mutations[attacks[n % 3] ?? 'revoke'];

/** Makes both users ADMINs for good again, whatever the round has left of them. */
async function restore(): Promise<void> {
  const { membership, session, user } = server.connection.database;
  for (const { id: userId } of [one, other]) {
    const where = { userId_group: { userId, group: 'ADMIN' } } as const;
    const create = { userId, group: 'ADMIN' } as const;
    await membership.upsert({ where, create, update: { expiresAt: null } });
    await session.updateMany({ where: { userId }, data: { epoch: 0 } });
    await user.update({ where: { id: userId }, data: { disabledAt: null, sessionEpoch: 0 } });
  }
}

const countAdmins = (): Promise<number> =>
  server.connection.database.membership.count({
    where: { group: 'ADMIN', expiresAt: null, user: { disabledAt: null } },
  });

it.runIf(isPostgres)(
  `leaves one ADMIN in each of ${rounds} rounds of two who remove each other at once`,
  async () => {
    const outcomes: Record<string, number> = {};
    for (let round = 0; round < rounds; round += 1) {
      await restore();
      const [first, second] = [attackOf(round), attackOf(Math.floor(round / 3))];
      const answers = await Promise.all([ask(one, first(other)), ask(other, second(one))]);
      const left = await countAdmins();
      expect(left).toBe(1);
      const outcome = answers.map(({ status, reason }) => `${status} ${reason ?? 'done'}`).sort();
      const key = `${outcome.join(', ')}: ${left} left`;
      outcomes[key] = (outcomes[key] ?? 0) + 1;
    }
    const figures = Object.entries(outcomes).map(([outcome, count]) => `${count} x ${outcome}`);
    process.stdout.write(
      `${rounds} rounds on ${server.connection.description}\n${figures.sort().join('\n')}\n`,
    );
  },
  600_000,
);
