import { JetStreamApiCodes, JetStreamApiError, jetstreamManager } from '@nats-io/jetstream';
import { connectNats } from './event-stream.ts';
import type { NatsOptions } from './nats-options.ts';

/** What a NATS server says of itself and of the stream. */
export interface NatsFacts {
  readonly version: string;
  /** Undefined: no node has made the stream yet. */
  readonly stream:
    | { readonly messages: number; readonly bytes: number; readonly replicas: number }
    | undefined;
}

/** Asks the server whether JetStream is enabled for this account. Makes nothing. @throws the client's error. */
export async function probeNats(options: NatsOptions): Promise<NatsFacts> {
  const connection = await connectNats(options);
  try {
    const { streams } = await jetstreamManager(connection, { timeout: 2_000 });
    const version = connection.info?.version ?? 'unknown';
    const { state, config } = await streams.info(options.streamName);
    const { messages, bytes } = state;
    return { version, stream: { messages, bytes, replicas: config.num_replicas } };
  } catch (error) {
    const isMissing =
      error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
    if (!isMissing) throw error;
    return { version: connection.info?.version ?? 'unknown', stream: undefined };
  } finally {
    await connection.close();
  }
}
