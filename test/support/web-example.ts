import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, createServer } from 'vite';
import { inject, vi } from 'vitest';
import { z } from 'zod';
import { sourceAliases } from '../../vitest.aliases.ts';
import { startTestServer, type TestServer } from './test-server.ts';

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

/** Serves the built files of the front end beside the API. */
export async function startWebExample(): Promise<WebExample> {
  built ??= buildWebExample();
  const folder = await built;
  const server = await startTestServer();
  const { start } = serve.parse(await import(pathToFileURL(join(root, 'serve.mjs')).href));
  const web = await start({ api: server.url, port: 0, folder: pathToFileURL(`${folder}/`) });
  return {
    url: web.url,
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
  const server = await startTestServer();
  vi.stubEnv('API_URL', server.url);
  const web = await createServer({
    root,
    cacheDir,
    logLevel: 'error',
    resolve: { alias },
    server: { host: '127.0.0.1' },
  });
  await web.listen();
  const [url = ''] = web.resolvedUrls?.local ?? [];
  return {
    url: new URL(url).origin,
    server,
    async stop() {
      await web.close();
      await server.stop();
      await rm(cacheDir, { recursive: true, force: true });
    },
  };
}
