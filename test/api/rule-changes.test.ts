import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHeldLocks } from '../support/held-locks.ts';
import { races } from '../support/rule-races/race-domain.ts';
import { createRaceTables } from '../support/rule-races/race-tables.ts';
import { startWithDomain } from '../support/start-with-domain.ts';
import type { TestServer, TestUser } from '../support/test-server.ts';

/** On the embedded database one transaction waits for the other from its beginning. */
const isPostgres = process.env.TEST_DATABASE_KIND === 'postgresql';

let server: TestServer;
let kim: TestUser;
beforeAll(async () => {
  server = await startWithDomain(races);
  await createRaceTables(server.owner.database);
  kim = await server.aUser('MANAGER');
});
afterAll(() => server.stop());

const ask = (fields: string, { accessToken: token }: TestUser = kim) =>
  server.ask(`mutation { ${fields} }`, { token });
const actsOf = async (key: string) =>
  (await server.owner.database.$queryRaw<unknown[]>`SELECT 1 FROM race_acts WHERE key = ${key}`)
    .length;
const eventsOf = (action: string) =>
  server.connection.database.auditEvent.count({ where: { action } });

async function newOrder({ id: owner }: TestUser): Promise<string> {
  const id = randomUUID();
  await server.owner.database
    .$executeRaw`INSERT INTO race_orders (id, owner) VALUES (${id}::uuid, ${owner}::uuid)`;
  return id;
}

const { untilWaiting, beside } = createHeldLocks(() => server);

describe.runIf(isPostgres)('a change in a project with rules for types', () => {
  it('is refused when a revocation that it waited for is committed first', async () => {
    const lee = await server.aUser('AUDITOR');
    const lock = `SELECT 1 FROM gatehouse.memberships WHERE user_id = '${lee.id}' FOR UPDATE`;
    const [revoked, acted] = await beside([lock], async () => {
      const revoking = ask(`revokeGroup(userId: "${lee.id}", group: AUDITOR) { id }`, server.admin);
      await untilWaiting(1);
      const acting = ask('audit', lee);
      await untilWaiting(2);
      return [revoking, acting] as const;
    }).then((both) => Promise.all(both));
    expect(revoked.status, revoked.text).toBe(200);
    expect(acted, acted.text).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    expect([await actsOf('AUDITOR'), await eventsOf('auditor.acted')]).toEqual([0, 0]);
  });

  it('is answered with 404 when the row that it names was handed over meanwhile', async () => {
    const lee = await server.aUser();
    const order = await newOrder(kim);
    const statements = [
      `UPDATE race_orders SET owner = '${lee.id}' WHERE id = '${order}'`,
      // As a change of the user's groups does: the change waits for it, and runs again.
      `UPDATE gatehouse.users SET id = id WHERE id = '${kim.id}'`,
    ];
    const { status, errors, data } = await beside(statements, async () => {
      const using = ask(`useOrder(id: "${order}")`);
      await untilWaiting(1);
      return [using] as const;
    }).then(([using]) => using);
    expect({ status, data }).toEqual({ status: 404, data: undefined });
    expect(errors).toEqual([
      expect.objectContaining({
        message: 'Nothing with this id exists.',
        path: ['useOrder'],
        extensions: {
          code: 'NOT_FOUND',
          coordinate: 'Mutation.useOrder(id:)',
          argument: 'id',
        },
      }),
    ]);
    expect([await actsOf(order), await eventsOf('order.used')]).toEqual([0, 0]);
  });

  it('is made by each of many that write one row at the same time', async () => {
    const order = await newOrder(kim);
    const give = `giveOrder(id: "${order}", user: "${kim.id}")`;
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask(give)));
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(
      await server.owner.database
        .$queryRaw`SELECT count(*)::int AS turns FROM race_turns WHERE key = ${order}`,
    ).toEqual([{ turns: 40 }]);
  });

  it('fails in the work of another one that names the same row, and does not wait for it', async () => {
    const order = await newOrder(kim);
    const answer = await ask(`nestUses(id: "${order}")`);
    expect(answer, answer.text).toMatchObject({ status: 500, code: 'INTERNAL_SERVER_ERROR' });
    expect(await actsOf(order)).toBe(0);
  });

  it('is undone when it collides with others six times: SERVICE_UNAVAILABLE', async () => {
    const { database } = server.owner;
    const order = await newOrder(kim);
    const before = await eventsOf('order.given');
    await database.$executeRawUnsafe(`CREATE FUNCTION race_collide() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM nextval('race_runs');
        RAISE EXCEPTION 'could not serialize access' USING ERRCODE = 'serialization_failure';
      END $$`);
    await database.$executeRawUnsafe('CREATE SEQUENCE race_runs');
    await database.$executeRawUnsafe('GRANT ALL ON SEQUENCE race_runs TO PUBLIC');
    await database.$executeRawUnsafe(
      'CREATE TRIGGER race_collide BEFORE INSERT ON race_turns EXECUTE FUNCTION race_collide()',
    );
    const answer = await ask(`giveOrder(id: "${order}", user: "${server.admin.id}")`);
    await database.$executeRawUnsafe('DROP TRIGGER race_collide ON race_turns');
    expect(answer, answer.text).toMatchObject({ status: 503, code: 'SERVICE_UNAVAILABLE' });
    expect(
      await database.$queryRaw`SELECT owner FROM race_orders WHERE id = ${order}::uuid`,
    ).toEqual([{ owner: kim.id }]);
    expect(await database.$queryRaw`SELECT last_value::int AS runs FROM race_runs`).toEqual([
      { runs: 6 },
    ]);
    expect(await eventsOf('order.given')).toBe(before);
    expect((await ask(`giveOrder(id: "${order}", user: "${server.admin.id}")`)).data).toEqual({
      giveOrder: true,
    });
  });
});
