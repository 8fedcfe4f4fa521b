// Loaded only when a page logs in. It imports types alone, so that it shares no chunk with the others.
import type { Answer, Operation, Send } from './answers.ts';
import type { Connection } from './connection-parts.ts';
import type { Session } from './session.ts';
import type { Tokens } from './tabs.ts';
import type { AnsweredViewer, Store, Viewer } from './viewer.ts';

export interface Login {
  readonly username: string;
  readonly password: string;
}

/**
 * A proof of one factor, such as `{ otp: '123456' }` or `{ provider: { code } }`: the input `Proof` of the API. It has one
 * field.
 */
export type Proof = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** A proof, and the challenge that asked for it. */
export interface ChallengedProof {
  readonly challenge: string;
  readonly proof: Proof;
}

/** What is due before a login or a proof is complete: a proof of one of `factors`. */
export interface DueFactors {
  /** Sent with the proof. Only for the browser that has begun the login. */
  readonly challenge: string;
  /** Such as `OTP` and `PASSKEY`: values of the enum `Factor` of the API. */
  readonly factors: readonly string[];
  readonly expiresAt: Date;
}

/** The ways to log in, and to prove again who uses a session. Undefined: nothing is due. */
export interface LogIn {
  logIn(login: Login): Promise<DueFactors | undefined>;
  completeLogIn(given: ChallengedProof): Promise<DueFactors | undefined>;
  reauthenticate(given: ProofOfSession): Promise<DueFactors | undefined>;
  logOut(options?: { readonly everywhere?: boolean }): Promise<void>;
  fetchWithProof<Data>(operation: Operation): Promise<Proven<Data>>;
}

/** A proof for a session. Its challenge is that of the factors that were due before. */
export type ProofOfSession = Pick<ChallengedProof, 'proof'> & Partial<ChallengedProof>;

/** The data of an operation with a proof, or what is due before it is done. */
export type Proven<Data> = { readonly data: Data } | { readonly due: DueFactors };

interface Parts extends Pick<Connection, 'begin' | 'renew' | 'end' | 'request' | 'readViewer'> {
  readonly isCookie: boolean;
  readonly send: Send;
  readonly session: () => Session;
  readonly store: Store;
  readonly viewerFields: string;
  readonly toViewer: (viewer: AnsweredViewer) => Viewer;
  /** @throws {GatehouseError} */
  readonly dataOf: <Data>(answer: Answer<Data>) => Data;
  readonly refuseUnknown: (left: Readonly<Record<string, never>>) => void;
}

interface Opened {
  readonly viewer?: AnsweredViewer;
  readonly tokens?: Tokens;
}

/** The data of a mutation, or what is due. */
interface Result {
  readonly due?: DueFactors | undefined;
  readonly opened?: Opened;
}

export function create(parts: Parts): LogIn {
  const { isCookie, send, session, begin, renew, readViewer } = parts;

  /** Sends a mutation, and once more if the access token has expired. */
  async function ask(query: string, variables: object, isRetry = false): Promise<Result> {
    const sent = session().sending();
    const answer = await send<Opened>({ query, variables }, sent);
    const extensions = answer.errors?.[0]?.extensions ?? {};
    if (!isRetry && extensions.reason === 'TOKEN_EXPIRED' && (await session().renew(sent))) {
      return ask(query, variables, true);
    }
    const due = dueOf(extensions);
    if (due) return { due };
    const opened = parts.dataOf(answer);
    session().set(opened.tokens);
    return { opened };
  }

  async function open(field: string, variables: object): Promise<DueFactors | undefined> {
    const selection = isCookie ? parts.viewerFields : tokenFields;
    const { due, opened } = await ask(mutationOf(field, variables, selection), variables);
    if (due) return due;
    begin();
    if (opened?.viewer) parts.store.set(parts.toViewer(opened.viewer));
    else await readViewer();
    return undefined;
  }

  return {
    logIn: ({ username, password }) =>
      open(isCookie ? 'viewer:startSession' : 'tokens:login', { username, password }),
    completeLogIn: ({ challenge, proof }) =>
      open(isCookie ? 'viewer:completeSession' : 'tokens:completeLogin', { challenge, proof }),
    async reauthenticate({ challenge, proof }) {
      const variables = { proof, ...(challenge && { challenge }) };
      const field = `${isCookie ? 'session' : 'tokens'}:reauthenticate`;
      const selection = isCookie ? '{user{id}}' : tokenFields;
      const asked = ask(mutationOf(field, variables, selection), variables);
      const due = await renew(asked.then((result) => result.due));
      if (!due) await readViewer();
      return due;
    },
    async fetchWithProof<Data>(operation: Operation): Promise<Proven<Data>> {
      const answer = await parts.request<Data>(operation);
      const due = dueOf(answer.errors?.[0]?.extensions ?? {});
      return due ? { due } : { data: parts.dataOf(answer) };
    },
    async logOut({ everywhere, ...unknown } = {}) {
      parts.refuseUnknown(unknown);
      const field = everywhere ? 'logoutEverywhere' : 'logout';
      const answer = await parts.request({ query: `mutation{${field}}` });
      if (answer.errors && parts.store.get().state !== 'anonymous') parts.dataOf(answer);
      session().set(undefined);
      parts.end();
    },
  };
}

const tokenFields = '{accessToken refreshToken}';

/** Writes a mutation that has these variables as its arguments. */
function mutationOf(field: string, variables: object, selection: string): string {
  const names = Object.keys(variables);
  const types = names.map((name) => `$${name}:${name === 'proof' ? 'Proof' : 'String'}!`);
  return `mutation(${types}){${field}(${names.map((name) => `${name}:$${name}`)})${selection}}`;
}

/** Reads what is due from the extensions of a refusal. */
function dueOf({
  reason,
  challenge,
  factors,
  expiresAt,
}: Readonly<Record<string, unknown>>): DueFactors | undefined {
  if (reason !== 'FACTOR_REQUIRED' || !Array.isArray(factors)) return undefined;
  return {
    challenge: `${challenge}`,
    factors: factors.map(String),
    expiresAt: new Date(`${expiresAt}`),
  };
}
