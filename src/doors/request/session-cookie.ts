import { parse, serialize } from 'cookie';
import type { NewSessionCookie } from '../../values/browser-session.ts';

/** How the session cookie of this server is sent. */
export interface SessionCookieOptions {
  /** `lax` also sends it when a link on another site opens a page: for pages that are rendered on a server. */
  readonly sameSite: 'strict' | 'lax';
  /** Whether a cookie without `Secure` is allowed, for a browser on the same machine. Never in production. */
  readonly allowsInsecure: boolean;
}

/** The part of a request that determines its session cookie. */
export interface CookieTarget {
  /** The host that the client asked for, with its port. */
  readonly host: string;
  readonly isEncrypted: boolean;
}

/**
 * The prefix makes browsers enforce `Secure`, `Path=/` and no `Domain` (RFC 6265bis, 4.1.3.2), so that a sibling
 * subdomain cannot replace the cookie.
 */
const secureNames = {
  session: '__Host-gatehouse',
  challenge: '__Host-gatehouse-login',
  mark: '__Host-gatehouse-browser',
} as const;
const insecureNames = {
  session: 'gatehouse-dev',
  challenge: 'gatehouse-dev-login',
  mark: 'gatehouse-dev-browser',
} as const;

/** What a cookie continues: a session, a login of which a factor is due, or what a browser has begun at another site. */
export type CookieUse = keyof typeof secureNames;

const namesFor = (target: CookieTarget, options: SessionCookieOptions) =>
  isInsecure(target, options) ? insecureNames : secureNames;

/** Without TLS, browsers reject the secure cookie, except for some on `localhost`. */
const isInsecure = ({ host, isEncrypted }: CookieTarget, options: SessionCookieOptions): boolean =>
  options.allowsInsecure && !isEncrypted && isLoopback(host);

/** Whether a host with an optional port is on this machine (RFC 6761, 6.3; RFC 1122, 3.2.1.3). */
function isLoopback(host: string): boolean {
  const url = `http://${host}`;
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return (
    /^(.+\.)?localhost$/.test(hostname) || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
  );
}

/**
 * Returns the value of a cookie of ours in a header `Cookie`; undefined: it has none.
 *
 * Of two cookies with this name, a sibling subdomain or a script may have set one (RFC 6265, 8.6), and nothing shows
 * which. Returns an empty value then, which is malformed. A browser cannot have two with the secure name.
 */
export function readSessionCookie(
  header: string | undefined,
  target: CookieTarget,
  { use = 'session', ...options }: SessionCookieOptions & { readonly use?: CookieUse },
): string | undefined {
  if (header === undefined) return undefined;
  const name = namesFor(target, options)[use];
  const count = header.split(';').filter((pair) => pair.split('=')[0]?.trim() === name).length;
  return count > 1 ? '' : parse(header)[name];
}

/**
 * Returns the header `Set-Cookie` for a new cookie; null: expires it.
 *
 * The cookie lives as long as its session or challenge can. It needs no renewal, so a server that renders pages can forward it.
 */
export function toSetCookie(
  cookie: NewSessionCookie | null,
  target: CookieTarget,
  {
    now,
    use = 'session',
    ...options
  }: SessionCookieOptions & { readonly now: Date; readonly use?: CookieUse },
): string {
  const lifeMs = cookie === null ? 0 : cookie.expiresAt.getTime() - now.getTime();
  return serialize(namesFor(target, options)[use], cookie?.value ?? '', {
    httpOnly: true,
    secure: !isInsecure(target, options),
    // It opens nothing, and the way back from another site must have it.
    sameSite: use === 'mark' ? 'lax' : options.sameSite,
    path: '/',
    maxAge: Math.max(0, Math.floor(lifeMs / 1000)),
  });
}
