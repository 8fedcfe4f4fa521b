import { type CountingProxy, startCountingProxy } from './counting-proxy.ts';
import type { RouterFolder, RouterKind, Subgraphs } from './router-folder.ts';
import type { RouterWorld } from './router-table.ts';

/** Both routers in front of the same subgraphs. */
export interface StartedRouters extends RouterWorld {
  /** The subgraphs by the URLs of the proxies that count. */
  readonly behindProxies: Subgraphs;
  stop(): Promise<void>;
}

/**
 * Puts counting proxies before subgraphs, composes them, and starts both routers.
 *
 * @param issuerUrl where the routers read the keys of tokens.
 */
export async function startRouters(
  folder: RouterFolder,
  name: string,
  subgraphs: Subgraphs,
  issuerUrl: string,
): Promise<StartedRouters> {
  const proxies = new Map<string, CountingProxy>();
  for (const [each, { url }] of Object.entries(subgraphs)) {
    proxies.set(each, await startCountingProxy(url));
  }
  const behindProxies = Object.fromEntries(
    [...proxies].map(([each, { url }]) => [each, { sdl: subgraphs[each]?.sdl ?? '', url }]),
  );
  const supergraph = await folder.compose(name, behindProxies);
  const serve = (kind: RouterKind) => folder.serve(kind, supergraph, issuerUrl);
  const [gateway, bare] = [await serve('gateway'), await serve('bare-gateway')];
  return {
    behindProxies,
    routers: [
      { name: 'with the plugin', url: gateway.url, keepsAnswers: true },
      { name: 'without', url: bare.url, keepsAnswers: false },
    ],
    subgraphs: Object.fromEntries(Object.entries(subgraphs).map(([each, { url }]) => [each, url])),
    requests: () => [...proxies.values()].reduce((sum, { count }) => sum + count(), 0),
    async stop() {
      // Hive Gateway waits for open subscriptions when it gets SIGTERM.
      await Promise.all([gateway, bare].map((each) => each.stop('SIGKILL')));
      await Promise.all([...proxies.values()].map((each) => each.stop()));
    },
  };
}
