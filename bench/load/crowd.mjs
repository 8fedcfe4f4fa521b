/** Many who say nothing, and many who listen: what they cost, and how soon an event is with all. */

import { quantile } from '../authorization/measure.mjs';
import { recordFigure } from '../record-figure.mjs';
import { ask, logIn } from '../server.mjs';
import { createRoom, createWorld, startCrowd } from './servers.mjs';

const targets = { megabytes: 600, seconds: 2 };
const users = 10;
const password = 'plum-kettle-orbit-58-fern';

export async function measureCrowd({ serverUrl, quick, report }) {
  const [idle, sockets, subscribers, events] = quick
    ? [200, 200, 100, 2]
    : [5_000, 5_000, 1_000, 10];
  const world = await createWorld(serverUrl, {
    MAX_SOCKETS: '20000',
    MAX_SOCKETS_PER_ADDRESS: '20000',
    MAX_SOCKETS_PER_VIEWER: '20000',
  });
  const crowd = startCrowd('crowd-client.mjs');
  let server;
  try {
    server = await world.startGatehouse();
    const { url } = server;
    const admin = await logIn(url, 'admin', world.password);
    const tokens = await createManagers(url, admin);
    const room = await createRoom(url, tokens[0]);
    const before = await server.use({ collects: true });

    await crowd.tell('idle', { url, count: idle });
    await crowd.tell('sockets', { url, count: sockets, tokens });
    const idling = await server.use();
    const query = 'subscription { roomEntered { id room { name } user { username } } }';
    await crowd.tell('subscribers', { url, count: subscribers, tokens, query });
    const listening = await server.use();

    const times = [];
    for (let event = 0; event < events; event += 1) {
      times.push(await timeEvent({ url, crowd, room, admin, subscribers }));
    }
    const after = await server.use();
    const open = await crowd.tell('count');
    if (open.idle < idle || open.sockets < sockets + subscribers) {
      throw new Error(`Connections were lost: ${JSON.stringify(open)}`);
    }
    reportCrowd(report, { open, subscribers, times, steps: [before, idling, listening, after] });
  } finally {
    crowd.stop();
    await server?.stop();
    await world.close();
  }
}

/** How long until the last subscriber has heard of an entry, in seconds. @throws unless each has, once. */
async function timeEvent({ url, crowd, room, admin, subscribers }) {
  const begunAt = performance.timeOrigin + performance.now();
  const hearing = crowd.tell('hear', { count: subscribers, patienceMs: 30_000 });
  const query = 'mutation($id: ID!) { enterRoom(id: $id) { id } }';
  await ask(url, { query, variables: { id: room }, token: admin });
  const { times } = await hearing;
  if (times.length !== subscribers) throw new Error(`${times.length} of ${subscribers} heard it.`);
  return (Math.max(...times) - begunAt) / 1_000;
}

async function createManagers(url, token) {
  const tokens = [];
  for (let index = 0; index < users; index += 1) {
    const input = { username: `manager${index}`, password, groups: ['MANAGER'] };
    const query = 'mutation($input: CreateUserInput!) { createUser(input: $input) { id } }';
    await ask(url, { query, variables: { input }, token });
    tokens.push(await logIn(url, input.username, password));
  }
  return tokens;
}

function reportCrowd(report, { open, subscribers, times, steps }) {
  const [before, idling, listening, after] = steps.map(({ rss }) => (rss / 1e6).toFixed(0));
  report(
    `crowd: ${open.idle} connections kept alive and ${open.sockets - subscribers} WebSockets that say nothing, ` +
      `${subscribers} subscribers`,
    `  resident: ${before} MB without them, ${idling} MB with the idle ones, ${listening} MB with all, ` +
      `${after} MB after ${times.length} events; target at most ${targets.megabytes}`,
    `  one event to all: ${quantile(times, 0.5).toFixed(2)} s (at most ${Math.max(...times).toFixed(2)}); ` +
      `target at most ${targets.seconds} s`,
  );
  recordFigure('load.crowd-empty', before);
  recordFigure('load.crowd', idling);
  recordFigure('load.crowd-events', after);
}
