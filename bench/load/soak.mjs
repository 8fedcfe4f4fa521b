/** A steady load of every kind for long, with WebSockets that come and go: whether anything grows. */
import { setTimeout } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { ask, logIn } from '../server.mjs';
import { startCannon } from './loads.mjs';
import { createWorld } from './servers.mjs';

const minuteMs = 60_000;
const password = 'plum-kettle-orbit-58-fern';
/** What the load is made of, in turns: 12 in 20 are `me`. */
const kinds = [
  ...Array(12).fill('{ me { id username groups } }'),
  ...Array(3).fill('{ rooms { edges { node { id name admitsViewer } } } }'),
  ...Array(2).fill('{ users { edges { node { id username groups } } } viewer { access } }'),
  '{ me { nothing } }',
  '{ auditEvents { edges { cursor } } }',
  'mutation { enterRoom(id: "00000000-0000-7000-8000-000000000000") { id } }',
];
const expected = {
  200: 'done',
  400: 'not valid',
  403: 'refused',
  404: 'not found',
  503: 'put off',
};

export async function soak({ serverUrl, quick, minutes, rate: givenRate, report }) {
  const lasts = quick ? 0.3 : minutes;
  const warmUpMs = quick ? 5_000 : 2 * minuteMs;
  const world = await createWorld(serverUrl);
  const cannon = startCannon();
  let server;
  try {
    server = await world.startGatehouse();
    const { url } = server;
    const token = await createKeeper(url, await logIn(url, 'admin', world.password));
    const load = { url, token, queries: kinds, statuses: Object.keys(expected).map(Number) };
    const peak = await measurePeak(cannon, load, quick ? 3 : 30);
    const rate = givenRate ?? Math.round(peak / 2);
    const seconds = lasts * 60 + warmUpMs / 1_000;
    const firing = cannon.fire({ ...load, connections: 20, duration: seconds, rate });
    const churn = churnSockets(url, token);
    await setTimeout(warmUpMs);
    const rows = [];
    const everyMs = Math.max(1_000, (lasts * minuteMs) / 15);
    const end = performance.now() + lasts * minuteMs;
    for (;;) {
      rows.push(await look(server));
      if (performance.now() + everyMs / 2 > end) break;
      await setTimeout(everyMs);
    }
    const opened = await churn.stop();
    const result = await firing;
    await setTimeout(quick ? 500 : 5_000); // what has come late has ended, and nothing is under way
    rows.push(await look(server));
    reportSoak(report, { lasts, rate, peak, everyMs, rows, result, opened });
  } finally {
    cannon.stop();
    await server?.stop();
    await world.close();
  }
}

/** How many requests a second are answered by what they ask, as fast as they can be sent. */
async function measurePeak(cannon, load, duration) {
  const { byStatus, seconds } = await cannon.fire({ ...load, connections: 50, duration });
  const putOff = byStatus[503]?.count ?? 0;
  const answered = Object.values(byStatus).reduce((sum, { count }) => sum + count, -putOff);
  return answered / seconds;
}

const look = async (server) => {
  const { heapUsed, rss, external, handles } = await server.use({ collects: true });
  const count = Object.values(handles).reduce((sum, each) => sum + each, 0);
  return { heapUsed, rss, external, handles: count };
};

/** Someone who may do all of it but read the audit log. Gives the token. */
async function createKeeper(url, token) {
  const input = { username: 'keeper', password, groups: ['ADMIN', 'MANAGER'] };
  const query = 'mutation($input: CreateUserInput!) { createUser(input: $input) { id } }';
  await ask(url, { query, variables: { input }, token });
  return logIn(url, input.username, password);
}

/** Opens a WebSocket, subscribes, asks, and leaves, four times a second. */
function churnSockets(url, token) {
  let isOver = false;
  let opened = 0;
  const churning = (async () => {
    while (!isOver) {
      await visit(url, token);
      opened += 1;
      await setTimeout(250);
    }
  })();
  churning.catch(() => {});
  return {
    async stop() {
      isOver = true;
      await churning;
      return opened;
    },
  };
}

function visit(url, token) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const send = (message) => socket.send(JSON.stringify(message));
    socket.on('error', reject);
    socket.on('close', resolve);
    socket.on('open', () =>
      send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }),
    );
    socket.on('message', (data) => {
      const { type, id } = JSON.parse(data);
      if (type === 'connection_ack') {
        const query = 'subscription { roomEntered { id } }';
        send({ id: 'events', type: 'subscribe', payload: { query } });
        send({ id: 'me', type: 'subscribe', payload: { query: '{ me { username } }' } });
      } else if (type === 'complete' && id === 'me') {
        socket.close(1000);
      } else if (type === 'error') {
        reject(new Error(`A socket received: ${data}`));
      }
    });
  });
}

function reportSoak(report, { lasts, rate, peak, everyMs, rows, result, opened }) {
  const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
  const answered = Object.entries(result.byStatus)
    .map(([status, { count, p99 }]) => `${count} ${expected[status]} (p99 ${p99.toFixed(0)} ms)`)
    .join(', ');
  const [first] = rows;
  const last = rows.at(-1);
  report(
    `soak: ${lasts} minutes at ${rate} requests/s, of ${peak.toFixed(0)} at most; ${answered}; ${opened} WebSockets came and went`,
    `  heap in use, after its garbage is gone: ${megabytes(first.heapUsed)} MB at the beginning, ` +
      `${megabytes(last.heapUsed)} MB at the end; resident ${megabytes(first.rss)} and ${megabytes(last.rss)} MB; ` +
      `handles under load ${first.handles} and ${rows.at(-2).handles}, without ${last.handles}`,
    `  heap every ${(everyMs / 1_000).toFixed(0)} s: ${rows.map(({ heapUsed }) => megabytes(heapUsed)).join(' ')}`,
    `  resident: ${rows.map(({ rss }) => (rss / 1e6).toFixed(0)).join(' ')}`,
  );
}
