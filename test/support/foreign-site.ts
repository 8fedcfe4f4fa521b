import { createServer } from 'node:http';
import { type LocalServer, listenLocally } from './listen-locally.ts';

/** The path of a page whose origin is `null`, as in a frame with `sandbox`. */
export const sandboxedPath = '/sandboxed';

/** Starts a server of another site: an empty page at every path and for every host. */
export const startForeignSite = (): Promise<LocalServer> =>
  listenLocally(
    createServer(({ url }, response) => {
      if (url === sandboxedPath) response.setHeader('content-security-policy', sandbox);
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>Other</title>');
    }),
  );

const sandbox = 'sandbox allow-scripts allow-forms allow-popups';
