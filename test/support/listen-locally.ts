import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';

/** A server of the test on this machine. */
export interface LocalServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Makes a server listen on a free port of 127.0.0.1. */
export async function listenLocally(server: Server | TlsServer): Promise<LocalServer> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('There is no port.');
  return {
    port: address.port,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
