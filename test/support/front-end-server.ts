import { createServer, type InlineConfig, type PreviewOptions, preview } from 'vite';

/** A front end that Vite serves, with the API behind its proxy. */
export interface ServedFrontEnd {
  readonly origin: string;
  stop(): Promise<void>;
}

const config = (root: string): InlineConfig => ({ root, logLevel: 'silent' });
const address = { host: 'localhost', port: 0 };

/** Serves a built front end, with the proxy of its settings or another one. */
export async function serveBuilt(
  root: string,
  settings: PreviewOptions = {},
): Promise<ServedFrontEnd> {
  const served = await preview({ ...config(root), preview: { ...address, ...settings } });
  return { origin: originOf(served.resolvedUrls?.local), stop: () => served.close() };
}

/** Serves a front end as `npm run dev` does. */
export async function serveSources(root: string): Promise<ServedFrontEnd> {
  const served = await createServer({ ...config(root), server: address });
  await served.listen();
  return { origin: originOf(served.resolvedUrls?.local), stop: () => served.close() };
}

const originOf = ([url = '']: readonly string[] = []): string => new URL(url).origin;
