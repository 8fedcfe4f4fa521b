import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { factors } from '@graphql-gatehouse/factors';
import { mail } from '@graphql-gatehouse/mail';
import { build, createServer as createViteServer } from 'vite';
import { inject, vi } from 'vitest';
import { z } from 'zod';
import { sourceAliases } from '../../vitest.aliases.ts';
import { mailSettings } from './mail/mail-server.ts';
import { startSmtpServer, type TestSmtpServer } from './mail/smtp-server.ts';
import { startPackageServer } from './package-server.ts';
import type { TestServer } from './test-server.ts';

const root = fileURLToPath(new URL('../../examples/web', import.meta.url));

/** The front end takes the packages from their sources, as tests do. */
const alias = sourceAliases.filter(({ find }) => find.source.startsWith('^@graphql-gatehouse'));

/** The front end `examples/web` with its API, at one origin. */
export interface WebExample {
  readonly url: string;
  readonly server: TestServer;
  /** Gets the mails of the API. */
  readonly smtp: TestSmtpServer;
  stop(): Promise<void>;
}

interface WebExampleOptions {
  /** Of the API. Absent: those for which the front end is built, without providers. */
  readonly packages?: Parameters<typeof startPackageServer>[0]['packages'];
  /** Of the API, beside what its packages need. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Absent: one that is free. */
  readonly port?: number;
}

/** The packages of the API for which the front end is built. Providers need a server of their own: tests add them. */
export const webPackages = [factors(), mail({ signUp: true })] as const;

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

/**
 * The API with second factors and accounts by mail, with passkeys and links for pages of this port: browsers know no
 * passkeys for addresses.
 */
async function startServer(
  port: number,
  { packages = webPackages, environment = {} }: WebExampleOptions = {},
): Promise<Omit<WebExample, 'url'>> {
  const smtp = await startSmtpServer();
  const origin = `http://localhost:${port}`;
  const server = await startPackageServer({
    packages,
    now: () => new Date(),
    environment: {
      ...mailSettings(smtp.url),
      MAIL_LINKS: `web=${origin}/account.html?{purpose}`,
      ALLOWED_ORIGINS: origin,
      PASSKEY_RP_ID: 'localhost',
      PASSKEY_ORIGINS: origin,
      ...environment,
    },
  });
  return {
    server,
    smtp,
    async stop() {
      await server.stop();
      await smtp.close();
    },
  };
}

/** Finds a port that is free. */
export async function findPort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('unreachable');
  return address.port;
}

/** Serves the built files of the front end beside the API. */
export async function startWebExample(options: WebExampleOptions = {}): Promise<WebExample> {
  built ??= buildWebExample();
  const folder = await built;
  const port = options.port ?? (await findPort());
  const api = await startServer(port, options);
  const { start } = serve.parse(await import(pathToFileURL(join(root, 'serve.mjs')).href));
  const web = await start({ api: api.server.url, port, folder: pathToFileURL(`${folder}/`) });
  return {
    url: `http://localhost:${port}`,
    ...api,
    async stop() {
      await web.stop();
      await api.stop();
    },
  };
}

/** Serves the front end as `npm run dev` does, with the proxy of its own settings. */
export async function startWebDevelopment(): Promise<WebExample> {
  const cacheDir = await mkdtemp(join(tmpdir(), 'gatehouse-web-'));
  const port = await findPort();
  const api = await startServer(port);
  vi.stubEnv('API_URL', api.server.url);
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
    ...api,
    async stop() {
      await web.close();
      await api.stop();
      await rm(cacheDir, { recursive: true, force: true });
    },
  };
}
