import { dataOf, type Proof, type Send } from './answers.ts';
import type { Message, Tabs, Tokens } from './tabs.ts';
import { type AnsweredViewer, viewerFields } from './viewer.ts';

/** A name and a password. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/** How requests prove who sends them. */
export interface Session {
  sending(): Proof;
  /** Logs in. Returns the `Viewer` of the API, if the answer has it. */
  open(login: Login): Promise<AnsweredViewer | undefined>;
  /** Gets another access token for an operation that was refused because its own expired. False: the session is over. */
  renew(refused: Proof): Promise<boolean>;
  /** Takes the session of another tab, if there is one to take. */
  restore(): Promise<boolean>;
  /** Reads a message of another tab. Returns whether the viewer may have changed. */
  receive(message: Message): boolean;
  /** Forgets the tokens, or takes others. The other tabs do the same. */
  set(tokens: Tokens | undefined): void;
  /** Forgets the tokens in this tab. */
  drop(): void;
}

/** What a login returns: the `Viewer` of the API beside a cookie, or tokens. */
interface Opened {
  readonly viewer?: AnsweredViewer;
  readonly tokens?: Tokens;
}

const tokenFields = '{accessToken refreshToken}';
const loginOf = (field: string, selection: string): string =>
  `mutation($username:String!,$password:String!){${field}(username:$username,password:$password)${selection}}`;
const refreshQuery = `mutation($refreshToken:String!){tokens:refresh(refreshToken:$refreshToken)${tokenFields}}`;

/** How long other tabs have to hand over their tokens, in milliseconds. */
const answerMs = 200;

/** How often an answer that was lost is asked for again: at once, and then after this many milliseconds. */
const maxRepeats = 2;
const repeatMs = 500;

/**
 * Creates the session of one client. Cookies are kept by the server, and no script can read them. Tokens are kept in
 * memory: all tabs have the same ones, and refresh them once for all.
 */
export function createSession(kind: 'cookie' | 'token', send: Send, tabs: () => Tabs): Session {
  const isCookie = kind === 'cookie';
  const credentials = isCookie ? 'include' : 'omit';
  let tokens: Tokens | undefined;
  let renewing: Promise<boolean> | undefined;

  const sending = (): Proof => ({
    headers: tokens ? { authorization: `Bearer ${tokens.accessToken}` } : {},
    credentials,
  });

  function set(next: Tokens | undefined, isSame = false): void {
    tokens = next;
    tabs().post({ tokens, isSame });
  }

  async function refresh({ headers }: Proof): Promise<boolean> {
    // Another token than the refused one is there.
    if (!tokens || sending().headers.authorization !== headers.authorization) return !!tokens;
    const { refreshToken } = tokens;
    const next = await repeatLost(async () => {
      const operation = { query: refreshQuery, variables: { refreshToken } };
      const answer = await send<Opened>(operation, { headers: {}, credentials });
      const isOver = answer.errors?.[0]?.extensions?.code === 'UNAUTHENTICATED';
      return isOver ? undefined : dataOf(answer).tokens;
    });
    // Unless another login has taken its place.
    if (tokens?.refreshToken === refreshToken) set(next, true);
    return !!tokens;
  }

  return {
    sending,
    async open(variables) {
      const query = isCookie
        ? loginOf('viewer:startSession', viewerFields)
        : loginOf('tokens:login', tokenFields);
      const opened = dataOf(await send<Opened>({ query, variables }, { headers: {}, credentials }));
      set(opened.tokens);
      return opened.viewer;
    },
    renew(refused) {
      renewing ??= tabs()
        .alone(() => refresh(refused))
        .finally(() => {
          renewing = undefined;
        });
      return renewing;
    },
    async restore() {
      if (!tokens && !isCookie) {
        tabs().post({ isQuestion: true });
        await tabs().nextMessage(answerMs);
      }
      return !!tokens || isCookie;
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

/** Repeats a request whose answer was lost: the server gives the same successor again for a few seconds. */
async function repeatLost<Result>(request: () => Promise<Result>): Promise<Result> {
  for (let repeated = 0; ; repeated += 1) {
    try {
      return await request();
    } catch (error) {
      if (repeated === maxRepeats) throw error;
      await new Promise((resolve) => setTimeout(resolve, repeated * repeatMs));
    }
  }
}
