/**
 * The process that makes more load than can be borne: connections that ask again as soon as they have been
 * answered, whatever the answer. It does next to nothing with an answer, so that on a small machine the
 * server has the processor, and not its clients.
 */
import { connect } from 'node:net';
import { createHistogram } from 'node:perf_hooks';
import { summaryOf } from './summary.mjs';

process.on('message', async ({ url, query, token, connections, duration }) => {
  const seen = { times: new Map(), faults: new Set(), broken: 0 };
  const question = toRequest(url, { query, token });
  const end = performance.now() + duration * 1_000;
  const begun = performance.now();
  const askers = Array.from({ length: connections }, () => askUntil(end, { url, question, seen }));
  await Promise.all(askers);
  process.send({
    seconds: (performance.now() - begun) / 1_000,
    broken: seen.broken,
    faults: [...seen.faults],
    byStatus: Object.fromEntries(
      [...seen.times].map(([status, found]) => [status, summaryOf(found)]),
    ),
  });
});

/** Asks over one connection until it is time to end. */
function askUntil(end, { url, question, seen }) {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    let askedAt = 0;
    let text = '';
    const ask = () => {
      askedAt = performance.now();
      socket.write(question);
    };
    socket.setEncoding('latin1');
    socket.on('connect', ask);
    socket.on('error', () => {
      seen.broken += 1;
    });
    socket.on('close', resolve);
    socket.on('data', (part) => {
      text = text === '' ? part : text + part;
      const answer = parseAnswer(text);
      if (answer === undefined) return;
      text = '';
      take(answer, performance.now() - askedAt, seen);
      if (performance.now() < end) ask();
      else socket.destroy();
    });
  });
}

/** An answer that has arrived as a whole; undefined until then. */
function parseAnswer(text) {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const at = text.indexOf('content-length: ');
  const length = Number.parseInt(text.slice(at + 16, at + 24), 10);
  if (text.length < headEnd + 4 + length) return undefined;
  return { status: Number(text.slice(9, 12)), text, bodyAt: headEnd + 4 };
}

function take({ status, text, bodyAt }, milliseconds, { times, faults }) {
  if (!times.has(status)) times.set(status, createHistogram());
  times.get(status).record(Math.max(1, Math.round(milliseconds * 1_000)));
  const isInOrder =
    status === 200
      ? text.startsWith('{"data":{"', bodyAt)
      : status === 503 &&
        text.includes('\r\nretry-after: ') &&
        text.startsWith('{"errors":[{"message":', bodyAt) &&
        text.includes('"SERVICE_UNAVAILABLE"', bodyAt);
  if (!isInOrder) faults.add(text.slice(0, 500));
}

function toRequest(url, { query, token }) {
  const { host } = new URL(url);
  const body = JSON.stringify({ query });
  const lines = [
    'POST /graphql HTTP/1.1',
    `host: ${host}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    `authorization: Bearer ${token}`,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
