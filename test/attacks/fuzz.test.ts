import { afterAll, beforeAll, expect } from 'vitest';
import {
  type AttackedServer,
  attack,
  expectNothingTold,
  startAttackedServer,
} from '../support/attacked-server.ts';
import { bodyCase, documentCase, type FuzzWorld, tokenCase } from '../support/fuzz/cases.ts';
import { fuzzConnections, fuzzRequests } from '../support/fuzz/run.ts';
import { makeFuzzWorld } from '../support/fuzz/world.ts';
import { timesOf } from '../support/sample.ts';
import { adminPassword } from '../support/test-server.ts';

/** A few of what `npm run proof -- fuzz` sends by the ten thousand. Each run has another seed. */
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000);
const connections = timesOf(100, 40);

let server: AttackedServer;
let world: FuzzWorld;
beforeAll(async () => {
  server = await startAttackedServer({ environment: { MAX_EVENT_LOOP_DELAY_MS: '10000' } });
  world = await makeFuzzWorld(server.url, { username: 'admin', password: adminPassword });
});
afterAll(() => server.stop());

for (const { what, make, count } of [
  { what: 'tokens that are nearly good', make: tokenCase, count: timesOf(200, 80) },
  { what: 'operations made from the schema', make: documentCase, count: timesOf(200, 80) },
  { what: 'bodies of JSON', make: bodyCase, count: timesOf(200, 80) },
]) {
  attack(`find a fault by ${count} ${what}, FUZZ_SEED=${seed}`, 'fuzzing', async () => {
    const { statuses, faults } = await fuzzRequests(make, world, { url: server.url, seed, count });
    expect(faults).toEqual([]);
    expect(Object.values(statuses).reduce((sum, each) => sum + each, 0)).toBe(count);
  });
}

attack(
  `find a fault by ${connections} connections of wrong bytes, FUZZ_SEED=${seed}`,
  'fuzzing',
  async () => {
    const { faults } = await fuzzConnections({ url: server.url, seed, count: connections });
    expect(faults).toEqual([]);
  },
);

attack(
  'find a secret in the answers and the log after all of this',
  'ASVS 5 16.2.5, 16.5.1',
  async () => {
    expect((await server.ask('{ serverInfo { name } }')).status).toBe(200);
    expectNothingTold(server, [adminPassword]);
  },
);
