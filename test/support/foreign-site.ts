import { createServer } from 'node:http';
import { type LocalServer, listenLocally } from './listen-locally.ts';

/** Starts a server of another site: an empty page at every path and for every host. */
export const startForeignSite = (): Promise<LocalServer> =>
  listenLocally(
    createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>Other</title>');
    }),
  );
