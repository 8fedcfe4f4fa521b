/** Who passkeys belong to (WebAuthn Level 3, "Relying Party"). From settings alone, never from a request. */
export interface RelyingParty {
  /** A domain, such as `example.org`. */
  readonly id: string;
  /** The origins of the pages that may ask for a passkey, such as `https://www.example.org`. */
  readonly origins: readonly string[];
  /** Shown by browsers and authenticators. */
  readonly name: string;
}

/** Whether a page of this origin may use passkeys of a domain: HTTPS, or a local machine. */
export function isOriginOf(origin: string, id: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname, origin: whole } = new URL(origin);
  const isSecure = protocol === 'https:' || (protocol === 'http:' && hostname === 'localhost');
  return isSecure && whole === origin && (hostname === id || hostname.endsWith(`.${id}`));
}
