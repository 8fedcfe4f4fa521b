import { createServer } from 'vite';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

/** Starts Vite's server for development in front of the API, and returns its URL. */
async function startVite(target: string, changeOrigin: boolean): Promise<string> {
  const vite = await createServer({
    configFile: false,
    appType: 'custom',
    optimizeDeps: { noDiscovery: true },
    logLevel: 'silent',
    server: {
      host: '127.0.0.1',
      port: 0,
      proxy: { '/graphql': { target, changeOrigin, ws: true } },
    },
  });
  onTestFinished(() => vite.close());
  await vite.listen();
  const [url = ''] = vite.resolvedUrls?.local ?? [];
  return new URL(url).origin;
}

/** Opens a WebSocket as a page of `origin` does. Returns the status of a refusal, or `open`. */
const openAsPage = (origin: string) =>
  new Promise<number | string | undefined>((resolve, reject) => {
    const url = `${origin.replace('http', 'ws')}/graphql`;
    const socket = new WebSocket(url, 'graphql-transport-ws', { origin });
    socket.on('open', () => socket.close());
    socket.on('close', () => resolve('open'));
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
    socket.on('error', reject);
  });

const warningsOf = ({ logLines }: TestServer) =>
  logLines.map((line) => JSON.parse(line)).filter(({ origin }) => origin !== undefined);

async function startServer(): Promise<TestServer> {
  const server = await startTestServer();
  onTestFinished(() => server.stop());
  return server;
}

it('opens sockets through a proxy of Vite that keeps the header Host', async () => {
  const server = await startServer();
  const page = await startVite(server.url, false);
  expect(await openAsPage(page)).toBe('open');
  expect(warningsOf(server)).toEqual([]);
});

it('refuses sockets through a proxy that replaces Host, and logs the cause once', async () => {
  const server = await startServer();
  const page = await startVite(server.url, true);
  expect([await openAsPage(page), await openAsPage(page)]).toEqual([403, 403]);
  expect(warningsOf(server)).toMatchObject([
    {
      level: 40,
      origin: page,
      host: new URL(server.url).host,
      msg: expect.stringMatching(/changeOrigin.*ALLOWED_ORIGINS/),
    },
  ]);
});
