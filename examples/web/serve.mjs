// Serves the built files, and passes /graphql and /providers on to the API: one origin, as a reverse proxy in production.
// Run: API_URL=http://127.0.0.1:4000 PORT=8080 node serve.mjs
import { env } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import httpProxy from '@fastify/http-proxy';
import fastifyStatic from '@fastify/static';
import Fastify from 'fastify';

/** Of the pages: they may load from this origin only, and no other page may frame them. */
const headers = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** What the API needs to know of a request: its host is compared with `Origin`, and login limits count addresses. */
const forwarded = (request) => ({
  host: request.headers.host,
  'x-forwarded-for': request.ip,
});

/** Starts the server. `folder` holds what `npm run build` made. */
export async function start({ api, port, folder = new URL('dist', import.meta.url) }) {
  const server = Fastify();
  await server.register(httpProxy, {
    upstream: api,
    prefix: '/graphql',
    rewritePrefix: '/graphql',
    websocket: true,
    replyOptions: {
      rewriteRequestHeaders: (request, sent) => ({ ...sent, ...forwarded(request) }),
    },
    wsClientOptions: {
      rewriteRequestHeaders: (_sent, request) => ({
        ...forwarded(request),
        origin: request.headers.origin,
        cookie: request.headers.cookie,
      }),
    },
  });
  // Where identity providers send users back.
  await server.register(httpProxy, {
    upstream: api,
    prefix: '/providers',
    rewritePrefix: '/providers',
    replyOptions: {
      rewriteRequestHeaders: (request, sent) => ({ ...sent, ...forwarded(request) }),
    },
  });
  await server.register(fastifyStatic, {
    root: fileURLToPath(folder),
    setHeaders: (reply) => reply.headers(headers),
  });
  return { url: await server.listen({ host: '127.0.0.1', port }), stop: () => server.close() };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { url } = await start({
    api: env.API_URL ?? 'http://127.0.0.1:4000',
    port: Number(env.PORT ?? 8080),
  });
  process.stdout.write(`${url}\n`);
}
