import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, createServer as createViteServer } from 'vite';
import { inject, vi } from 'vitest';
import { z } from 'zod';
import { sourceAliases } from '../../vitest.aliases.ts';
import { startFactorsServer } from './factors-server.ts';
import type { TestServer } from './test-server.ts';

const root = fileURLToPath(new URL('../../examples/web', import.meta.url));

/** The front end takes the packages from their sources, as tests do. */
const alias = sourceAliases.filter(({ find }) => find.source.startsWith('^@gatehouse'));

/** The front end `examples/web` with its API, at one origin. */
export interface WebExample {
  readonly url: string;
  readonly server: TestServer;
  stop(): Promise<void>;
}

const serve = z.object({
  start: z.function({
    input: [z.object({ api: z.string(), port: z.number(), folder: z.instanceof(URL) })],
    output: z.promise(z.object({ url: z.string(), stop: z.function({ output: z.any() }) })),
  }),
});

let built: Promise<string> | undefined;

/** Builds the front end, once in each worker. @returns its folder, which is removed when the run ends */
async function buildWebExample(): Promise<string> {
  const runFolder = inject('runFolder');
  if (runFolder === undefined) throw new Error('global-setup.ts has made no folder.');
  const folder = join(runFolder, `web-${process.pid}`);
  await build({
    root,
    logLevel: 'error',
    resolve: { alias },
    build: { outDir: folder, emptyOutDir: true },
  });
  return folder;
}

/** The API with second factors, and with passkeys for pages of this port: browsers know none for addresses. */
const startServer = (port: number): Promise<TestServer> =>
  startFactorsServer({
    now: () => new Date(),
    environment: { PASSKEY_RP_ID: 'localhost', PASSKEY_ORIGINS: `http://localhost:${port}` },
  });

/** Finds a port that is free. */
async function findPort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('unreachable');
  return address.port;
}

/** Serves the built files of the front end beside the API. */
export async function startWebExample(): Promise<WebExample> {
  built ??= buildWebExample();
  const folder = await built;
  const port = await findPort();
  const server = await startServer(port);
  const { start } = serve.parse(await import(pathToFileURL(join(root, 'serve.mjs')).href));
  const web = await start({ api: server.url, port, folder: pathToFileURL(`${folder}/`) });
  return {
    url: `http://localhost:${port}`,
    server,
    async stop() {
      await web.stop();
      await server.stop();
    },
  };
}

/** Serves the front end as `npm run dev` does, with the proxy of its own settings. */
export async function startWebDevelopment(): Promise<WebExample> {
  const cacheDir = await mkdtemp(join(tmpdir(), 'gatehouse-web-'));
  const port = await findPort();
  const server = await startServer(port);
  vi.stubEnv('API_URL', server.url);
  const web = await createViteServer({
    root,
    cacheDir,
    logLevel: 'error',
    resolve: { alias },
    server: { host: '127.0.0.1', port, strictPort: true },
  });
  await web.listen();
  return {
    url: `http://localhost:${port}`,
    server,
    async stop() {
      await web.close();
      await server.stop();
      await rm(cacheDir, { recursive: true, force: true });
    },
  };
}
