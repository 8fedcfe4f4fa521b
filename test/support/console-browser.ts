import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { operations } from '@graphql-gatehouse/operations';
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type { GatehouseConfig } from '../../src/index.ts';
import { launchChromium, type TestBrowser } from './browser.ts';
import { startSession } from './browser-session.ts';
import { consolePackages } from './console-example.ts';
import { createPackageDatabase, projectWith } from './package-server.ts';
import { type PageTraffic, watchTraffic } from './page-traffic.ts';
import { startTestServer, type TestServer, type TestUser } from './test-server.ts';
import { logIn } from './web-browser.ts';

/** The console in a browser without cookies. */
export interface ConsolePage {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly traffic: PageTraffic;
  /** Who is logged in. */
  readonly user: TestUser;
}

/** The demo with the console, with operations of a front end, and a browser for it. */
export interface ConsoleBrowser {
  readonly server: TestServer;
  /** Opens a page of the console by its hash, logged in as a new user in these groups. */
  open(hash: string, groups: readonly string[], options?: OpenOptions): Promise<ConsolePage>;
  /** Opens the console without a log-in. */
  openAnonymous(options?: BrowserContextOptions): Promise<Omit<ConsolePage, 'user'>>;
  stop(): Promise<void>;
}

interface OpenOptions extends BrowserContextOptions {
  /** Logs in by the form of the page in place of the API, which takes longer. */
  readonly byForm?: boolean;
}

interface ConsoleOptions {
  /** In place of the console alone. */
  readonly packages?: Parameters<typeof createPackageDatabase>[0];
  readonly environment?: Readonly<Record<string, string>>;
  /** Guards beside those of the demo. */
  readonly guards?: Readonly<Record<string, readonly string[]>>;
  /** Domains beside those of the demo. */
  readonly domains?: NonNullable<GatehouseConfig['domains']>;
  /** What a node serves before, to compare with. Absent: no other schema was served. */
  readonly former?: Pick<ConsoleOptions, 'packages' | 'guards'>;
}

/** Starts the demo with the console on `localhost`. `documents` are those of a front end, by the name of their file. */
export async function startConsoleBrowser(
  chromium: string,
  documents: Readonly<Record<string, string>> = {},
  { packages = consolePackages, environment, guards, domains = [], former }: ConsoleOptions = {},
): Promise<ConsoleBrowser> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-operations-'));
  for (const [name, text] of Object.entries(documents)) await writeFile(join(folder, name), text);
  const withFiles = (given: ConsoleOptions['packages'] = packages) => [
    ...given,
    operations({ files: [folder] }),
  ];
  const database = await createPackageDatabase(withFiles());
  const start = (served: Pick<ConsoleOptions, 'packages' | 'guards'>) => {
    const { config, ...project } = projectWith(withFiles(served.packages));
    return startTestServer({
      now: () => new Date(),
      project: {
        ...project,
        config: {
          ...config,
          domains: [...(config.domains ?? []), ...domains],
          guards: { ...config.guards, ...served.guards },
        },
      },
      connection: database,
      environment: { MIGRATE: 'off', ...environment },
    });
  };
  if (former !== undefined) await (await start(former)).stop();
  const server = await start({ packages, ...(guards && { guards }) });
  const browser: TestBrowser = await launchChromium(chromium);
  const url = new URL('/console/', server.url);
  url.hostname = 'localhost';
  const openPage = async (context: BrowserContext, hash: string) => {
    const page = await context.newPage();
    const traffic = watchTraffic(page);
    await page.goto(`${url.href}${hash}`);
    return { context, page, traffic };
  };
  return {
    server,
    openAnonymous: async (options) => openPage(await browser.newContext(options), ''),
    async open(hash, groups, { byForm = false, ...options } = {}) {
      const user = await server.aUser(...groups);
      const context = await browser.newContext(options);
      if (!byForm) await startSession(context, url.href, user.username);
      const opened = await openPage(context, hash);
      if (byForm) await logIn(opened.page, user.username);
      await opened.page.getByRole('banner').waitFor();
      await opened.traffic.settle();
      return { ...opened, user };
    },
    async stop() {
      await browser.close();
      await server.stop();
      await database.close();
      await rm(folder, { recursive: true });
    },
  };
}
