import type { DatabaseOptions } from '../database/connect.ts';
import { loadNatsProbe } from '../database/load-nats.ts';
import { type Check, ok, problem } from './check.ts';
import { describeError, withinTime } from './reach.ts';

const name = 'NATS';

/** Checks that the NATS server answers, and that JetStream is enabled there. Without one there is no check. */
export async function checkNats(
  { nats }: DatabaseOptions,
  timeoutMs: number,
): Promise<readonly Check[]> {
  if (nats === undefined) return [];
  const place = nats.servers.join(', ');
  try {
    const probe = await loadNatsProbe();
    const { version, stream } = await withinTime(timeoutMs, probe(nats));
    const found = `${place}, version ${version}, JetStream is enabled`;
    if (stream === undefined) return [ok(name, `${found}; the first node makes the stream`)];
    const { messages, bytes, replicas } = stream;
    const size = `${messages} messages, ${bytes} bytes, replicas: ${replicas}`;
    return [ok(name, `${found}; stream ${nats.streamName}: ${size}`)];
  } catch (error) {
    const advice =
      'start it with JetStream, or correct EVENTS_URL; until then, changes are made, and their events are late';
    return [problem(name, `${place} cannot be used: ${describeError(error)}`, advice)];
  }
}
