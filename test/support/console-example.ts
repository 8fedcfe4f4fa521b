import { rights } from '@graphql-gatehouse/rights';
import { gatehouseConsole } from '../../packages/console/src/index.ts';
import { startPackageServer } from './package-server.ts';
import type { TestServer } from './test-server.ts';

/** The demo with the console, whose pages `npm run build` has made. */
export const consolePackages = [gatehouseConsole(), rights()] as const;

/** Starts the demo with the console. Its pages are below `url`, on `localhost`. */
export async function startConsole(): Promise<TestServer & { readonly consoleUrl: string }> {
  const server = await startPackageServer({ packages: consolePackages, now: () => new Date() });
  return { ...server, consoleUrl: new URL('/console/', server.url).href };
}
