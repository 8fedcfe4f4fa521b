import { isIP } from 'node:net';
import { checkNames, type ShapesOf } from '@graphql-gatehouse/authorization/options';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Authenticate } from '../../authentication/authenticate.ts';
import type { Context } from '../../context/context.ts';
import { withCurrentViewer } from '../../context/create-context.ts';
import { logLevelOf } from '../../errors.ts';
import { createFormatError, type ToClientError } from '../../operation/errors/format-error.ts';
import { retryHeaders, statusOf } from '../../operation/errors/graphql-error.ts';
import type { ClientName } from '../../values/client-name.ts';
import type { Access, WatchAccess, Watched } from '../access/access.ts';
import { clientNameOf } from '../request/read-client-name.ts';
import type { CreateContext } from '../request/request-context.ts';
import {
  type BrowserRequest,
  type RequestCookies,
  toBrowserRequest,
} from '../request/request-cookies.ts';
import { signalOfConnection } from '../request/request-signal.ts';
import { toUserAgent } from '../request/user-agent.ts';
import { createClientAddress } from './client-address.ts';

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

/** The context of one operation in an existing server. */
export interface HostContext extends Context {
  /** The request's header `Prefer` (RFC 7240). */
  readonly prefer: string | undefined;
  /** For internal use: what the client says about itself. */
  readonly clientName: ClientName;
  /** For internal use: watches a subscription of this request, by the request's credentials. */
  readonly watchAccess: (watched: Watched) => Access;
}

/** @throws {TypeError} for another value. */
export function requireHostContext(value: unknown): HostContext {
  if (isHostContext(value)) return value;
  throw new TypeError('The context was not made by `contextOf`.');
}

const isHostContext = (value: unknown): value is HostContext =>
  typeof value === 'object' && value !== null && 'watchAccess' in value;

/** What the host knows about a request, in place of the request's own. */
export interface HostSource {
  readonly ip?: string | undefined;
  /** The value of the header `Authorization`. For WebSockets, on which browsers cannot set it. */
  readonly authorization?: string | undefined;
}

const sourceNames = { ip: 'any', authorization: 'any' } satisfies ShapesOf<HostSource>;

/**
 * Creates the context of one request: verifies its bearer token or its session cookie, and reads the viewer from the
 * database.
 *
 * A token that is not accepted results in an anonymous viewer with the reason. A Fetch request does not contain the
 * client's address: pass it as `source.ip`. Audit events have it, and failed logins are also counted by it.
 *
 * @throws {GraphQLError} SERVICE_UNAVAILABLE with status 503 while the database is unavailable: the viewer is then
 *   unknown, not anonymous. Any other failure is masked, with status 500.
 */
export type ContextOf = (
  request: NodeRequest | FetchRequest,
  source?: HostSource,
) => Promise<HostContext>;

export interface HostContextOptions {
  readonly authenticate: Authenticate;
  readonly cookies: RequestCookies;
  readonly createContext: CreateContext;
  readonly watch: WatchAccess;
  readonly toClientError: ToClientError;
  readonly randomId: () => string;
  readonly onError: (level: 'info' | 'warn' | 'error', error: unknown, requestId: string) => void;
  /** Called once for each kind of mistake about the addresses of clients. */
  readonly onAdvice: (advice: string) => void;
}

export function createContextOf(options: HostContextOptions): ContextOf {
  const { authenticate, cookies, createContext, watch, toClientError, randomId, onError } = options;
  const formatError = createFormatError(toClientError);
  const addressOf = createClientAddress(options.onAdvice);

  return async (request, source = {}) => {
    checkNames('contextOf', source, sourceNames);
    const requestId = randomId();
    const facts = isFetchRequest(request) ? ofFetch(request) : ofNode(request);
    try {
      const authorization =
        source.authorization === undefined ? facts.authorization : [source.authorization];
      const hasCookies = facts.browser.cookie !== undefined;
      const credentials = cookies.credentialsOf({ authorization, hasCookies }, () => facts.browser);
      const viewer = await authenticate(credentials);
      const ip = addressOf({ ip: source.ip ?? facts.ip, forwarded: facts.forwarded });
      const client = { ip, userAgent: facts.userAgent };
      const browserSession = cookies.browserSessionOf(() => facts.browser);
      const openSignal = () => facts.signal;
      const context = createContext({ viewer, client, requestId, browserSession, openSignal });
      return withCurrentViewer({
        ...context,
        prefer: facts.prefer,
        clientName: facts.clientName,
        signal: facts.signal,
        watchAccess: (watched) => watch(watched, credentials),
      });
    } catch (error) {
      onError(logLevelOf(toClientError(error)) ?? 'info', error, requestId);
      throw withHttp(formatError({ message: '' }, error));
    }
  };
}

/** Without a cause: Yoga masks an error that has one. */
function withHttp({ message, extensions }: GraphQLFormattedError): GraphQLError {
  const headers = retryHeaders(extensions);
  // Apollo Server iterates over the headers as over a map, and Yoga copies the properties of an object.
  const forBoth = Object.assign(headers, Object.fromEntries(headers));
  const http = { status: statusOf({ extensions: extensions ?? {} }), headers: forBoth };
  const facts: Record<string, unknown> = { ...extensions, http };
  return new GraphQLError(message, { extensions: facts });
}

interface HostFacts {
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
