/**
 * Whether a text is a database URL that pg parses as intended. An unencoded `/`, `?` or `#` in the password ends the host
 * early: then the URL cannot be parsed, or its `@` comes after the host.
 */
export function isDatabaseUrl(text: string): boolean {
  // pg accepts a URL without a host, if a parameter names the socket: postgresql://user@/name?host=/run.
  const withHost = text.replace(/@\/(?!.*@)/, '@socket/');
  if (!URL.canParse(withHost)) return false;
  const { username, password, pathname, search, hash } = new URL(withHost);
  const isCutShort = pathname.includes('@') || (pathname === '' && search.includes('@'));
  return hash === '' && !isCutShort && [username, password, pathname].every(isDecodable);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether a URL names several hosts, which libpq accepts and pg does not. */
export function namesHosts(text: string): boolean {
  const authority = /^[^:]+:\/\/([^/?#]*)/.exec(text)?.[1] ?? '';
  return authority.slice(authority.lastIndexOf('@') + 1).includes(',');
}
