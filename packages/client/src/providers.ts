import type { TypedDocument } from './documents.ts';
import type { GatehouseClient } from './gatehouse-client.ts';

/** A log-in at an identity provider that has begun. */
export interface Departure {
  /** What `beginProviderLogin` returned. */
  readonly url: string;
  readonly challenge: string;
  /** What the page goes on with when the user is back, such as `link`. */
  readonly purpose?: string;
  /** The name of the provider, which comes back with its user. */
  readonly provider?: string;
  /** The window that goes there, which `window.open('')` has opened. Default: this one. */
  readonly window?: Window | undefined;
}

/** What a user has brought from a provider, or that the log-in there has failed. */
export type WayBack =
  | ({
      readonly outcome: 'code';
      /** Works once, and for 60 seconds. */
      readonly code: string;
      /** Whether the login has no account: see `signUpByProvider`. */
      readonly isNew: boolean;
    } & Begun)
  | ({ readonly outcome: 'failed' } & Begun);

/** What the page knew when it sent its user to the provider. */
interface Begun {
  readonly challenge: string;
  readonly purpose?: string;
  readonly provider?: string;
}

const key = 'gatehouse-provider';

type Stored = Begun & { readonly hash: string };

/**
 * Sends the user to a provider. The page is left, unless another window goes there. That window, or this tab, keeps the challenge
 * and the place.
 */
export function leaveForProvider({
  url,
  challenge,
  purpose,
  provider,
  window: leaving = window,
}: Departure): void {
  const { hash } = window.location;
  leaving.sessionStorage.setItem(key, JSON.stringify({ challenge, purpose, provider, hash }));
  leaving.location.assign(url);
}

/**
 * Reads what a provider has sent with the user, once: call it before the page reads its address, which then is what it was
 * before. Undefined: the user does not come from a provider, or this tab has begun no log-in there.
 */
export function readWayBack(): WayBack | undefined {
  const stored = window.sessionStorage.getItem(key);
  const sent = new URLSearchParams(window.location.hash.slice(1));
  const [code, error] = [sent.get('code'), sent.get('error')];
  if (error !== 'login_failed' && !/^[\w-]{43}$/.test(code ?? '')) return undefined;
  // A code stays neither in the address nor in the history, also where this tab has begun nothing.
  const { pathname, search } = window.location;
  window.history.replaceState(window.history.state, '', pathname + search);
  if (stored === null) return undefined;
  window.sessionStorage.removeItem(key);
  const { hash, ...begun }: Stored = JSON.parse(stored);
  if (hash) window.history.replaceState(window.history.state, '', hash);
  return code === null
    ? { outcome: 'failed', ...begun }
    : { outcome: 'code', code, isNew: sent.get('new') === 'true', ...begun };
}

/** The query `providerLogoutUrl` of a front end. */
type LogoutUrlDocument = TypedDocument<
  { readonly providerLogoutUrl?: string | null },
  { returnTo: string }
>;

/**
 * Logs out here, and sends the user to the log-out of the provider that opened the session, which sends the user to `returnTo`.
 * Resolves with whether the page is left. False: no provider has opened the session, or it has no such address.
 *
 * @throws {GatehouseError | TypeError} when the session goes on, and where the address could not be read: then the session here
 * has ended, and the viewer is anonymous.
 */
export async function logOutAtProvider(
  client: Pick<GatehouseClient, 'fetch' | 'logOut'>,
  document: LogoutUrlDocument,
  returnTo: string,
): Promise<boolean> {
  // Only the session knows its provider, so this is read before it ends. Without an answer the session ends all the same.
  const [read] = await Promise.allSettled([client.fetch(document, { returnTo })]);
  await client.logOut();
  if (read.status === 'rejected') throw read.reason;
  const { providerLogoutUrl } = read.value;
  if (!providerLogoutUrl) return false;
  window.location.assign(providerLogoutUrl);
  return true;
}
