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
import type { CreateContext } from '../request/request-context.ts';
import type { RequestCookies } from '../request/request-cookies.ts';
import type { ClientAddress } from './client-address.ts';
import { type FetchRequest, hostFactsOf, type NodeRequest } from './host-facts.ts';

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
  readonly addressOf: ClientAddress;
}

export function createContextOf(options: HostContextOptions): ContextOf {
  const {
    authenticate,
    cookies,
    createContext,
    watch,
    toClientError,
    randomId,
    onError,
    addressOf,
  } = options;
  const formatError = createFormatError(toClientError);

  return async (request, source = {}) => {
    checkNames('contextOf', source, sourceNames);
    const requestId = randomId();
    const facts = hostFactsOf(request);
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
