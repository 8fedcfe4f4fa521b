import { isIP } from 'node:net';
import type { ClientName } from '../../values/client-name.ts';
import { clientNameOf } from '../request/read-client-name.ts';
import { type BrowserRequest, toBrowserRequest } from '../request/request-cookies.ts';
import { signalOfConnection } from '../request/request-signal.ts';
import { toUserAgent } from '../request/user-agent.ts';

/** The used part of a request of Node's `http`, Express or Fastify. */
export interface NodeRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Every value of each header, if the host provides them. */
  readonly headersDistinct?: Readonly<Record<string, readonly string[] | undefined>>;
  readonly socket: {
    readonly remoteAddress?: string | undefined;
    readonly encrypted?: boolean;
    once?(event: 'close', listener: () => void): unknown;
  };
  /** The scheme that the client used, as the host determines it behind proxies. */
  readonly protocol?: string | undefined;
  /** The client's address, as the host determines it behind proxies. */
  readonly ip?: string | undefined;
  /** The Node request inside a Fastify request. */
  readonly raw?: Pick<NodeRequest, 'headersDistinct'>;
}

/** The used part of a request of the Fetch standard. */
export interface FetchRequest {
  /** An absolute URL. Its host and scheme are those of the server, as the client sees them. */
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  /** Aborts when the client has disconnected, if the host supports it. */
  readonly signal?: AbortSignal;
}

/** What a request of an existing server says. */
export interface HostFacts {
  /** All values of the header `Authorization`. */
  readonly authorization: readonly string[];
  readonly prefer: string | undefined;
  readonly clientName: ClientName;
  readonly ip: string | undefined;
  readonly forwarded: string | undefined;
  readonly userAgent: string | undefined;
  readonly browser: BrowserRequest;
  readonly signal: AbortSignal;
}

/** Reads a request of an existing server. */
export const hostFactsOf = (request: NodeRequest | FetchRequest): HostFacts =>
  isFetchRequest(request) ? ofFetch(request) : ofNode(request);

const isFetchRequest = (request: NodeRequest | FetchRequest): request is FetchRequest =>
  typeof request.headers.get === 'function';

/** The Fetch standard joins the values of a repeated header. No token contains a comma. */
function ofFetch({ headers, url, signal }: FetchRequest): HostFacts {
  const header = (name: string) => headers.get(name) ?? undefined;
  const authorization = headers.get('authorization');
  return {
    authorization: authorization === null ? [] : [authorization],
    prefer: header('prefer'),
    clientName: clientNameOf(header),
    ip: undefined,
    forwarded: forwardedOf(header),
    userAgent: toUserAgent(header('user-agent')),
    browser: toBrowserRequest(header, new URL(url)),
    signal: signal ?? new AbortController().signal,
  };
}

function ofNode(request: NodeRequest): HostFacts {
  const { headers, socket, ip = '', protocol = socket.encrypted ? 'https' : 'http' } = request;
  const distinct = request.headersDistinct ?? request.raw?.headersDistinct;
  const header = (name: string) => valuesOf(headers[name]).join(', ') || undefined;
  const host = header('host') ?? '';
  return {
    // Node's own `headers` silently keeps the first of two values.
    authorization: valuesOf((distinct ?? headers).authorization),
    prefer: header('prefer'),
    clientName: clientNameOf(header),
    ip: isIP(ip) === 0 ? socket.remoteAddress : ip,
    forwarded: forwardedOf(header),
    userAgent: toUserAgent(valuesOf(headers['user-agent'])[0]),
    browser: toBrowserRequest(header, { host, protocol: `${protocol}:` }),
    signal: signalOfConnection(socket),
  };
}

const forwardedOf = (header: (name: string) => string | undefined): string | undefined =>
  header('x-forwarded-for') ?? header('forwarded');

const valuesOf = (header: string | readonly string[] | undefined): readonly string[] =>
  header === undefined ? [] : [header].flat();
