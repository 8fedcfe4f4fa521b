/** The part of a request that shows the origin of the server, as its client sees it. */
export interface RequestedServer {
  /** The host that the client asked for, with its port unless the scheme implies it. */
  readonly host: string;
  readonly isEncrypted: boolean;
}

/**
 * Whether a page of this origin may use a user's browser to call the server.
 *
 * Browsers send the origin of the page. Requests without an origin come from other programs, and are allowed.
 * `allowed` are other origins than that of the server (RFC 6454, 6.2).
 */
export function isAllowedOrigin(
  origin: string | undefined,
  server: RequestedServer,
  allowed: readonly string[],
): boolean {
  if (origin === undefined || allowed.includes(origin)) return true;
  if (!URL.canParse(origin)) return false; // such as `null`, which a page without an origin sends
  const { origin: page } = new URL(origin);
  return ownOrigins(server).includes(page);
}

/**
 * Returns the origins of a server. A page of HTTP is not of the origin of a server with TLS: HTTP can be tampered with.
 * A request without TLS may have had it before a proxy, which is not trusted to say so.
 */
function ownOrigins({ host, isEncrypted }: RequestedServer): readonly string[] {
  const schemes = isEncrypted ? ['https'] : ['http', 'https'];
  return schemes
    .map((scheme) => `${scheme}://${host}`)
    .flatMap((url) => (URL.canParse(url) ? [new URL(url).origin] : []));
}
