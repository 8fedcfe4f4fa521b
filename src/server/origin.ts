/**
 * Whether a page of this origin may use a user's browser to call the server.
 *
 * Browsers send the origin of the page. Requests without an origin come from other programs, and are allowed. `host`
 * is the host that the client requested; `allowed` are further origins (RFC 6454, 6.2).
 */
export function isAllowedOrigin(
  origin: string | undefined,
  host: string,
  allowed: readonly string[],
): boolean {
  if (origin === undefined || allowed.includes(origin)) return true;
  if (!URL.canParse(origin)) return false; // such as `null`, which a page without an origin sends
  const { host: pageHost, protocol } = new URL(origin);
  const ownUrl = `${protocol}//${host}`; // the default port of the protocol is omitted in both
  return URL.canParse(ownUrl) && new URL(ownUrl).host === pageHost;
}
