/** Rounds in which everyone is measured once, so that what else the machine does hits all alike. */
import { isDeepStrictEqual } from 'node:util';
import { shuffled } from '../authorization/measure.mjs';
import { goodRate } from '../load/loads.mjs';
import { ask } from '../server.mjs';

const connections = 64;

/** @throws {Error} when one of them does not answer what the first one does, in any order. */
export async function verifyAnswers([first, ...others], load) {
  const expected = sortEdges(await ask(first.server.url, load));
  for (const { name, server } of others) {
    const found = sortEdges(await ask(server.url, load));
    if (!isDeepStrictEqual(found, expected)) throw new Error(`${name}: ${JSON.stringify(found)}`);
  }
}

/** Users that were made at the same moment have no order. */
const sortEdges = ({ me, users }) => ({
  me,
  users: users?.edges.map(({ node }) => node).sort((left, right) => (left.id < right.id ? -1 : 1)),
});

/** Gives what each contender did in each round: requests a second, and microseconds of processor a request. */
export async function measureCase(contenders, { cannon, load, pace, random }) {
  const fire = (each, duration) => runOne(cannon, each, { ...load, connections, duration });
  for (const each of contenders) await fire(each, pace.warmUpSeconds);
  const rounds = [];
  for (let round = 0; round < pace.rounds; round += 1) {
    const found = {};
    for (const each of shuffled(contenders, random)) {
      found[each.name] = await fire(each, pace.seconds);
    }
    rounds.push(found);
  }
  return rounds;
}

/** @throws {Error} when anything but 200 with data was answered. */
async function runOne(cannon, { server }, load) {
  const before = await server.use();
  const result = await cannon.fire({ ...load, url: server.url });
  const after = await server.use();
  if (result.byStatus[503] !== undefined) throw new Error('Requests were refused.');
  const { count, p99 } = result.byStatus[200];
  return {
    rate: goodRate(result),
    p99,
    cpu: (after.cpuMicroseconds - before.cpuMicroseconds) / count,
  };
}
