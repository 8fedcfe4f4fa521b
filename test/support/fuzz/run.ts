import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { type FuzzCase, type FuzzWorld, type MakeCase, rawRequest } from './cases.ts';
import { createRandom } from './random.ts';

export interface FuzzRun {
  readonly url: string;
  readonly seed: number;
  readonly count: number;
  readonly concurrency?: number;
}

/** How often each status came, and what should not have come, with what it takes to have it again. */
export interface FuzzOutcome {
  readonly statuses: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
}

const timeoutMs = 60_000;
const maxListedFaults = 10;

/** Each case has a seed of its own, so that it can be had again alone. */
const seedOf = (seed: number, index: number) => (seed * 1_000_003 + index) >>> 0;

/** Sends made requests, some at a time. A fault: an unexpected answer, or no answer. */
export async function fuzzRequests(
  make: MakeCase,
  world: FuzzWorld,
  { url, seed, count, concurrency = 8 }: FuzzRun,
): Promise<FuzzOutcome> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const tell = createTally();
  await forEach(count, concurrency, async (index) => {
    const made = make(createRandom(seedOf(seed, index)), world);
    const answer = await send(made, url, agent).catch(String);
    const status = typeof answer === 'string' ? 'none' : String(answer.status);
    // 503 with `Retry-After` is what a busy server says by plan.
    const isPlanned =
      typeof answer !== 'string' &&
      (answer.status < 500 || answer.isBusy) &&
      !(made.mustFail === true && answer.status === 200);
    tell(
      status,
      isPlanned
        ? undefined
        : `seed ${seed}, case ${index}: ${JSON.stringify(answer)} to ${JSON.stringify(made)}`,
    );
  });
  agent.destroy();
  return tell.outcome();
}

/** Sends bytes that are a request, nearly one or none, each over a connection of its own. */
export async function fuzzConnections({
  url,
  seed,
  count,
  concurrency = 16,
}: FuzzRun): Promise<FuzzOutcome> {
  const tell = createTally();
  await forEach(count, concurrency, async (index) => {
    const bytes = rawRequest(createRandom(seedOf(seed, index)));
    const answer = await exchange(url, bytes);
    const found = [...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status = '']) => status);
    const fault = answer === hung || found.some((status) => /^50[0234]$/.test(status));
    for (const status of found.length === 0 ? ['closed'] : found) tell(status, undefined);
    if (fault)
      tell(
        'fault',
        `seed ${seed}, case ${index}: ${answer.slice(0, 200)} to ${bytes.toString('base64')}`,
      );
  });
  return tell.outcome();
}

function createTally() {
  const statuses: Record<string, number> = {};
  const faults: string[] = [];
  const tell = (status: string, fault: string | undefined) => {
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (fault !== undefined && faults.length < maxListedFaults) faults.push(fault);
  };
  return Object.assign(tell, { outcome: (): FuzzOutcome => ({ statuses, faults }) });
}

async function forEach(count: number, concurrency: number, work: (index: number) => Promise<void>) {
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const index = next;
      next += 1;
      await work(index);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

interface Reply {
  readonly status: number;
  readonly isBusy: boolean;
  readonly text: string;
}

function send(
  { method, path, headers, body }: FuzzCase,
  url: string,
  agent: Agent,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const options = { method, agent, headers: { ...headers }, timeout: timeoutMs };
    const sent = request(`${url}${path}`, options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject).on('end', () => {
        const { statusCode: status = 0, headers: reported } = response;
        resolve({ status, text, isBusy: status === 503 && reported['retry-after'] !== undefined });
      });
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer'))).on('error', reject);
    sent.end(body);
  });
}

const hung = 'HUNG';

/** All that comes back until the connection ends; the client has nothing more to say. */
function exchange(url: string, bytes: Buffer): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ host: hostname, port: Number(port) });
    socket.setTimeout(timeoutMs, () => {
      text = hung;
      socket.destroy();
    });
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('error', () => {}).on('close', () => resolve(text));
    socket.end(bytes);
  });
}
