import { createServer, type InlineConfig, preview } from 'vite';

/** A front end that Vite serves, with the API behind its proxy. */
export interface ServedFrontEnd {
  readonly origin: string;
  stop(): Promise<void>;
}

const config = (root: string): InlineConfig => ({ root, logLevel: 'silent' });
const address = { host: 'localhost', port: 0 };

/** Serves a built front end, with the proxy of its settings. */
export async function serveBuilt(root: string): Promise<ServedFrontEnd> {
  const served = await preview({ ...config(root), preview: address });
  return { origin: originOf(served.resolvedUrls?.local), stop: () => served.close() };
}

/** Serves a front end as `npm run dev` does. `more`: settings that take the place of its own. */
export async function serveSources(root: string, more: InlineConfig = {}): Promise<ServedFrontEnd> {
  const { server } = more;
  const served = await createServer({ ...config(root), server: { ...address, ...server } });
  await served.listen();
  return { origin: originOf(served.resolvedUrls?.local), stop: () => served.close() };
}

const originOf = ([url = '']: readonly string[] = []): string => new URL(url).origin;
