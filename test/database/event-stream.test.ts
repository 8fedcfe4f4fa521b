import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openEventStream } from '../../src/database/nats/event-stream.ts';
import { natsOptions } from '../support/carriers.ts';
import { type NatsServer, natsServer, startNatsServer } from '../support/nats-server.ts';

describe.skipIf(natsServer === undefined)('the stream of events', () => {
  let server: NatsServer;
  beforeEach(async () => {
    server = await startNatsServer();
    return server.remove;
  });

  const aStream = async () => {
    const stream = await openEventStream(natsOptions(server.port));
    onTestFinished(() => stream.close());
    return stream;
  };
  const batches = (...numbers: readonly number[]) =>
    numbers.map((number) => ({
      ...{ number, previous: number - 1 },
      ...{ topic: 'news', payloads: String(number) },
    }));

  it('stores a batch once, whichever nodes publish it', async () => {
    const [one, other] = [await aStream(), await aStream()];
    expect(await one.publish(batches(1), 0)).toEqual({ count: 1, sequence: 1 });
    expect(await other.publish(batches(1, 2, 3), 0)).toEqual({ count: 3, sequence: undefined });
    expect(await one.readEnd()).toMatchObject({ sequence: 3, message: { number: 3 } });
  });

  it('stores nothing of a node that has not seen what another has published', async () => {
    const [one, other] = [await aStream(), await aStream()];
    await one.publish(batches(1), 0);
    await other.publish(batches(2, 3), 1);
    // The sequence number 3 would fit before the last one of these.
    expect(await one.publish(batches(4, 5, 6), 1)).toEqual({ count: 0, sequence: undefined });
    expect(await one.readEnd()).toMatchObject({ sequence: 3, message: { number: 3 } });
    expect(await one.publish(batches(4, 5, 6), 3)).toEqual({ count: 3, sequence: 6 });
  });

  it('makes a stream with a bound on age and bytes, and leaves one as it is that an operator changed', async () => {
    const { connect } = await import('@nats-io/transport-node');
    const { jetstreamManager } = await import('@nats-io/jetstream');
    const connection = await connect({ servers: [`127.0.0.1:${server.port}`] });
    onTestFinished(() => connection.close());
    const { streams } = await jetstreamManager(connection);
    await aStream();
    const { config } = await streams.info('test_events');
    expect(config).toMatchObject({ max_age: 300e9, max_bytes: 2 ** 26, discard: 'old' });
    await streams.update('test_events', { max_bytes: 2 ** 20 });
    await aStream();
    expect((await streams.info('test_events')).config).toMatchObject({ max_bytes: 2 ** 20 });
  });
});
