import type { Operation, Proof } from './answers.ts';
import type { Message, Tabs, Tokens } from './tabs.ts';
import { type AnsweredViewer, viewerFields } from './viewer.ts';

/** A name and a password. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/** A session of the client: the source of credentials for its requests. */
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

/** Sends an operation and returns its data. @throws {GatehouseError} when the answer has errors. */
export type Read = <Data>(operation: Operation, proof: Proof) => Promise<Data>;

/** Writes a mutation that logs in. */
export const loginOf = (field: string, selection: string): string =>
  `mutation($username:String!,$password:String!){${field}(username:$username,password:$password)${selection}}`;

/** Creates a session that the server keeps in a cookie. No script can read it. */
export function createCookieSession(
  read: Read,
  tabs: () => Tabs,
  credentials: Proof['credentials'],
): Session {
  const proof = { headers: {}, credentials };
  const query = loginOf('viewer:startSession', viewerFields);
  return {
    sending: () => proof,
    async open(variables) {
      const { viewer } = await read<{ viewer: AnsweredViewer }>({ query, variables }, proof);
      tabs().post({});
      return viewer;
    },
    renew: async () => false,
    restore: async () => true,
    receive: () => true,
    set: () => tabs().post({}),
    drop: () => {},
  };
}
