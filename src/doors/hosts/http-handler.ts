import { type IncomingMessage, ServerResponse } from 'node:http';
import { errorKinds } from '../../errors.ts';
import { type ReadinessOptions, readiness } from '../http/health.ts';
import type { RouteAnswer } from '../routes/whole-answer.ts';
import { toErrorBody } from '../transport/http-errors.ts';
import type { HostSource } from './host-context.ts';
import type { HandleRoute, HostRequest } from './route-handler.ts';

export interface HttpHandlerOptions extends ReadinessOptions {
  readonly handleRoute: HandleRoute;
  readonly publicJwks: () => { readonly keys: readonly object[] };
  readonly jwksMaxAgeSeconds: number;
}

/**
 * Serves Gatehouse's paths beside GraphQL: `/.well-known/jwks.json`, `/health/live` and `/health/ready`, and the routes of
 * packages. Accepts a request of the Fetch standard, or the arguments of Node's `http` and Express. The body must not have
 * been read. A Fetch request does not contain the client's address: pass it as `source.ip`.
 *
 * For other paths it calls `next`, or answers 404 without one.
 */
export interface HttpHandler {
  (request: Request, source?: Pick<HostSource, 'ip'>): Promise<Response>;
  (request: IncomingMessage, response: ServerResponse, next?: () => void): Promise<undefined>;
}

interface Resource {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object;
}

type Resources = Readonly<Record<string, () => Resource | Promise<Resource>>>;

export function createHttpHandler(options: HttpHandlerOptions): HttpHandler {
  const resources: Resources = {
    '/.well-known/jwks.json': () => ({
      status: 200,
      headers: { 'cache-control': `public, max-age=${options.jwksMaxAgeSeconds}` },
      body: options.publicJwks(),
    }),
    '/health/live': () => ({ status: 200, body: { status: 'live' } }),
    '/health/ready': () => readiness(options),
  };

  /** Undefined: the path is another one. */
  function findResource({ url = '/', method }: HostRequest): Promise<Answer> | undefined {
    // A client can send anything as the target of a request, such as `//`.
    const pathname = URL.canParse(url, base) ? new URL(url, base).pathname : '';
    const isRead = method === 'GET' || method === 'HEAD';
    const find = isRead && Object.hasOwn(resources, pathname) ? resources[pathname] : undefined;
    return find && Promise.resolve(find()).then(toAnswer);
  }

  function handle(request: Request, source?: Pick<HostSource, 'ip'>): Promise<Response>;
  function handle(
    request: IncomingMessage,
    response: ServerResponse,
    next?: () => void,
  ): Promise<undefined>;
  async function handle(
    request: HostRequest,
    target: ServerResponse | Pick<HostSource, 'ip'> = {},
    next?: () => void,
  ): Promise<Response | undefined> {
    const source = target instanceof ServerResponse ? {} : target;
    const found = options.handleRoute(request, source.ip) ?? findResource(request);
    if (found === undefined && next !== undefined) {
      next();
      return undefined;
    }
    const { status, headers, body } = (await found) ?? toAnswer(notFound);
    const sent = request.method === 'HEAD' || isEmpty(status) ? null : body;
    if (!(target instanceof ServerResponse)) return new Response(sent, { status, headers });
    target.writeHead(status, headers).end(sent ?? undefined);
    return undefined;
  }
  return handle;
}

const base = 'http://localhost';

interface Answer extends Pick<RouteAnswer, 'status' | 'headers'> {
  readonly body: string | Uint8Array<ArrayBuffer>;
}

const toAnswer = ({ status, headers = {}, body }: Resource): Answer => ({
  status,
  headers: Object.assign({ 'content-type': 'application/json; charset=utf-8' }, headers),
  body: JSON.stringify(body),
});

/** Whether an answer has no body (RFC 9110, 6.4.1). */
const isEmpty = (status: number): boolean => status === 204 || status === 205 || status === 304;

const notFound: Resource = {
  status: errorKinds.NOT_FOUND.status,
  body: toErrorBody('NOT_FOUND', 'Not found.'),
};
