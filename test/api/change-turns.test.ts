import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { races } from '../support/rule-races/race-domain.ts';
import { createRaceTables } from '../support/rule-races/race-tables.ts';
import { startWithDomain } from '../support/start-with-domain.ts';
import type { TestServer, TestUser } from '../support/test-server.ts';

/** On the embedded database transactions wait for each other anyway. */
const isPostgres = process.env.TEST_DATABASE_KIND === 'postgresql';

let server: TestServer;

async function newOrder({ id: owner }: TestUser): Promise<string> {
  const id = randomUUID();
  await server.owner.database
    .$executeRaw`INSERT INTO race_orders (id, owner) VALUES (${id}::uuid, ${owner}::uuid)`;
  return id;
}

/** Changes an order, which remains the viewer's own or not. */
const give = (order: string, { id, accessToken: token }: TestUser) =>
  server.ask(`mutation { giveOrder(id: "${order}", user: "${id}") }`, { token });

/** Acts on a row that every viewer may name. */
const wardOf = async (people: readonly TestUser[]): Promise<string> => {
  const ward = randomUUID();
  const { database } = server.owner;
  await database.$executeRaw`INSERT INTO race_wards (id) VALUES (${ward}::uuid)`;
  for (const { id } of people) {
    await database.$executeRaw`
      INSERT INTO race_stays (ward, "user") VALUES (${ward}::uuid, ${id}::uuid)`;
  }
  return ward;
};
const use = (ward: string, { accessToken: token }: TestUser) =>
  server.ask(`mutation { useWard(id: "${ward}") }`, { token });

/** How many rows and events the changes of a ward have written. */
async function countWritten(ward: string) {
  const [found] = await server.owner.database.$queryRaw<{ acts: number }[]>`
    SELECT count(*)::int AS acts FROM race_acts WHERE key LIKE ${`${ward}:%`}`;
  return found?.acts;
}

const statusesOf = (answers: readonly { readonly status: number }[]) => {
  const of = (status: number) => answers.filter((answer) => answer.status === status).length;
  return { done: of(200), unavailable: of(503), unknown: of(500), all: answers.length };
};

describe.runIf(isPostgres)('300 changes of one row at the same time', () => {
  beforeAll(async () => {
    const environment = {
      // Some are answered while their changes wait, on a slow machine.
      DATABASE_REQUEST_TIMEOUT_MS: '15000',
      // The turns alone refuse.
      MAX_CONCURRENT_REQUESTS: '1000',
      MAX_EVENT_LOOP_DELAY_MS: '60000',
    };
    server = await startWithDomain(races, { environment });
    await createRaceTables(server.owner.database);
  });
  afterAll(() => server.stop());

  it.each([
    { people: 1, each: 300 },
    { people: 10, each: 30 },
  ])('are done as often as they are answered so: $people viewers', async ({ people, each }) => {
    const viewers = await Promise.all(Array.from({ length: people }, () => server.aUser()));
    const ward = await wardOf(viewers);
    const asked = Array.from({ length: each }, () => viewers.map((viewer) => use(ward, viewer)));
    const { done, unavailable, unknown, all } = statusesOf(await Promise.all(asked.flat()));
    expect({ sum: done + unavailable + unknown, all }).toEqual({ sum: 300, all: 300 });
    expect(done).toBeGreaterThan(0);
    const written = await countWritten(ward);
    expect(written).toBeGreaterThanOrEqual(done);
    expect(written).toBeLessThanOrEqual(done + unknown);
  });

  it('delay the change of another viewer by a few of them', async () => {
    const [ada, bob] = [await server.aUser(), await server.aUser()];
    const ward = await wardOf([ada, bob]);
    let answered = 0;
    const many = Array.from({ length: 300 }, () =>
      use(ward, ada).then((answer) => {
        if (answer.status === 200) answered += 1;
        return answer;
      }),
    );
    await expect.poll(() => answered).toBeGreaterThan(0);
    const before = answered;
    const answer = await use(ward, bob);
    expect(answer.status, answer.text).toBe(200);
    expect(answered - before).toBeLessThan(32);
    await Promise.all(many);
  });

  it('are refused beyond a number, before anything is done: overloaded', async () => {
    const ada = await server.aUser();
    const order = await newOrder(ada);
    const answers = await Promise.all(Array.from({ length: 150 }, () => give(order, ada)));
    const refused = answers.filter(({ text }) => text.includes('overloaded'));
    expect(refused.length).toBeGreaterThan(0);
    for (const { status, headers, errors } of refused) {
      expect([status, headers.get('retry-after')]).toEqual([503, '1']);
      expect(errors).toMatchObject([{ path: ['giveOrder'] }]);
    }
    expect((await give(order, ada)).status).toBe(200);
  });
});
