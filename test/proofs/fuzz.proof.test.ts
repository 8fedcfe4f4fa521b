import { fileURLToPath } from 'node:url';
import { beforeEach, expect, it } from 'vitest';
import { recordFigure } from '../../scripts/figures/figures.ts';
import { ask } from '../support/ask.ts';
import {
  bodyCase,
  documentCase,
  type FuzzWorld,
  type MakeCase,
  tokenCase,
} from '../support/fuzz/cases.ts';
import { type FuzzOutcome, fuzzConnections, fuzzRequests } from '../support/fuzz/run.ts';
import { makeFuzzWorld } from '../support/fuzz/world.ts';
import { type ServingProcess, useGatehouse } from '../support/process.ts';
import { print } from './login-world.ts';

/**
 * `npm run proof -- fuzz`: what is nearly right, wrong or no request at all, by the ten thousand, at a
 * server in a process of its own. No 500, no request without an answer, no end of the process, nothing in
 * its log at the level of an error, and the heap within 20 % of what it was.
 *
 * `FUZZ_SEED` gives the same requests again; `FUZZ_SHARE` a part of the counts, such as 0.1; `-t tokens` runs
 * one kind alone.
 */
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000);
const share = Number(process.env.FUZZ_SHARE ?? 1);
const gatehouse = useGatehouse();
const password = 'violet-otter-ladder-93-quay';

type Send = (
  url: string,
  part: { readonly share: number; readonly seed: number },
) => Promise<FuzzOutcome>;

/** Sends so many of these requests. */
const requests =
  (make: MakeCase, count: number): Send =>
  async (url, part) => {
    world ??= await makeFuzzWorld(url, { username: 'admin', password });
    const run = { url, seed: part.seed, count: Math.ceil(count * part.share), concurrency: 16 };
    return fuzzRequests(make, world, run);
  };

let world: FuzzWorld | undefined;
beforeEach(() => {
  world = undefined;
});

it.each<{ what: string; count: number; send: Send }>([
  { what: 'mutated tokens', count: 100_000, send: requests(tokenCase, 100_000) },
  { what: 'documents', count: 50_000, send: requests(documentCase, 50_000) },
  { what: 'JSON bodies', count: 20_000, send: requests(bodyCase, 20_000) },
  {
    what: 'raw connections',
    count: 5_000,
    send: (url, part) =>
      fuzzConnections({ url, seed: part.seed, count: Math.ceil(5_000 * part.share) }),
  },
])(
  `stands ${share} of $count $what with FUZZ_SEED=${seed}`,
  { timeout: 7_200_000 },
  async ({ what, count, send }) => {
    const server = await startServer();
    const { url } = server;
    // What is made at first use and kept (plans, statements, compiled code) is there before it is measured.
    await send(url, { share: 0.05, seed: seed + 1 });
    const before = await heapOf(server, 1);

    const startedMs = performance.now();
    const { statuses, faults } = await send(url, { share, seed });
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    const after = await heapOf(server, 2);
    print(
      `${what} (${share}, ${seconds} s): ${JSON.stringify(statuses)}; ${before} MB, then ${after} MB`,
    );

    expect(faults).toEqual([]);
    expect((await ask(`${url}/graphql`, '{ serverInfo { name } }')).status).toBe(200);
    const { code, stderr } = await server.stop();
    expect(code).toBe(0);
    expect(stderr.split('\n').filter((line) => /"level":(50|60)/.test(line))).toEqual([]);
    expect(after).toBeLessThan(before * 1.2);
    if (share === 1) recordFigure(`fuzz.${what.split(' ').at(-1)}`, count);
  },
);

async function startServer(): Promise<ServingProcess> {
  await gatehouse.prepareDataDir();
  const preload = fileURLToPath(new URL('../support/fuzz/tell-heap.mjs', import.meta.url));
  return gatehouse.serve({
    NODE_OPTIONS: `--import=${preload}`,
    ADMIN_PASSWORD: password,
    ACCESS_TOKEN_SECONDS: '86400',
    LOGIN_ATTEMPTS_PER_ACCOUNT: '1000000',
    LOGIN_ATTEMPTS_PER_ADDRESS: '1000000',
    MAX_EVENT_LOOP_DELAY_MS: '10000',
  });
}

/** In megabytes. */
async function heapOf(server: ServingProcess, count: number): Promise<number> {
  server.kill('SIGUSR2');
  const [, bytes] = await server.waitForLine(new RegExp(`^heap ${count}: (\\d+)$`, 'm'));
  return Math.round(Number(bytes) / 100_000) / 10;
}
