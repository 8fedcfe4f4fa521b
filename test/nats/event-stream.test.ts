import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openEventStream } from '../../packages/nats/src/event-stream.ts';
import { createMessageFormat } from '../../packages/nats/src/message.ts';
import { natsOptions } from '../support/carriers.ts';
import { type NatsServer, natsServer, startNatsServer } from '../support/nats-server.ts';

describe.skipIf(natsServer === undefined)('the stream of events', () => {
  let server: NatsServer;
  beforeEach(async () => {
    server = await startNatsServer();
    return server.remove;
  });

  const aStream = async () => {
    const format = createMessageFormat({ key: 'secret', streamName: 'test_events' });
    const stream = await openEventStream(natsOptions(server.port), format);
    onTestFinished(() => stream.close());
    return stream;
  };
  const managed = async () => {
    const connection = await connect({ servers: [`127.0.0.1:${server.port}`] });
    onTestFinished(() => connection.close());
    return (await jetstreamManager(connection)).streams;
  };
  const stateOf = async () => (await (await managed()).info('test_events')).state;
  const batches = (...numbers: readonly number[]) =>
    numbers.map((number) => ({
      number,
      previous: number - 1,
      topic: 'news',
      payloads: String(number),
    }));

  it('stores a batch once, whichever nodes publish it', async () => {
    const [one, other] = [await aStream(), await aStream()];
    expect(await one.publish(batches(1))).toBe(1);
    expect(await other.publish(batches(1, 2, 3))).toBe(3);
    expect(await one.readLast()).toMatchObject({ number: 3 });
    expect((await stateOf()).messages).toBe(3);
  });

  it('stores no message of several that would not follow the one before it', async () => {
    const [one, other] = [await aStream(), await aStream()];
    await one.publish(batches(1, 2, 3));
    // The stream has 2, and 3 after it.
    expect(await other.publish(batches(2, 4, 5))).toBe(1);
    expect(await one.readLast()).toMatchObject({ number: 3 });
    expect(await other.publish(batches(4, 5))).toBe(2);
    expect(await one.readLast()).toMatchObject({ number: 5 });
  });

  it.each([
    { key: 'other', streamName: 'test_events' },
    { key: 'secret', streamName: 'others_events' },
  ])('ignores a message that was signed with the key $key for $streamName', async (other) => {
    const stream = await aStream();
    const stranger = await openEventStream(natsOptions(server.port), createMessageFormat(other));
    onTestFinished(() => stranger.close());
    await stream.publish(batches(1));
    expect(await stranger.readLast()).toBeUndefined();
    await stranger.publish(batches(2));
    expect(await stream.readLast()).toBeUndefined();
  });

  it('makes a stream with a bound on age and bytes, and leaves one as it is that an operator changed', async () => {
    const streams = await managed();
    await aStream();
    const { config } = await streams.info('test_events');
    expect(config).toMatchObject({ max_age: 300e9, max_bytes: 2 ** 26, discard: 'old' });
    await streams.update('test_events', { max_bytes: 2 ** 20 });
    await aStream();
    expect((await streams.info('test_events')).config).toMatchObject({ max_bytes: 2 ** 20 });
  });
});
