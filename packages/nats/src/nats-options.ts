import type { NatsServers } from './servers.ts';

/** A NATS server, and the names of one installation on it. */
export interface NatsOptions extends NatsServers {
  readonly streamName: string;
  readonly subject: string;
}
