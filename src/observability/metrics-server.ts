import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.ts';

/** Serves the metrics at `/metrics`, and nothing else, on a port of its own: it is no part of the API. */
export function createMetricsServer({
  print,
  contentType,
}: Pick<Metrics, 'print' | 'contentType'>) {
  let printing: Promise<string> | undefined;
  /** Once for all that ask at the same time: it takes a while, however many they are. */
  const printForAll = () => {
    printing ??= print().finally(() => {
      printing = undefined;
    });
    return printing;
  };
  const server = createServer((request, response) => {
    if (request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    printForAll().then(
      (text) => response.writeHead(200, { 'content-type': contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });

  return {
    /** Listens, and gives the port. @throws the system's error when the port is taken. */
    async start(address: { readonly host: string; readonly port: number }): Promise<number> {
      server.listen(address);
      await once(server, 'listening');
      return portOf(server.address());
    },
    async stop(): Promise<void> {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('There is no port.');
  return address.port;
}
