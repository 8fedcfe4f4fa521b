import { expect } from 'vitest';
import type { Answer } from './ask.ts';
import { outcomeOf } from './factors-server.ts';
import type { HostileProvider } from './hostile-provider.ts';
import type { createProvidersClient, ProvidersServer } from './providers-server.ts';
import { userPassword } from './test-server.ts';

/** What the provider says of one log-in. */
export interface Said {
  readonly sub: string;
  readonly sid?: string;
  readonly groups?: readonly string[];
}

interface SignedLoginsOptions {
  readonly server: ProvidersServer;
  readonly client: ReturnType<typeof createProvidersClient>;
  readonly provider: HostileProvider;
  /** The clock of the server. */
  readonly now?: () => Date;
}

/** Log-ins at a provider that says what a test wants, and signs it. */
export function createSignedLogins({
  server,
  client,
  provider,
  now = () => new Date(),
}: SignedLoginsOptions) {
  let count = 0;
  /** A subject that no other test has. */
  const aSubject = () => `subject-${++count}`;

  /** Goes to the provider and back, and returns the code. */
  async function codeOf(url: string, cookie: string | undefined, said: Said) {
    const seconds = Math.floor(now().getTime() / 1000);
    const time = { iat: seconds, exp: seconds + 60, auth_time: seconds };
    provider.errAs({
      token: ({ header, claims }) => ({
        header,
        claims: { ...claims, ...time, groups: [], ...said },
      }),
    });
    const { searchParams } = new URL(url);
    provider.expect(searchParams.get('nonce') ?? '');
    const back = `/providers/acme?code=code&state=${searchParams.get('state')}`;
    const answer = await client.comeBack(`${server.url}${back}`, cookie);
    const { hash } = new URL(answer.headers.get('location') ?? '');
    return new URLSearchParams(hash.slice(1)).get('code');
  }

  /** Lets the provider know a user by a subject, and returns the id of the identity. */
  async function link(token: string, sub: string): Promise<string> {
    const { url, cookie } = await client.begin({}, { token });
    const code = await codeOf(url, cookie, { sub });
    const linked = await client.link(token, code, { password: userPassword });
    expect(outcomeOf(linked)).toBe('200 linkProvider');
    return String(linked.data.linkProvider.id);
  }

  /** A user whom the provider knows by a subject. */
  async function aLinkedUser(...groups: string[]) {
    const user = await server.aUser(...groups);
    const sub = aSubject();
    return { user, sub, identityId: await link(user.accessToken, sub) };
  }

  /** Begins a log-in, and returns what a page needs to open its session. */
  async function begin(said: Said) {
    const { url, cookie, challenge } = await client.begin();
    const proof = client.proofOf(await codeOf(url, cookie, said));
    return { complete: () => client.completeSession(challenge, proof) };
  }

  /** Logs in with the provider in a browser, and returns the cookie of its session. */
  const logIn = async (said: Said): Promise<string> =>
    cookieOf(await (await begin(said)).complete());

  return { aSubject, codeOf, link, aLinkedUser, begin, logIn };
}

/** The cookie of a session that was opened. */
export function cookieOf({ headers, text }: Answer): string {
  const [set] = headers.getSetCookie();
  if (set === undefined) throw new Error(text);
  return set.split(';')[0] ?? '';
}
