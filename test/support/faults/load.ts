import { setTimeout } from 'node:timers/promises';
import { type Answer, ask } from '../ask.ts';
import { type Acknowledged, createAcknowledged, createWriter } from '../kill/writer.ts';
import { runSockets } from './sockets.ts';

/** No answer may take longer, whatever has failed. */
export const lateAfterMs = 3_000;
/** Where a COMMIT was not answered: PostgreSQL is asked for a second more what has become of it. */
const lateUnknownAfterMs = lateAfterMs + 1_000;

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** What has come of the requests of a load. */
export interface LoadCount {
  answered: number;
  /** 503, with the code and the header that belong to it. */
  refused: number;
  /** 500 of a mutation of which it cannot be known whether it was done, without the header that says to try again. */
  unknown: number;
  /** Cut by the server's end before an answer. */
  cut: number;
  late: number;
  /** When the mutation began that was answered last. */
  lastWriteBegunAtMs: number;
  slowestMs: number;
  /** Events that subscriptions received. */
  heard: number;
  /** Whatever else came: none is right. */
  readonly wrong: string[];
}

export interface Load {
  readonly count: LoadCount;
  /** What was acknowledged. */
  readonly known: Acknowledged;
  /** Resolves with the time, in milliseconds, until a mutation was answered that began from now on. */
  recovered(): Promise<number>;
  /** Ends it once every request has been answered. */
  stop(): Promise<void>;
}

export interface LoadOptions {
  readonly url: string;
  readonly admin: Credentials;
  /** How many write, each without a pause. */
  readonly writers: number;
  /** Whether the server's end may cut requests. */
  readonly mayCut?: boolean;
  /** Apart from all other loads on the database. */
  readonly name: string;
  readonly known?: Acknowledged;
}

/** Logs in, and lets writers work and viewers ask and watch without a pause, through whatever happens. */
export async function startLoad(options: LoadOptions): Promise<Load> {
  const { url, admin, name, known = createAcknowledged() } = options;
  const count: LoadCount = {
    answered: 0,
    refused: 0,
    unknown: 0,
    cut: 0,
    late: 0,
    slowestMs: 0,
    lastWriteBegunAtMs: 0,
    heard: 0,
    wrong: [],
  };
  const mayCut = options.mayCut ?? false;
  const timed = createTimed(count);
  const askServer = createCountingAsk(count, { mayCut, timed });
  const tokens = await logIn(url, admin);
  let isStopped = false;

  async function write(n: number): Promise<void> {
    const writer = { url, admin, accessToken: tokens.good, name: `${name}w${n}`, askServer };
    const once = createWriter(writer, known);
    for (let turn = 0; !isStopped; turn += 1) {
      await once(turn).catch(pause); // counted where it was answered
    }
  }
  async function look(token: string, isRight: (answer: Answer) => boolean): Promise<void> {
    while (!isStopped) {
      const answer = await askServer(`${url}/graphql`, '{ viewer { groups } me { id } }', {
        token,
      }).catch(() => undefined);
      if (answer !== undefined && answer.status !== 503 && !isRight(answer)) {
        count.wrong.push(`a viewer got ${answer.status} ${answer.text}`);
      }
      await pause();
    }
  }
  // Of two fields one may fail alone; but the viewer never changes.
  const isKnown = ({ status, data, code }: Answer) =>
    status === 200 &&
    data.viewer.groups.includes('ADMIN') &&
    (data.me === null ? code === 'SERVICE_UNAVAILABLE' : data.me.id === tokens.id);
  const isRevoked = ({ status, reason }: Answer) => status === 401 && reason === 'TOKEN_REVOKED';
  const running = [
    ...Array.from({ length: options.writers }, (_, n) => write(n)),
    look(tokens.good, isKnown),
    look(tokens.revoked, isRevoked),
    runSockets({ url, count, tokens, mayCut, isStopped: () => isStopped, askServer, timed }),
  ];
  return {
    count,
    known,
    async recovered() {
      const fromMs = performance.now();
      while (count.lastWriteBegunAtMs < fromMs && performance.now() - fromMs < 60_000) {
        await setTimeout(5);
      }
      return performance.now() - fromMs;
    },
    async stop() {
      isStopped = true;
      await Promise.all(running);
    },
  };
}

const pause = () => setTimeout(20);

type Timed = <Result>(
  question: () => Promise<Result>,
  /** After how many milliseconds an answer is late. */
  limitOf?: (answer: Result) => number,
) => Promise<Result>;

/** Makes what measures how long an answer takes. */
const createTimed =
  (count: LoadCount): Timed =>
  async (question, limitOf = () => lateAfterMs) => {
    const begunAtMs = performance.now();
    const note = (limitMs: number) => {
      const tookMs = performance.now() - begunAtMs;
      count.slowestMs = Math.max(count.slowestMs, tookMs);
      if (tookMs > limitMs) count.late += 1;
    };
    try {
      const answer = await question();
      note(limitOf(answer));
      return answer;
    } catch (error) {
      note(lateAfterMs);
      throw error;
    }
  };

function createCountingAsk(
  count: LoadCount,
  { mayCut, timed }: { readonly mayCut: boolean; readonly timed: Timed },
): typeof ask {
  return async (...words) => {
    const begunAtMs = performance.now();
    try {
      const answer = await timed(
        () => ask(...words),
        (each) => (isUnknown(each) ? lateUnknownAfterMs : lateAfterMs),
      );
      if (answer.status === 503) {
        if (isInOrder(answer)) count.refused += 1;
        else count.wrong.push(`503 without what belongs to it: ${answer.text}`);
      } else if (words[1].startsWith('mutation') && isUnknown(answer)) {
        count.unknown += 1;
      } else if (answer.status >= 500 || answer.status === 409) {
        count.wrong.push(`${answer.status} ${answer.text}`);
      } else count.answered += 1;
      if (answer.status === 200 && words[1].startsWith('mutation')) {
        count.lastWriteBegunAtMs = begunAtMs;
      }
      return answer;
    } catch (error) {
      count.cut += 1;
      if (!mayCut) count.wrong.push(String(error));
      throw error;
    }
  };
}

const isInOrder = ({ code, headers }: Answer): boolean =>
  code === 'SERVICE_UNAVAILABLE' && headers.get('retry-after') !== null;

const isUnknown = ({ status, code, headers }: Answer): boolean =>
  status === 500 && code === 'OUTCOME_UNKNOWN' && headers.get('retry-after') === null;

const loginQuery = `mutation($username: String!, $password: String!) {
  login(username: $username, password: $password) { accessToken user { id } } }`;

/** A token of the first ADMIN, who makes rooms as well, and one that has been revoked. */
async function logIn(url: string, admin: Credentials) {
  const login = async () =>
    (await ask(`${url}/graphql`, loginQuery, { variables: { ...admin } })).data.login;
  const { accessToken: good, user } = await login();
  const grant = `mutation { grantGroup(userId: "${user.id}", group: MANAGER) { id } }`;
  await ask(`${url}/graphql`, grant, { token: good });
  const { accessToken: revoked } = await login();
  await ask(`${url}/graphql`, 'mutation { logout }', { token: revoked });
  return { good, revoked, id: String(user.id) };
}
