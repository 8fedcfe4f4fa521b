import type { GatehousePackage, RouteCall } from 'graphql-gatehouse';
import { z } from 'zod';

/** A text that must never leave the server. */
export const secretText = 'heron-71-secret';

const json = (value: unknown, init: ResponseInit = {}) => Response.json(value, init);

const echo = async ({ request, viewer, client, requestId }: RouteCall) =>
  json({
    method: request.method,
    url: request.url,
    headers: Object.fromEntries(request.headers),
    body: await request.text(),
    viewer: viewer.kind,
    reason: viewer.kind === 'anonymous' ? viewer.reason : null,
    ip: client.ip,
    requestId,
  });

const operationSchema = z.object({ query: z.string() });

const operate = async ({ request, operate: run }: RouteCall) => {
  const { query } = operationSchema.parse(await request.json());
  const { status, headers, result } = await run({ query });
  return json(result, { status, headers });
};

const operateByGet = async ({ request, operate: run }: RouteCall) => {
  const query = new URL(request.url).searchParams.get('query') ?? '';
  const { status, result } = await run({ query });
  return json(result, { status });
};

const odd: Readonly<Record<string, (call: RouteCall) => Response>> = {
  cookie: () => new Response('a', { headers: { 'set-cookie': '__Host-gatehouse=stolen' } }),
  network: () => Response.error(),
  bug: () => {
    throw new Error(secretText);
  },
  headers: () =>
    new Response('a', {
      headers: {
        'access-control-allow-origin': '*',
        'access-control-allow-credentials': 'true',
        'cache-control': 'public, max-age=3600',
        'content-security-policy': 'default-src *',
        connection: 'upgrade',
        'x-own': 'kept',
        'x-frame-options': 'ALLOWALL',
      },
    }),
  nothing: () => new Response(null, { status: 204 }),
  redirect: () => new Response(null, { status: 303, headers: { location: '/board#code=1' } }),
};

/** A package with a route of each kind, and the paths with which they were run. */
export function routeProbe(): {
  readonly calls: readonly string[];
  readonly probe: GatehousePackage;
} {
  const calls: string[] = [];
  const noted =
    (run: (call: RouteCall) => Response | Promise<Response>) => async (call: RouteCall) => {
      calls.push(new URL(call.request.url).pathname);
      return run(call);
    };
  const text = { maxBodyBytes: 100, contentTypes: ['text/plain', 'application/json'] };
  const probe: GatehousePackage = {
    name: 'probe',
    routes: {
      echo: { method: 'POST', path: '/probe/echo', takes: 'nothing', ...text, run: noted(echo) },
      'echo-put': {
        method: 'PUT',
        path: '/probe/echo',
        takes: 'bearer',
        ...text,
        run: noted(echo),
      },
      bearer: { method: 'GET', path: '/probe/bearer', takes: 'bearer', run: noted(echo) },
      cookie: { method: 'POST', path: '/probe/cookie', takes: 'cookie', ...text, run: noted(echo) },
      below: { method: 'GET', path: '/probe/below/*', takes: 'nothing', run: noted(echo) },
      'no-body': { method: 'DELETE', path: '/probe/none', takes: 'nothing', run: noted(echo) },
      operate: {
        method: 'POST',
        path: '/probe/operate',
        takes: 'bearer',
        maxBodyBytes: 1_000,
        contentTypes: ['application/json'],
        run: noted(operate),
      },
      'operate-get': {
        method: 'GET',
        path: '/probe/operate',
        takes: 'bearer',
        run: noted(operateByGet),
      },
      odd: {
        method: 'GET',
        path: '/probe/odd/*',
        takes: 'nothing',
        run: noted((call) => {
          const kind = new URL(call.request.url).pathname.split('/').at(-1) ?? '';
          return odd[kind]?.(call) ?? new Response(null, { status: 404 });
        }),
      },
    },
  };
  return { calls, probe };
}
