/** How many commits a second there are, and how soon all nodes have their events: by PostgreSQL and through NATS. */
import { fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectTcp, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { quantile } from '../authorization/measure.mjs';
import { countCommits } from './writers.mjs';

const program = fileURLToPath(new URL('node.mjs', import.meta.url));
const writers = 8;
const patienceMs = 60_000;

/** Prints a table: for each number of nodes, both ways, one after the other. */
export async function measureFanOut(databaseUrl, { nodeCounts, seconds, times }) {
  const nats = await startNats();
  const ways = [['LISTEN/NOTIFY'], ...(nats === undefined ? [] : [['NATS', nats.url]])];
  if (nats === undefined)
    process.stdout.write('NATS: not measured, nats-server is not installed\n');
  process.stdout.write(
    `fan-out: ${writers} writers for ${seconds} s, then ${times} single commits; until all nodes have them\n` +
      'nodes  way            commits/s  the last one after  single: middle (most)\n',
  );
  try {
    for (const nodeCount of nodeCounts) {
      for (const [way, eventsUrl] of ways) {
        const found = await measure(databaseUrl, { nodeCount, eventsUrl, seconds, times });
        const single = `${quantile(found.singles, 0.5).toFixed(1)} ms (${quantile(found.singles, 1).toFixed(1)} ms)`;
        process.stdout.write(
          `${String(nodeCount).padEnd(6)} ${way.padEnd(14)} ${found.perSecond.toFixed(0).padEnd(10)} ` +
            `${`${found.behindMs.toFixed(0)} ms`.padEnd(19)} ${single}\n`,
        );
      }
    }
  } finally {
    await nats?.stop();
  }
}

async function measure(databaseUrl, { nodeCount, eventsUrl, seconds, times }) {
  const nodes = await Promise.all(
    Array.from({ length: nodeCount }, () => startNode([databaseUrl, eventsUrl ?? ''])),
  );
  const writer = new pg.Client({ connectionString: databaseUrl });
  await writer.connect();
  try {
    let total = await countCommits(databaseUrl, { writers, seconds });
    const perSecond = total / seconds;
    const endedAtMs = now();
    const behindMs = (await untilAllHave(nodes, total)) - endedAtMs;
    const singles = [];
    for (let time = 0; time < times; time += 1) {
      // At another moment between two runs of the relay each time.
      await setTimeout(30 + (time % 20));
      await writer.query('INSERT INTO bench_events (text) VALUES ($1)', ['entered']);
      const committedAtMs = now();
      total += 1;
      singles.push(Math.max(0, (await untilAllHave(nodes, total)) - committedAtMs));
    }
    return { perSecond, behindMs: Math.max(0, behindMs), singles };
  } finally {
    await writer.end();
    await Promise.all(nodes.map(stopNode));
  }
}

const now = () => performance.timeOrigin + performance.now();

async function startNode(words) {
  const node = fork(program, words, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  await once(node, 'message');
  return node;
}

async function stopNode(node) {
  const exited = once(node, 'exit');
  node.disconnect();
  await exited;
}

/** When the last node had all events. @throws {Error} when one has more, or not all in time. */
async function untilAllHave(nodes, total) {
  for (const endMs = now() + patienceMs; now() < endMs; ) {
    const found = await Promise.all(
      nodes.map(async (node) => {
        const answer = once(node, 'message');
        node.send('how many');
        return (await answer)[0];
      }),
    );
    if (found.some(({ count, losses }) => count > total || losses > 0)) break;
    if (found.every(({ count }) => count === total)) {
      return Math.max(...found.map(({ arrivedAtMs }) => arrivedAtMs));
    }
    await setTimeout(1);
  }
  throw new Error(`A node does not have each of ${total} events once.`);
}

/** Undefined: it is not installed. */
async function startNats() {
  if (spawnSync('nats-server', ['--version']).status !== 0) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-nats-'));
  const port = await freePort();
  const words = ['-js', '-a', '127.0.0.1', '-p', String(port), '-sd', folder];
  const server = spawn('nats-server', words, { stdio: 'ignore' });
  while (!(await answers(port))) await setTimeout(20);
  return {
    url: `nats://127.0.0.1:${port}`,
    async stop() {
      const exited = once(server, 'exit');
      server.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

async function answers(port) {
  const socket = connectTcp(port, '127.0.0.1');
  try {
    await once(socket, 'data', { signal: AbortSignal.timeout(1_000) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
