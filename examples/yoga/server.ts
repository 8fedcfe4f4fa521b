import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import type { Gatehouse } from 'graphql-gatehouse';
import { envelopPlugin } from 'graphql-gatehouse/envelop';
import { createYoga } from 'graphql-yoga';

/** Adds Gatehouse to a GraphQL Yoga. */
export function createServer(gatehouse: Gatehouse) {
  const { schema, contextOf, handler } = gatehouse;
  const yoga = createYoga<{ readonly req: IncomingMessage }>({
    schema,
    plugins: [envelopPlugin(gatehouse)],
    context: ({ request, req }) => contextOf(request, { ip: req.socket.remoteAddress }),
  });
  return createHttpServer((req, res) => handler(req, res, () => yoga(req, res)));
}
