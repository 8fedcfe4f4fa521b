import type { SentCredentials } from './answers.ts';
import type { Message, Tabs, Tokens } from './tabs.ts';

/** A session of the client: the source of credentials for its requests. */
export interface Session {
  sending(): SentCredentials;
  /** Gets another access token for an operation that was refused because its own expired. False: the session is over. */
  renew(refused: SentCredentials): Promise<boolean>;
  /** Takes the session of another tab, if there is one to take. */
  restore(): Promise<boolean>;
  /** Reads a message of another tab. Returns whether the viewer may have changed. */
  receive(message: Message): boolean;
  /** Forgets the tokens, or takes others. The other tabs do the same. */
  set(tokens: Tokens | undefined): void;
  /** Forgets the tokens in this tab. */
  drop(): void;
}

/** Creates a session that the server keeps in a cookie. No script can read it. */
export function createCookieSession(
  tabs: () => Tabs,
  credentials: SentCredentials['credentials'],
): Session {
  const sent = { headers: {}, credentials };
  return {
    sending: () => sent,
    renew: async () => false,
    restore: async () => true,
    receive: () => true,
    set: () => tabs().post({}),
    drop: () => {},
  };
}
