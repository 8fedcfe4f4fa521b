import { getConnInfo } from '@hono/node-server/conninfo';
import type { Gatehouse } from 'graphql-gatehouse';
import { envelopPlugin } from 'graphql-gatehouse/envelop';
import { createYoga } from 'graphql-yoga';
import { Hono } from 'hono';

/** Adds Gatehouse to a Hono application that has GraphQL Yoga. */
export function createServer(gatehouse: Gatehouse) {
  const yoga = createYoga<{ readonly ip: string | undefined }>({
    schema: gatehouse.schema,
    plugins: [envelopPlugin(gatehouse)],
    context: ({ request, ip }) => gatehouse.contextOf(request, { ip }),
  });
  return new Hono()
    .all('/graphql', (c) => yoga.fetch(c.req.raw, { ip: getConnInfo(c).remote.address }))
    .all('*', (c) => gatehouse.handler(c.req.raw, { ip: getConnInfo(c).remote.address }));
}
