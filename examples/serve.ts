// Serves an example of a server that exists. Run: npx tsx examples/serve.ts express
import { serve as serveHono } from '@hono/node-server';
import { createGatehouse, type Gatehouse } from 'graphql-gatehouse';
import { start } from './apollo-standalone/server.ts';
import { createServer as createExpress } from './express/server.ts';
import { createServer as createFastify } from './fastify/server.ts';
import { createServer as createHono } from './hono/server.ts';
import invoices from './invoices/gatehouse.config.ts';
import pothos from './pothos/gatehouse.config.ts';
import { createServer as createYoga } from './yoga/server.ts';

const port = 4000;

const servers: Readonly<Record<string, (gatehouse: Gatehouse) => Promise<unknown>>> = {
  'apollo-standalone': (gatehouse) => start(gatehouse, port),
  express: async (gatehouse) => (await createExpress(gatehouse)).listen(port),
  fastify: async (gatehouse) => (await createFastify(gatehouse)).listen({ port }),
  hono: async (gatehouse) => serveHono({ fetch: createHono(gatehouse).fetch, port }),
  yoga: async (gatehouse) => createYoga(gatehouse).listen(port),
  pothos: async (gatehouse) => createYoga(gatehouse).listen(port),
};

const [name = ''] = process.argv.slice(2);
const serve = servers[name];
if (serve === undefined) throw new Error(`Choose one of ${Object.keys(servers).join(', ')}.`);
await serve(await createGatehouse(name === 'pothos' ? pothos : invoices));
process.stdout.write(`${name} listens on port ${port}\n`);
