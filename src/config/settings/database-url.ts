/**
 * Whether a text is the address of a database as pg reads it. A `/`, `?` or `#` that was meant for the
 * password ends the host instead: then the address cannot be parsed, or has its `@` behind the host.
 */
export function isDatabaseUrl(text: string): boolean {
  // pg takes an address without a host, whose socket is named later: postgresql://user@/name?host=/run.
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

/** Whether an address names several hosts, as libpq takes them. pg does not. */
export function namesHosts(text: string): boolean {
  const authority = /^[^:]+:\/\/([^/?#]*)/.exec(text)?.[1] ?? '';
  return authority.slice(authority.lastIndexOf('@') + 1).includes(',');
}
