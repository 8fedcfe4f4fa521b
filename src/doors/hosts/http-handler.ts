import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorKinds } from '../../errors.ts';
import { type ReadinessOptions, readiness } from '../http/health.ts';
import { toErrorBody } from '../transport/http-errors.ts';

export interface HttpHandlerOptions extends ReadinessOptions {
  readonly publicJwks: () => { readonly keys: readonly object[] };
  readonly jwksMaxAgeSeconds: number;
}

/**
 * Serves Gatehouse's paths beside GraphQL: `/.well-known/jwks.json`, `/health/live` and `/health/ready`. Accepts a
 * request of the Fetch standard, or the arguments of Node's `http` and Express.
 *
 * For other paths it calls `next`, or answers 404 without one.
 */
export interface HttpHandler {
  (request: Request): Promise<Response>;
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

  function handle(request: Request): Promise<Response>;
  function handle(
    request: IncomingMessage,
    response: ServerResponse,
    next?: () => void,
  ): Promise<undefined>;
  async function handle(
    request: Request | IncomingMessage,
    response?: ServerResponse,
    next?: () => void,
  ): Promise<Response | undefined> {
    const { url = '/' } = request;
    // A client can send anything as the target of a request, such as `//`.
    const pathname = URL.canParse(url, base) ? new URL(url, base).pathname : '';
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const find = isRead && Object.hasOwn(resources, pathname) ? resources[pathname] : undefined;
    if (find === undefined && next !== undefined) {
      next();
      return undefined;
    }
    const { status, headers = {}, body } = (await find?.()) ?? notFound;
    const text = request.method === 'HEAD' ? null : JSON.stringify(body);
    const sent = { 'content-type': 'application/json; charset=utf-8', ...headers };
    if (response === undefined) return new Response(text, { status, headers: sent });
    response.writeHead(status, sent).end(text ?? undefined);
    return undefined;
  }
  return handle;
}

const base = 'http://localhost';

const notFound: Resource = {
  status: errorKinds.NOT_FOUND.status,
  body: toErrorBody('NOT_FOUND', 'Not found.'),
};
