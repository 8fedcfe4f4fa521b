import type { Check } from 'graphql-gatehouse';
import type { NatsOptions } from './nats-options.ts';
import { probeNats } from './probe.ts';

const name = 'NATS';

/** Checks that the NATS server responds, and that JetStream is enabled there. */
export async function checkNats(options: NatsOptions): Promise<Check> {
  const place = options.servers.join(', ');
  try {
    const { version, stream } = await probeNats(options);
    const found = `${place}, version ${version}, JetStream is enabled`;
    if (stream === undefined) {
      return { name, state: 'ok', found: `${found}; the first node makes the stream` };
    }
    const { messages, bytes, replicas } = stream;
    const size = `${messages} messages, ${bytes} bytes, replicas: ${replicas}`;
    return { name, state: 'ok', found: `${found}; stream ${options.streamName}: ${size}` };
  } catch (error) {
    return {
      name,
      state: 'problem',
      found: `${place} cannot be used: ${describeError(error)}`,
      advice:
        'start it with JetStream, or correct EVENTS_URL; until then, changes are made, and their events are late',
    };
  }
}

/** Returns the message of the client's error. The messages of several attempts are joined. */
function describeError(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describeError).join('; ');
  return error instanceof Error ? error.message : 'unknown error';
}
