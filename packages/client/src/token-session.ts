// Loaded only by pages whose session has tokens. It imports types alone, so that it shares no chunk with the others.
import type { Answer, Send, SentCredentials } from './answers.ts';
import type { Session } from './session.ts';
import type { Tabs, Tokens } from './tabs.ts';

/** The part of the Web Locks API that is used. Node.js 20 lacks it. */
interface Locks {
  request<Result>(
    name: string,
    options: { readonly ifAvailable?: boolean },
    work: (lock: unknown) => Promise<Result>,
  ): Promise<Result>;
}
declare const navigator: { readonly locks?: Locks } | undefined;

/** How long other tabs have to hand over their tokens, in milliseconds. */
const answerMs = 200;

/** The maximum time to wait for the message of the tab that has refreshed, after its lock, in milliseconds. */
const patienceMs = 1000;

/** How often an answer that was lost is asked for again: at once, and then after this many milliseconds. */
const maxRepeats = 2;
const repeatMs = 500;

const parameters = '$refreshToken:String!';
const refreshQuery = `mutation(${parameters}){tokens:refresh(refreshToken:$refreshToken){accessToken refreshToken}}`;

/** Creates a session of tokens in memory. All tabs have the same ones, and refresh them once for all. */
export function createTokenSession(
  send: Send,
  tabs: () => Tabs,
  dataOf: <Data>(answer: Answer<Data>) => Data,
): Session {
  let tokens: Tokens | undefined;
  let renewing: Promise<boolean> | undefined;

  const sending = (): SentCredentials => ({
    headers: tokens ? { authorization: `Bearer ${tokens.accessToken}` } : {},
    credentials: 'omit',
  });

  function set(next: Tokens | undefined, isSame = false): void {
    tokens = next;
    tabs().post({ tokens, isSame });
  }

  async function refresh({ headers }: SentCredentials): Promise<boolean> {
    // Another token than the refused one is there.
    if (!tokens || sending().headers.authorization !== headers.authorization) return !!tokens;
    const { refreshToken } = tokens;
    const operation = { query: refreshQuery, variables: { refreshToken } };
    const next = await repeatLost(async () =>
      dataOf(await send<{ tokens: Tokens }>(operation, sending())),
    );
    // Unless another login has taken its place.
    if (tokens?.refreshToken === refreshToken) set(next?.tokens, true);
    return !!tokens;
  }

  return {
    sending,
    renew(refused) {
      renewing ??= alone(tabs(), () => refresh(refused)).finally(() => {
        renewing = undefined;
      });
      return renewing;
    },
    async restore() {
      if (!tokens) {
        tabs().post({ isQuestion: true });
        await Promise.race([tabs().nextMessage(), wait(answerMs)]);
      }
      return !!tokens;
    },
    receive(message) {
      if (message.isQuestion) {
        if (tokens) tabs().post({ tokens, isSame: true });
        return false;
      }
      const isNews = !(message.isSame && tokens && message.tokens);
      tokens = message.tokens;
      return isNews;
    },
    set,
    drop() {
      tokens = undefined;
    },
  };
}

/** Does `work` while no other tab does. If one does now, waits for it and for its message first. */
function alone({ name, nextMessage }: Tabs, work: () => Promise<boolean>): Promise<boolean> {
  const locks = typeof navigator === 'undefined' ? undefined : navigator.locks;
  if (!locks) return work();
  return locks.request(name, { ifAvailable: true }, (lock) => {
    if (lock) return work();
    const message = nextMessage();
    // It can arrive after the lock.
    return locks.request(name, {}, () => Promise.race([message, wait(patienceMs)]).then(work));
  });
}

const isOutcomeUnknown = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'OUTCOME_UNKNOWN';

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Repeats a request whose answer was lost: the server gives the same successor again for a few seconds. Returns
 * undefined when the server refuses the token.
 */
async function repeatLost<Result>(request: () => Promise<Result>): Promise<Result | undefined> {
  for (let repeated = 0; ; repeated += 1) {
    try {
      return await request();
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'UNAUTHENTICATED') {
        return undefined;
      }
      if (repeated === maxRepeats || isOutcomeUnknown(error)) throw error;
      await wait(repeated * repeatMs);
    }
  }
}
