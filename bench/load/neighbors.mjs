/**
 * What others notice of one user with as many subscriptions as the settings allow, and of floods of queries: the time of
 * `me` with and without them. `--before FOLDER` measures another checkout too, which was built.
 */
import { setTimeout } from 'node:timers/promises';
import { quantile } from '../authorization/measure.mjs';
import { ask, logIn } from '../server.mjs';
import { createRoom, createWorld, startCrowd } from './servers.mjs';

const password = 'plum-kettle-orbit-58-fern';
const sockets = 90;
const perSocket = 99;
const eventsPerSecond = 2;
const floods = { count: 6, queries: 150 };

export async function measureNeighbors({ serverUrl, quick, before, report }) {
  const seconds = quick ? 3 : 15;
  const runs = [
    ...(before === undefined
      ? []
      : [{ name: `before (${before})`, checkout: before, settings: {} }]),
    { name: 'default settings', settings: {} },
    { name: 'without a limit for each user', settings: { MAX_SUBSCRIPTIONS_PER_VIEWER: '100000' } },
  ];
  for (const { name, checkout, settings } of runs) {
    const found = await measure({ serverUrl, checkout, settings, seconds });
    report(`neighbors, ${name}: one user asked for ${sockets * perSocket} subscriptions`);
    const { quiet } = found;
    for (const [phase, { times, refused, note }] of Object.entries(found)) {
      const ratio = quantile(times, 0.5) / quantile(quiet.times, 0.5);
      report(
        `  ${phase}: me ${quantile(times, 0.5).toFixed(1)} ms (${ratio.toFixed(1)} times quiet), p99 ` +
          `${quantile(times, 0.99).toFixed(0)} ms, at most ${Math.max(...times).toFixed(0)} ms; ` +
          `${refused} of ${times.length} refused${note ?? ''}`,
      );
    }
  }
}

async function measure({ serverUrl, checkout, settings, seconds }) {
  const world = await createWorld(serverUrl, settings);
  const crowd = startCrowd('neighbors-client.mjs');
  let server;
  try {
    server = await world.startGatehouse(undefined, checkout);
    const { url } = server;
    const admin = await logIn(url, 'admin', world.password);
    const [crowded, other] = [await createManager(url, admin), await createManager(url, admin)];
    const room = await createRoom(url, other);
    const time = (work) => timeOthers({ url, token: other, room, admin, work });
    const wait = () => setTimeout(seconds * 1_000);

    await time(() => setTimeout(2_000));
    const quiet = await time(wait);
    const flooded = await time(async () => {
      const query = '{ me { id username groups } }';
      for (let round = 0; round < 6; round += 1) {
        await crowd.tell('flood', { url, token: crowded, query, ...floods });
      }
    });
    const query = 'subscription { roomEntered { id room { name } user { username } } }';
    const open = { url, token: crowded, count: sockets, perSocket, query };
    const { accepted } = await crowd.tell('subscribe', open);
    const reading = await time(wait);
    const { events } = await crowd.tell('count');
    await crowd.tell('pause');
    const silent = await time(wait);
    return {
      quiet,
      [`${floods.count} floods of ${floods.queries} queries, six times`]: flooded,
      [`${accepted} subscriptions`]: { ...reading, note: `; ${events} events were sent` },
      [`${accepted} subscriptions that are not read`]: silent,
    };
  } finally {
    crowd.stop();
    await server?.stop();
    await world.close();
  }
}

/** Asks for `me` again and again while `work` runs and entries are made. */
async function timeOthers({ url, token, room, admin, work }) {
  const times = [];
  let refused = 0;
  let isOver = false;
  const repeat = async (pauseMs, step) => {
    while (!isOver) {
      await step();
      await setTimeout(pauseMs);
    }
  };
  const entering = repeat(1_000 / eventsPerSecond, () =>
    ask(url, {
      query: 'mutation($id: ID!) { enterRoom(id: $id) { id } }',
      variables: { id: room },
      token: admin,
    }).catch(() => {}),
  );
  const asking = repeat(5, async () => {
    const begunAt = performance.now();
    await ask(url, { query: '{ me { id username groups } }', token }).catch(() => {
      refused += 1;
    });
    times.push(performance.now() - begunAt);
  });
  await work();
  isOver = true;
  await Promise.all([entering, asking]);
  return { times, refused };
}

let created = 0;

async function createManager(url, token) {
  created += 1;
  const input = { username: `manager${created}`, password, groups: ['MANAGER'] };
  const query = 'mutation($input: CreateUserInput!) { createUser(input: $input) { id } }';
  await ask(url, { query, variables: { input }, token });
  return logIn(url, input.username, password);
}
