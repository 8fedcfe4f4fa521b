import { isAllowedOrigin, type RequestedServer } from './web-origin.ts';

/** The part of a request that shows which page made it. */
export interface CookieRequest extends RequestedServer {
  readonly contentType: string | undefined;
  /** Whether it asks for a WebSocket, which only `new WebSocket()` of a page can do: browsers reserve the header. */
  readonly isUpgrade: boolean;
  /** Whether one of `preflightHeaders` is sent. */
  readonly hasPreflightHeader: boolean;
  /** `Sec-Fetch-Site` (Fetch Metadata). Every current browser sends it to trustworthy hosts. */
  readonly fetchSite: string | undefined;
  readonly origin: string | undefined;
}

/** Headers that a page of another site can send only after a preflight. Apollo Server asks for the same. */
export const preflightHeaders: readonly string[] = [
  'apollo-require-preflight',
  'x-apollo-operation-name',
];

/** Why a session cookie does not count. */
export type CrossSiteReason =
  /** A form, an image or a simple `fetch` of any page can make the request (Fetch, 3.3.3). */
  | 'SIMPLE_REQUEST'
  /** The browser names another site that is not allowed. */
  | 'OTHER_SITE'
  /** Nothing shows where the request is from. */
  | 'UNKNOWN_SITE';

/**
 * Decides whether the session cookie of a request counts. Pure.
 *
 * Two independent conditions, each of which stops cross-site request forgery: the request cannot be made without a
 * preflight, and the browser names an allowed site (OWASP CSRF Prevention, Fetch Metadata). `SameSite` is a third
 * that browsers enforce. A program has no browser and sends neither header: it shows by a preflight header that it
 * is no form. A request for a WebSocket has neither a content type nor a preflight: its `Origin` decides alone.
 *
 * @returns why it does not count; undefined: it counts.
 */
export function findCrossSiteReason(
  request: CookieRequest,
  allowedOrigins: readonly string[],
): CrossSiteReason | undefined {
  const { contentType = '', hasPreflightHeader, fetchSite, origin } = request;
  if (request.isUpgrade) {
    const isAllowed = origin !== undefined && isAllowedOrigin(origin, request, allowedOrigins);
    return isAllowed ? undefined : 'OTHER_SITE';
  }
  const isJson = /^\s*application\/json\s*(;|$)/i.test(contentType);
  if (!isJson && !hasPreflightHeader) return 'SIMPLE_REQUEST';
  if (fetchSite === 'same-origin') return undefined;
  if (fetchSite === 'same-site' || fetchSite === 'cross-site') {
    return origin !== undefined && allowedOrigins.includes(origin) ? undefined : 'OTHER_SITE';
  }
  if (fetchSite !== undefined) return 'OTHER_SITE';
  if (origin !== undefined) {
    return isAllowedOrigin(origin, request, allowedOrigins) ? undefined : 'OTHER_SITE';
  }
  return hasPreflightHeader ? undefined : 'UNKNOWN_SITE';
}
