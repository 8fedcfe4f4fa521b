import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Context } from '../../src/context/context.ts';
import { defineDomain } from '../../src/schema/domain.ts';
import { startWithDomain } from '../support/start-with-domain.ts';
import type { TestServer, TestUser } from '../support/test-server.ts';

/** Takes a right from the viewer while the resolver is at work, once. */
let takeRight: (() => Promise<unknown>) | undefined;
let attempts = 0;

/** Makes two changes, and catches every error of the first. */
const careless = defineDomain<Context>({
  name: 'careless',
  typeDefs:
    'extend type Mutation {\n  "Carelessly." careless: String! @auth(requires: [MANAGER])\n}',
  resolvers: {
    Mutation: {
      careless: async (_mutation: unknown, _args: unknown, { change }: Context) => {
        attempts += 1;
        await takeRight?.();
        takeRight = undefined;
        const first = await change({ action: 'careless.first' }, async () => 'made').catch(
          () => 'caught',
        );
        const second = await change({ action: 'careless.second' }, async () => 'made').catch(
          () => 'caught',
        );
        return `${first} ${second}`;
      },
    },
  },
});

let server: TestServer;
let user: TestUser;
beforeAll(async () => {
  server = await startWithDomain(careless);
});
afterAll(() => server.stop());
beforeEach(async () => {
  user = await server.aUser('MANAGER', 'STAFF');
  attempts = 0;
});

const losing = (group: string) => () =>
  server.connection.database.membership.deleteMany({ where: { userId: user.id, group } });
const ask = () => server.ask('mutation { careless }', { token: user.accessToken });
const actionsOf = async () => {
  const where = { actorId: user.id, action: { startsWith: 'careless.' } };
  const events = await server.connection.database.auditEvent.findMany({ where });
  return events.map(({ action }) => action).sort();
};

describe('a mutation that catches the errors of `change`', () => {
  it('is refused when the viewer has lost the right to it, and nothing is done', async () => {
    takeRight = losing('MANAGER');
    expect(await ask()).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    expect([attempts, await actionsOf()]).toEqual([1, []]);
  });

  it('is done once, as if it had come later, when the viewer has lost another right', async () => {
    takeRight = losing('STAFF');
    expect((await ask()).data).toEqual({ careless: 'made made' });
    expect([attempts, await actionsOf()]).toEqual([1, ['careless.first', 'careless.second']]);
  });

  it('is done once when nothing was lost', async () => {
    expect((await ask()).data).toEqual({ careless: 'made made' });
    expect([attempts, await actionsOf()]).toEqual([1, ['careless.first', 'careless.second']]);
  });
});
