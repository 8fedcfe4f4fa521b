import { setTimeout } from 'node:timers/promises';
import type { Answer, AskOptions } from '../ask.ts';
import { eventually } from '../eventually.ts';
import { openTestSocket, type TestSocket } from '../test-socket.ts';
import type { LoadCount } from './load.ts';

export interface SocketsOptions {
  readonly url: string;
  readonly count: LoadCount;
  readonly tokens: { readonly good: string; readonly revoked: string; readonly id: string };
  /** Whether the server's end may close sockets. */
  readonly mayCut: boolean;
  readonly isStopped: () => boolean;
  /** Asks over HTTP, and counts it. */
  readonly askServer: (url: string, query: string, options?: AskOptions) => Promise<Answer>;
  /** Counts one question, and how long it took to be answered. */
  readonly timed: <Result>(question: () => Promise<Result>) => Promise<Result>;
}

/** Closed since the database is away; by the server's end, and by a connection that broke with it. */
const away = 1013;
const endings = [1001, 1006];
/** A socket may send 50 messages a second. */
const pauseMs = 40;
const whoIsAsking = '{ viewer { groups } me { id } }';

/**
 * Lets viewers ask over WebSockets, and one watch who enters a room, through whatever happens. Resolves when
 * it has been stopped and all has been answered, and then all that was acknowledged has been heard.
 */
export async function runSockets(options: SocketsOptions): Promise<void> {
  const { good, revoked, id } = options.tokens;
  const isKnown = ({ data, code }: SocketAnswer) =>
    data?.viewer.groups.includes('ADMIN') &&
    (data.me === null ? code === 'SERVICE_UNAVAILABLE' : data.me.id === id);
  const isRevoked = ({ reason }: SocketAnswer) => reason === 'TOKEN_REVOKED';
  await Promise.all([
    lookOverSockets(options, { token: good, isRight: isKnown }),
    lookOverSockets(options, { token: revoked, isRight: isRevoked }),
    watchEntries(options),
  ]);
}

interface SocketAnswer {
  // biome-ignore lint/suspicious/noExplicitAny: whatever came back.
  readonly data: any;
  readonly code: unknown;
  readonly reason: unknown;
}

/** Asks the same again and again, over one socket as long as that is there. */
async function lookOverSockets(
  options: SocketsOptions,
  { token, isRight }: { token: string; isRight: (answer: SocketAnswer) => boolean },
): Promise<void> {
  const { count } = options;
  await overSockets(options, token, async (socket) => {
    const answer = await options.timed(() => askOver(socket));
    if (answer === undefined) return; // the socket has ended meanwhile
    if (answer.data === undefined && answer.code === 'SERVICE_UNAVAILABLE') count.refused += 1;
    else if (isRight(answer)) count.answered += 1;
    else count.wrong.push(`over a socket a viewer got ${JSON.stringify(answer)}`);
    await setTimeout(pauseMs);
  });
}

async function askOver(socket: TestSocket): Promise<SocketAnswer | undefined> {
  const { results, ended } = socket.subscribe(whoIsAsking);
  const end = await Promise.race([ended, socket.ended.then(() => 'closed')]);
  if (end !== 'complete' && !Array.isArray(end)) return undefined;
  const [{ data = undefined, errors = [] } = {}] = results;
  const [error] = Array.isArray(end) ? end : errors;
  return { data, code: error?.extensions?.code, reason: error?.extensions?.reason };
}

/** Does something with a socket until it is stopped; with another one when that has been closed. */
async function overSockets(
  { url, count, mayCut, isStopped }: SocketsOptions,
  token: string,
  turn: (socket: TestSocket) => Promise<void>,
): Promise<void> {
  const mayEndWith = mayCut ? [away, ...endings] : [away];
  while (!isStopped()) {
    const socket = openTestSocket(url, { token });
    let isOpen = true;
    void socket.ended.then(() => {
      isOpen = false;
    });
    await socket.connected.catch(() => {});
    while (isOpen && !isStopped()) await turn(socket);
    if (isOpen) await socket.close();
    else {
      const { code, reason } = await socket.ended;
      if (!mayEndWith.includes(code)) count.wrong.push(`a socket ended: ${code} ${reason}`);
    }
    await setTimeout(20);
  }
}

/** One subscription: the entries that it received, in that order. */
interface Watch {
  readonly heard: string[];
  /** How many entries had been acknowledged when the first one was heard. */
  since: number;
  isRunning: boolean;
}

/** Enters a room again and again, and checks that each subscription receives every entry once. */
async function watchEntries(options: SocketsOptions): Promise<void> {
  const { url, count, tokens, isStopped, askServer } = options;
  const room = await makeRoom(options);
  const entered: string[] = [];
  const watches: Watch[] = [];
  let isOver = false;
  const watching = overSockets(options, tokens.good, async (socket) => {
    const watch: Watch = { heard: [], since: 0, isRunning: true };
    watches.push(watch);
    watch.isRunning = await watchOver(socket, { room, watch, entered, isOver: () => isOver });
  });
  while (!isStopped()) {
    const answer = await askServer(
      `${url}/graphql`,
      `mutation { enterRoom(id: "${room}") { id } }`,
      {
        token: tokens.good,
      },
    ).catch(() => undefined);
    if (answer?.status === 200) entered.push(answer.data.enterRoom.id);
    await setTimeout(20);
  }
  isOver = true;
  await watching;
  for (const watch of watches) count.wrong.push(...faultsOf(watch, entered));
  count.heard += watches.reduce((sum, { heard }) => sum + heard.length, 0);
}

/** The faults may have begun: it is asked again until there is a room. */
function makeRoom({ url, tokens, askServer }: SocketsOptions): Promise<string> {
  const input = '{ name: "Watched", floor: 1, groups: [MANAGER] }';
  const query = `mutation { createRoom(input: ${input}) { id } }`;
  return eventually(async () => {
    const { data } = await askServer(`${url}/graphql`, query, { token: tokens.good });
    return data.createRoom.id;
  });
}

interface Watched {
  readonly room: string;
  readonly watch: Watch;
  readonly entered: readonly string[];
  /** Whether all entries were made. */
  readonly isOver: () => boolean;
}

/** Watches until all entries were made and the last one was received. False when the subscription ended before. */
async function watchOver(
  socket: TestSocket,
  { room, watch, entered, isOver }: Watched,
): Promise<boolean> {
  let hasEnded = false;
  const stop = socket.client.subscribe<{ roomEntered: { id: string } }>(
    { query: `subscription { roomEntered(roomId: "${room}") { id } }` },
    {
      next({ data }) {
        if (data === undefined || data === null) return; // it cannot be read now: an error says so
        if (watch.heard.length === 0) watch.since = entered.length;
        watch.heard.push(data.roomEntered.id);
      },
      error: () => {
        hasEnded = true;
      },
      complete: () => {
        hasEnded = true;
      },
    },
  );
  const hasHeardAll = () => watch.heard.includes(entered.at(-1) ?? '');
  const patientUntilMs = () => performance.now() + 10_000;
  let untilMs = patientUntilMs();
  while (!hasEnded && !(isOver() && (hasHeardAll() || performance.now() > untilMs))) {
    if (!isOver()) untilMs = patientUntilMs();
    await setTimeout(5);
  }
  if (!hasEnded) stop();
  return !hasEnded;
}

/** Entries that were received twice, or are missing before the last one; in a running subscription, missing at all. */
function faultsOf({ heard, since, isRunning }: Watch, entered: readonly string[]): string[] {
  const known = new Set(heard);
  const twice = heard.length - known.size;
  const lastHeard = entered.findLastIndex((id) => known.has(id));
  const expected = entered.slice(since, isRunning && heard.length > 0 ? undefined : lastHeard + 1);
  const missed = expected.filter((id) => !known.has(id)).length;
  return [
    ...(twice === 0 ? [] : [`${twice} entries were received twice`]),
    ...(missed === 0 ? [] : [`${missed} of ${expected.length} entries were never received`]),
  ];
}
