/**
 * Whether a page of this origin may use a user's browser to reach the server.
 *
 * Browsers tell the origin of the page, and other clients none, which is allowed: they act for
 * themselves. `host` is what the client asked for; `allowed` are further origins (RFC 6454, 6.2).
 */
export function isAllowedOrigin(
  origin: string | undefined,
  host: string,
  allowed: readonly string[],
): boolean {
  if (origin === undefined || allowed.includes(origin)) return true;
  if (!URL.canParse(origin)) return false; // such as `null`, of a page without an origin
  const { host: pageHost, protocol } = new URL(origin);
  const ownUrl = `${protocol}//${host}`; // a port that the protocol implies is left out of both
  return URL.canParse(ownUrl) && new URL(ownUrl).host === pageHost;
}
