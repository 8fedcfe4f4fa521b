/** Addresses on this machine, whose port an app takes as it comes (RFC 8252, 7.3). */
const loopbackHosts: readonly string[] = ['127.0.0.1', '[::1]'];

/**
 * Whether a user may be sent to an address: one of `allowed`, compared as a whole. The port of an app on this machine may
 * differ.
 */
export function mayReturnTo(
  address: string,
  { allowed, isApp }: { readonly allowed: readonly string[]; readonly isApp: boolean },
): boolean {
  if (allowed.includes(address)) return true;
  return isApp && allowed.some((each) => isLoopback(each) && withoutPort(address) === each);
}

/** Whether an address of the settings is one on this machine, without a port. */
const isLoopback = (address: string): boolean => {
  const { protocol, hostname, port } = new URL(address);
  return protocol === 'http:' && port === '' && loopbackHosts.includes(hostname);
};

/** Returns an address without its port, if it is written as a URL is. Undefined: it is not. */
function withoutPort(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (url.href !== address) return undefined;
  url.port = '';
  return url.href;
}

/** Whether a text can be an address of the settings: as a URL is written, without a user, a query of ours and `#`. */
export function isReturnAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { href, protocol, username, password, hash, hostname } = new URL(text);
  const isLocal = hostname === 'localhost' || loopbackHosts.includes(hostname);
  return (
    href === text &&
    (protocol === 'https:' || (protocol === 'http:' && isLocal)) &&
    username === '' &&
    password === '' &&
    hash === '' &&
    !text.includes('#')
  );
}
