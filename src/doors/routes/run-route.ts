import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyBaseLogger } from 'fastify';
import type { Authenticate } from '../../authentication/authenticate.ts';
import { anonymous, type Viewer } from '../../authentication/viewer.ts';
import type { Route, RouteCall } from '../../context/route.ts';
import { logLevelOf } from '../../errors.ts';
import { toLoggedMs, toLoggedViewer } from '../../operation/answer/log-operation.ts';
import type { Asked } from '../../operation/asked.ts';
import type { Operations } from '../../operation/create-operations.ts';
import type { ToClientError } from '../../operation/errors/format-error.ts';
import { maskedAnswer, toHttpAnswer } from '../../operation/errors/graphql-error.ts';
import { cookiesRefusedBy } from '../../values/browser-session.ts';
import type { ClientName } from '../../values/client-name.ts';
import type { RequestSource } from '../../values/request-source.ts';
import type { Deadline, WithinDeadline } from '../../values/within-deadline.ts';
import type { CreateContext } from '../request/request-context.ts';
import type { BrowserRequest, RequestCookies } from '../request/request-cookies.ts';
import { type RouteAnswer, toErrorAnswer, toWholeAnswer } from './whole-answer.ts';

/** A request for a route, as a door brings it. */
export interface RouteRequest {
  /** Absolute, as the client sees it. */
  readonly url: string;
  readonly headers: Headers;
  /** Undefined: the method has none. */
  readonly body: Uint8Array<ArrayBuffer> | undefined;
  /** All values of the header. */
  readonly authorization: readonly string[];
  readonly readBrowser: () => BrowserRequest;
  readonly client: RequestSource;
  readonly clientName: ClientName;
  readonly requestId: string;
  /** Returns the signal that aborts when nothing is left to answer, the same each time. */
  readonly openSignal: (deadline: Deadline) => () => AbortSignal;
}

export interface RunRouteOptions {
  readonly authenticate: Authenticate;
  readonly cookies: RequestCookies;
  readonly createContext: CreateContext;
  readonly toClientError: ToClientError;
  readonly withinBudget: WithinDeadline;
  readonly operations: Pick<Operations, 'run'>;
  readonly logger: Pick<FastifyBaseLogger, 'info' | 'warn' | 'error'>;
  readonly elapsedMs: () => number;
  /** Does something as an operation of a trace. */
  readonly traceOperation?: (<Result>(work: () => Promise<Result>) => Promise<Result>) | undefined;
}

/** Runs work until it has ended, even if its client already got another answer. @throws when there is no room for it */
type CountWork = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Answers a request for a route until its deadline, and logs it. Never rejects. */
export type RunRoute = (
  route: Route,
  request: RouteRequest,
  count?: CountWork,
) => Promise<RouteAnswer>;

export function createRunRoute(options: RunRouteOptions): RunRoute {
  const { withinBudget, logger, elapsedMs } = options;
  return async (route, request, count = (work) => work()) => {
    const startedAtMs = elapsedMs();
    let viewer: Viewer | undefined;
    const answer = await withinBudget((deadline) =>
      count(async () => {
        viewer = await identify(route, request, options);
        return callRoute({ route, request, viewer, deadline }, options);
      }),
    ).catch((error: unknown) => toFailure(error, { route, request }, options));
    logger.info(
      {
        requestId: request.requestId,
        route: route.name,
        method: route.method,
        status: answer.status,
        durationMs: toLoggedMs(elapsedMs() - startedAtMs),
        viewer: viewer && toLoggedViewer(viewer),
      },
      'route',
    );
    return answer;
  };
}

/** @throws {CrossSiteError} for a cookie that does not count. */
async function identify(
  { takes }: Route,
  { authorization, headers, readBrowser }: RouteRequest,
  { authenticate, cookies }: RunRouteOptions,
): Promise<Viewer> {
  if (takes === 'nothing') return anonymous('TOKEN_MISSING');
  if (takes === 'bearer') return authenticate({ authorization });
  const hasCookies = headers.has('cookie');
  return authenticate(cookies.credentialsOf({ authorization: [], hasCookies }, readBrowser));
}

interface Called {
  readonly route: Route;
  readonly request: RouteRequest;
  readonly viewer: Viewer;
  readonly deadline: Deadline;
}

async function callRoute(called: Called, options: RunRouteOptions): Promise<RouteAnswer> {
  const { route, request, viewer, deadline } = called;
  const { client, requestId } = request;
  const openSignal = request.openSignal(deadline);
  const operate = createOperate(called, openSignal, options);
  const asked = toRequest(route, request, openSignal());
  const browserMark = options.cookies.browserSessionOf(request.readBrowser).mark();
  const call = { request: asked, viewer, client, requestId, browserMark, operate };
  return toWholeAnswer(await route.run(call));
}

/** Returns the headers of a request of Node.js. */
export function toHeaders(sent: IncomingHttpHeaders): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(sent)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
}

/** The header of each kind of credentials. Those for a proxy concern only the proxy. */
const credentialHeaders = { bearer: 'authorization', cookie: 'cookie' } as const;

function toRequest(
  { method, takes }: Route,
  { url, body, headers: sent }: RouteRequest,
  signal: AbortSignal,
): Request {
  const headers = new Headers(sent);
  headers.delete('proxy-authorization');
  for (const [kind, name] of Object.entries(credentialHeaders)) {
    if (kind !== takes) headers.delete(name);
  }
  return new Request(url, { method, headers, signal, ...(body === undefined ? {} : { body }) });
}

const cookiesOfRoutes = cookiesRefusedBy('A route of a package cannot set a cookie. Use /graphql.');

/** Each operation has a context of its own: another one may have changed what the first had read. */
function createOperate(
  { route, request, viewer, deadline }: Called,
  openSignal: () => AbortSignal,
  { createContext, operations, traceOperation = (work) => work() }: RunRouteOptions,
): RouteCall['operate'] {
  const { client, clientName, requestId } = request;
  const allowedKinds: Asked['allowedKinds'] =
    route.method === 'GET' ? ['query'] : ['query', 'mutation'];
  return async ({ query, operationName, variables }) => {
    const facts = { viewer, client, requestId, browserSession: cookiesOfRoutes, openSignal };
    const context = Object.assign(createContext(facts), { isGivenUp: deadline.isOver });
    const asked = { query, operationName, variables, clientName, allowedKinds, context };
    const { status, headers, result } = await traceOperation(() => operations.run(asked));
    return { status, headers, result };
  };
}

/** Answers in the shape of GraphQL. What clients must not see is masked, and logged. */
function toFailure(
  error: unknown,
  { route, request }: Pick<Called, 'route' | 'request'>,
  { toClientError, logger }: RunRouteOptions,
): RouteAnswer {
  const clientError = toClientError(error);
  const level = logLevelOf(clientError);
  const { requestId } = request;
  if (level !== undefined)
    logger[level]({ err: error, requestId, route: route.name }, 'a route failed');
  return toErrorAnswer(clientError === undefined ? maskedAnswer : toHttpAnswer(clientError));
}
