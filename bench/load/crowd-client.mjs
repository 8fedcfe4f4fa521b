/**
 * The crowd, as a process of its own: connections that say nothing after one request, WebSockets that say
 * nothing, and subscribers. From several addresses of this machine, since each has 28,000 ports.
 */
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { WebSocket } from 'ws';

const addresses = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4'];
/** How many are opened at once. */
const doors = 32;
const idle = [];
const sockets = [];
let heard = [];
let isHeard = () => {};

const commands = {
  /** Opens connections that are kept alive, each after one request for health. */
  idle: ({ url, count }) => inParallel(count, (index) => openIdle(url, addressOf(index))),
  /** Opens sockets that have said who they are, and nothing else. */
  sockets: ({ url, count, tokens }) =>
    inParallel(count, (index) => openSocket(url, { token: tokenOf(tokens, index), index })),
  /** Opens sockets with a subscription each. */
  subscribers: ({ url, count, tokens, query }) =>
    inParallel(count, (index) => openSocket(url, { token: tokenOf(tokens, index), index, query })),
  /** How many of all that were opened are open. */
  count: async () => ({
    idle: idle.filter(({ readyState }) => readyState === 'open').length,
    sockets: sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length,
  }),
  /** Waits until so many have received an event, and returns the time by the clock of the machine. */
  hear: async ({ count, patienceMs }) => {
    const all = new Promise((resolve) => {
      isHeard = () => heard.length >= count && resolve();
      isHeard();
    });
    await Promise.race([all, setTimeout(patienceMs)]);
    await setTimeout(200); // what would come twice
    const times = heard;
    heard = [];
    return { times };
  },
};

process.on('message', async ({ id, name, ...options }) => {
  try {
    process.send({ id, result: await commands[name](options) });
  } catch (error) {
    process.send({ id, error: String(error) });
  }
});

const addressOf = (index) => addresses[index % addresses.length];
const tokenOf = (tokens, index) => tokens[index % tokens.length];

async function inParallel(count, open) {
  let next = 0;
  const openSome = async () => {
    for (let index = next++; index < count; index = next++) await open(index);
  };
  await Promise.all(Array.from({ length: doors }, openSome));
}

function openIdle(url, localAddress) {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), localAddress });
    socket.on('error', reject);
    socket.write(`GET /health/live HTTP/1.1\r\nhost: ${hostname}:${port}\r\n\r\n`);
    socket.once('data', () => {
      idle.push(socket);
      socket.resume();
      resolve();
    });
  });
}

function openSocket(url, { token, index, query }) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      localAddress: addressOf(index),
      perMessageDeflate: false,
    });
    const send = (message) => socket.send(JSON.stringify(message));
    socket.on('error', reject);
    socket.on('close', (code) => reject(new Error(`A socket was closed with ${code}.`)));
    socket.on('open', () =>
      send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }),
    );
    socket.on('message', (data) => {
      const { type } = JSON.parse(data);
      if (type === 'connection_ack') {
        sockets.push(socket);
        if (query !== undefined) send({ id: '1', type: 'subscribe', payload: { query } });
        resolve();
      } else if (type === 'next') {
        heard.push(performance.timeOrigin + performance.now());
        isHeard();
      } else if (type === 'error') {
        socket.close();
      }
    });
  });
}
