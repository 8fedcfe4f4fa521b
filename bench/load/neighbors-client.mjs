/** One user with many sockets, as a process of its own. */
import { once } from 'node:events';
import { WebSocket } from 'ws';

/** How many sockets are opened at once. */
const doors = 2;
const sockets = [];
let events = 0;
let refused = 0;

const commands = {
  /** Opens sockets, and starts so many subscriptions on each. Returns how many were accepted. */
  async subscribe({ url, token, count, perSocket, query }) {
    const waiting = Array.from({ length: count }, (_, index) => index);
    const openSome = async () => {
      while (waiting.pop() !== undefined) await openAndSubscribe({ url, token, perSocket, query });
    };
    await Promise.all(Array.from({ length: doors }, openSome));
    return { accepted: count * perSocket - refused, refused };
  },
  /** Stops reading, so that the answers wait in the server. */
  async pause() {
    for (const socket of sockets) socket.pause();
  },
  async count() {
    return { events };
  },
  /** Sends many queries on each of some sockets at once, and resolves when each was answered or refused. */
  async flood({ url, token, count, queries, query }) {
    const flooding = await Promise.all(Array.from({ length: count }, () => open({ url, token })));
    await Promise.all(
      flooding.map((socket) => {
        let left = queries;
        const done = new Promise((resolve) => {
          socket.on('close', resolve);
          socket.on('message', (data) => {
            const { type } = JSON.parse(data);
            if (type === 'complete' || type === 'error') left -= 1;
            if (left === 0) resolve();
          });
        });
        for (let index = 0; index < queries; index += 1) {
          socket.send(JSON.stringify({ id: String(index), type: 'subscribe', payload: { query } }));
        }
        return done;
      }),
    );
    for (const socket of flooding) socket.terminate();
  },
};

async function open({ url, token }) {
  const address = `${url.replace('http', 'ws')}/graphql`;
  const socket = new WebSocket(address, 'graphql-transport-ws', { perMessageDeflate: false });
  socket.on('error', () => {});
  await once(socket, 'open');
  const acknowledged = once(socket, 'message');
  const payload = { authorization: `Bearer ${token}` };
  socket.send(JSON.stringify({ type: 'connection_init', payload }));
  await acknowledged;
  return socket;
}

/**
 * Resolves when the answer to a query says that the subscriptions before it are open or refused. What an overloaded server
 * refuses is asked again.
 */
async function openAndSubscribe({ url, token, perSocket, query }) {
  const socket = await open({ url, token });
  sockets.push(socket);
  const start = (id, text) =>
    socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query: text } }));
  const confirm = () => start('last', '{ __typename }');
  const started = new Promise((resolve) => {
    socket.on('close', resolve);
    socket.on('message', (data) => {
      const { type, id, payload } = JSON.parse(data);
      if (type === 'next' && id !== 'last') events += 1;
      if (type === 'complete' && id === 'last') resolve();
      if (type !== 'error') return;
      const isOverloaded = payload[0].extensions.code === 'SERVICE_UNAVAILABLE';
      if (id === 'last') setTimeout(confirm, 100);
      else if (isOverloaded) setTimeout(start, 50, id, query);
      else refused += 1;
    });
  });
  for (let index = 0; index < perSocket; index += 1) start(String(index), query);
  confirm();
  await started;
}

process.on('message', async ({ id, name, ...options }) => {
  try {
    process.send({ id, result: (await commands[name](options)) ?? {} });
  } catch (error) {
    process.send({ id, error: String(error) });
  }
});
