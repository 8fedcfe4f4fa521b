import type { PresentedCredentials } from '../../authentication/authenticate.ts';
import {
  type BrowserSession,
  type NewSessionCookie,
  withoutCookies,
} from '../../values/browser-session.ts';
import {
  type CookieRequest,
  type CrossSiteReason,
  findCrossSiteReason,
  preflightHeaders,
} from './cross-site.ts';
import { CrossSiteError } from './cross-site-error.ts';
import {
  type CookieTarget,
  type CookieUse,
  readSessionCookie,
  type SessionCookieOptions,
  toSetCookie,
} from './session-cookie.ts';

/** Reads what session cookies depend on. Called only where there is a cookie, or one is set: most requests have none. */
export type ReadBrowserRequest = () => BrowserRequest;

/** A request, as far as session cookies concern it. */
export interface BrowserRequest extends CookieRequest, CookieTarget {
  readonly cookie: string | undefined;
}

export interface RequestCookiesOptions extends SessionCookieOptions {
  readonly allowedOrigins: readonly string[];
  readonly now: () => Date;
}

export interface RequestCookies {
  /**
   * Adds the session cookie to the values of the header `Authorization`, unless there are any.
   *
   * @throws {CrossSiteError} when there is a cookie that does not count: such a request must not run as anonymous.
   */
  credentialsOf(
    sent: { readonly authorization: readonly string[]; readonly hasCookies: boolean },
    read: ReadBrowserRequest,
  ): PresentedCredentials;
  /** Creates what sets the cookie of the response. */
  browserSessionOf(read: ReadBrowserRequest): BrowserSession;
}

/** Creates the functions that read and write the session cookie of a request over HTTP. */
export function createRequestCookies(options: RequestCookiesOptions): RequestCookies {
  const { allowedOrigins, now } = options;

  function requireOwnSite(request: BrowserRequest): void {
    const reason = findCrossSiteReason(request, allowedOrigins);
    if (reason !== undefined) throw new CrossSiteError(adviceFor[reason]);
  }

  return {
    credentialsOf({ authorization, hasCookies }, read) {
      if (authorization.length > 0 || !hasCookies) return { authorization };
      const request = read();
      const sessionCookie = readSessionCookie(request.cookie, request, {
        ...options,
        use: 'session',
      });
      if (sessionCookie !== undefined) requireOwnSite(request);
      return { authorization, sessionCookie };
    },
    browserSessionOf(read) {
      let setCookie: string | undefined;
      const change = (cookie: NewSessionCookie | null, use: CookieUse) => {
        const request = read();
        if (request.isUpgrade) return;
        setCookie = toSetCookie(cookie, request, { ...options, use, now: now() });
      };
      const present = (use: CookieUse) => {
        const request = read();
        return readSessionCookie(request.cookie, request, { ...options, use });
      };
      return {
        requireAvailable() {
          const request = read();
          if (request.isUpgrade) withoutCookies.requireAvailable();
          requireOwnSite(request);
        },
        set: (cookie) => change(cookie, 'session'),
        setChallenge: (cookie) => change(cookie, 'challenge'),
        challenge: () => present('challenge'),
        setMark: (cookie) => change(cookie, 'mark'),
        mark: () => present('mark'),
        clear: () => change(null, 'session'),
        setCookie: () => setCookie,
      };
    },
  };
}

const adviceFor: Readonly<Record<CrossSiteReason, string>> = {
  SIMPLE_REQUEST: `Send the content type application/json, or the header ${preflightHeaders[0]}.`,
  OTHER_SITE:
    'The page is not of this origin. If it may use the API, add its origin to ALLOWED_ORIGINS.',
  UNKNOWN_SITE: `A request without Origin and Sec-Fetch-Site needs the header ${preflightHeaders[0]}.`,
};

/** Collects what session cookies depend on. `protocol` is that of a URL, with its colon. */
export const toBrowserRequest = (
  header: (name: string) => string | undefined,
  { host, protocol }: Pick<URL, 'host' | 'protocol'>,
): BrowserRequest => ({
  host,
  isEncrypted: protocol === 'https:',
  isUpgrade: header('upgrade')?.toLowerCase() === 'websocket',
  contentType: header('content-type'),
  hasPreflightHeader: preflightHeaders.some((name) => header(name)),
  fetchSite: header('sec-fetch-site'),
  origin: header('origin'),
  cookie: header('cookie'),
});
