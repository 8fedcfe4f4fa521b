/** A NATS server or cluster. */
export interface NatsServers {
  /** Each as `host:port`. */
  readonly servers: readonly string[];
  readonly isTls: boolean;
  /** Undefined: the server requires no login. */
  readonly credentials:
    | { readonly user: string; readonly pass: string }
    | { readonly token: string }
    | undefined;
}

const DEFAULT_PORT = 4222;
const SERVER = /^([\w.-]+|\[[0-9a-fA-F:.]+\])(?::(\d{1,5}))?$/;

/**
 * Parses the URL of NATS servers: `nats://` or `tls://`, a user and a password or a token, and hosts separated by
 * commas. For an invalid URL, returns the problem without quoting the URL.
 */
export function parseServers(text: string): NatsServers | string {
  const [, protocol, rest = ''] = /^(nats|tls):\/\/(.*)$/.exec(text) ?? [];
  if (protocol === undefined) return 'must begin with nats:// or tls://';
  const end = rest.lastIndexOf('@');
  const [login, place] = end < 0 ? [undefined, rest] : [rest.slice(0, end), rest.slice(end + 1)];
  const servers = place.replace(/\/$/, '').split(',').map(toServer);
  const credentials = login === undefined ? undefined : toCredentials(login);
  if (credentials === null || servers.some((server) => server === undefined)) {
    return 'is not a valid URL, such as nats://user:password@host:4222,other-host:4222: percent-encode special characters in the username and password, such as / as %2F';
  }
  return { servers: servers.flatMap((each) => each ?? []), isTls: protocol === 'tls', credentials };
}

function toServer(text: string): string | undefined {
  const [, host, port = DEFAULT_PORT] = SERVER.exec(text) ?? [];
  if (host === undefined || !URL.canParse(`http://${host}`)) return undefined;
  return Number(port) > 0 && Number(port) < 65_536 ? `${host}:${port}` : undefined;
}

/** Parses a user and a password, or a token alone. Null: invalid. */
function toCredentials(login: string): NatsServers['credentials'] | null {
  const [first, second, ...others] = login.split(':').map(decode);
  if (first === undefined || first === '' || others.length > 0) return null;
  if (!login.includes(':')) return { token: first };
  return second === undefined ? null : { user: first, pass: second };
}

function decode(text: string): string | undefined {
  if (/[\s/?#@]/.test(text)) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
