import { fileURLToPath } from 'node:url';
import { connect } from '@nats-io/transport-node';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createNatsCarrier } from '../../packages/nats/src/carrier.ts';
import { probeNats } from '../../packages/nats/src/probe.ts';
import { connectPostgres } from '../../src/database/connect/connect-postgres.ts';
import { hasPostgres } from '../database/databases.ts';
import { natsOptions } from '../support/carriers.ts';
import { natsServer, startNatsServer } from '../support/nats-server.ts';
import { hear, send } from '../support/notifications.ts';
import { createMigratedDatabase } from '../support/test-database.ts';

const file = fileURLToPath(new URL('../../deploy/nats.conf', import.meta.url));

it.skipIf(!hasPostgres || natsServer === undefined)(
  'the permissions in deploy/nats.conf are enough for nodes, and keep others from publishing events',
  async () => {
    vi.stubEnv('NATS_PASSWORD', 'violet');
    vi.stubEnv('OTHERS_PASSWORD', 'amber');
    const server = await startNatsServer(['-js', '-c', file]);
    onTestFinished(server.remove);
    const { url, drop } = await createMigratedDatabase();
    onTestFinished(drop);
    const errors: Error[] = [];
    const options = {
      ...natsOptions(server.port, (error) => void errors.push(error)),
      streamName: 'shop_events',
      subject: 'shop.events',
      credentials: { user: 'gatehouse', pass: 'violet' },
    };
    const node = connectPostgres({
      url,
      onPoolError: () => {},
      createCarrier: createNatsCarrier(options),
    });
    onTestFinished(() => node.close());
    const heard = await hear(node.notifications, 'news');
    await send(node, 'news', 'one');
    await expect.poll(() => heard.payloads).toEqual(['one']);
    expect(await probeNats(options)).toMatchObject({
      stream: { messages: expect.any(Number) },
    });

    const other = await connect({
      servers: [`127.0.0.1:${server.port}`],
      user: 'others',
      pass: 'amber',
    });
    onTestFinished(() => other.close());
    const refusals: string[] = [];
    void (async () => {
      for await (const status of other.status()) {
        if (status.type === 'error') refusals.push(status.error.message);
      }
    })();
    other.publish('shop.events', '{}');
    other.publish('$JS.API.STREAM.PURGE.shop_events', '');
    await expect.poll(() => refusals).toHaveLength(2);
    expect(refusals.every((message) => /permissions violation/i.test(message))).toBe(true);
    await send(node, 'news', 'two');
    await expect.poll(() => heard.payloads).toEqual(['one', 'two']);
    expect(errors).toEqual([]);
  },
);
