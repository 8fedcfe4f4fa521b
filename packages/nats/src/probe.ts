import { JetStreamApiCodes, JetStreamApiError, jetstreamManager } from '@nats-io/jetstream';
import { connectNats } from './event-stream.ts';
import type { NatsOptions } from './nats-options.ts';

/** The state of a NATS server and of the stream. */
export interface NatsFacts {
  readonly version: string;
  /** Undefined: the stream does not exist yet. */
  readonly stream:
    | { readonly messages: number; readonly bytes: number; readonly replicas: number }
    | undefined;
}

/** Checks whether JetStream is enabled for this account, without creating anything. @throws the client's error. */
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
