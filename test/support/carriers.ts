import { createNatsCarrier } from '../../packages/nats/src/carrier.ts';
import type { CreateEventCarrier } from '../../src/events/event-carrier.ts';
import { natsServer, startNatsServer } from './nats-server.ts';

/** A way of events from node to node, on which the tests of events run. */
export interface Carrier {
  readonly carrier: string;
  /** Whether its program is installed here. */
  readonly isHere: boolean;
  /** Starts what it needs. `createCarrier`: undefined for the one that PostgreSQL has. */
  readonly start: () => Promise<{
    readonly createCarrier: CreateEventCarrier | undefined;
    readonly stop: () => Promise<void>;
  }>;
}

export const carriers: readonly Carrier[] = [
  {
    carrier: 'PostgreSQL',
    isHere: true,
    start: async () => ({ createCarrier: undefined, stop: async () => {} }),
  },
  {
    carrier: 'NATS',
    isHere: natsServer !== undefined,
    async start() {
      const server = await startNatsServer();
      return { createCarrier: createNatsCarrier(natsOptions(server.port)), stop: server.remove };
    },
  },
];

/** The options of a client of a server on this machine. */
export const natsOptions = (port: number, onError: (error: Error) => void = () => {}) => ({
  servers: [`127.0.0.1:${port}`],
  isTls: false,
  credentials: undefined,
  streamName: 'test_events',
  subject: 'test.events',
  onError,
});
