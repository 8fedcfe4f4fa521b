import { setTimeout } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { describe, expect, it } from 'vitest';
import { hasPostgres } from '../database/databases.ts';
import { useNatsAndDatabase } from '../support/nats-and-database.ts';
import { natsServer } from '../support/nats-server.ts';
import { hear, send } from '../support/notifications.ts';
import { sampleOf } from '../support/sample.ts';

describe.skipIf(!hasPostgres || natsServer === undefined)('events through NATS', () => {
  const { server, name, aNode, connectProgram } = useNatsAndDatabase();

  /** Sends payloads all the time, until `stop` is called. Returns them. */
  function write(node: ReturnType<typeof aNode>) {
    const sent: string[] = [];
    let isOver = false;
    const writing = (async () => {
      while (!isOver) {
        const payload = String(sent.length);
        await send(node, 'news', payload);
        sent.push(payload);
        await setTimeout(2);
      }
    })();
    return {
      sent,
      async stop() {
        isOver = true;
        await writing;
        return sent;
      },
    };
  }

  const faults = [
    {
      fault: 'killed and started again',
      begin: () => server().kill(),
      end: () => server().start(),
    },
    {
      fault: 'frozen until nodes notice it',
      begin: async () => server().freeze(),
      end: async () => server().thaw(),
    },
  ];
  it.each(sampleOf(faults))(
    'reach every node once when NATS is $fault amid writes, and rights do not wait for it',
    async ({ begin, end }) => {
      const errors: Error[] = [];
      const [one, other] = [aNode(errors), aNode()];
      const heard = [
        await hear(one.notifications, 'news'),
        await hear(other.notifications, 'news'),
      ];
      const access = await hear(other.notifications, 'gatehouse_access');
      const writer = write(one);
      await expect.poll(() => heard[1]?.payloads.length).toBeGreaterThan(50);
      await begin();
      await send(one, 'gatehouse_access', 'user:1');
      await expect.poll(() => access.payloads, { interval: 5 }).toEqual(['user:1']);
      await expect.poll(() => errors.length).toBeGreaterThan(0);
      await end();
      const sentBefore = writer.sent.length;
      await expect.poll(() => heard[1]?.payloads.length).toBeGreaterThan(sentBefore + 50);
      const sent = await writer.stop();
      for (const { payloads } of heard) {
        await expect.poll(() => payloads.length).toBeGreaterThanOrEqual(sent.length);
        expect(payloads).toEqual(sent);
      }
      expect([...heard, access].map(({ losses }) => losses)).toEqual([0, 0, 0]);
    },
  );

  it('are late for a node that starts while NATS is away', async () => {
    await server().kill();
    const errors: Error[] = [];
    const node = aNode(errors);
    const heard = await hear(node.notifications, 'news');
    await send(node, 'news', 'early');
    await expect.poll(() => errors.length).toBeGreaterThan(0);
    await server().start();
    await expect.poll(() => heard.payloads).toEqual(['early']);
    expect(heard.losses).toBe(0);
  });

  it.each(['purge', 'delete'] as const)(
    'are neither lost nor doubled by a %s of the stream',
    async (fault) => {
      const [one, other] = [aNode(), aNode()];
      const heard = [
        await hear(one.notifications, 'news'),
        await hear(other.notifications, 'news'),
      ];
      const writer = write(one);
      await expect.poll(() => heard[1]?.payloads.length).toBeGreaterThan(50);
      const { streams } = await jetstreamManager(await connectProgram());
      // What the stream had and a node had not read is lost, so that both read it first.
      server().freeze();
      await writer.stop();
      server().thaw();
      for (const { payloads } of heard) await expect.poll(() => payloads).toEqual(writer.sent);
      await streams[fault](name());
      await send(one, 'news', 'after');
      for (const { payloads, losses } of heard) {
        await expect.poll(() => payloads).toEqual([...writer.sent, 'after']);
        expect(losses).toBe(0);
      }
    },
  );

  it('are reported as lost to every node when they were not published before they were removed', async () => {
    const [one, other] = [aNode(), aNode()];
    const heard = [await hear(one.notifications, 'news'), await hear(other.notifications, 'news')];
    await send(one, 'news', 'heard');
    for (const { payloads } of heard) await expect.poll(() => payloads).toEqual(['heard']);
    await server().kill();
    await send(one, 'news', 'lost');
    await expect
      .poll(() =>
        one.migrations.query("SELECT 1 FROM gatehouse.event_batches WHERE payloads = 'lost'"),
      )
      .toHaveLength(1);
    await send(one, 'news', 'newest');
    await expect
      .poll(() =>
        one.migrations.query("SELECT 1 FROM gatehouse.event_batches WHERE payloads = 'newest'"),
      )
      .toHaveLength(1);
    await one.migrations.query(
      'DELETE FROM gatehouse.event_batches WHERE number < (SELECT max(number) FROM gatehouse.event_batches)',
    );
    await server().start();
    for (const each of heard) await expect.poll(() => each.losses).toBe(1);
    await send(one, 'news', 'after');
    for (const { payloads } of heard) {
      await expect.poll(() => payloads).toContain('after');
      // What is still stored may come after the loss was reported.
      expect(payloads.filter((each) => each !== 'newest')).toEqual(['heard', 'after']);
    }
  });

  it('do not come again to a node that starts later', async () => {
    const node = aNode();
    const heard = await hear(node.notifications, 'news');
    await send(node, 'news', 'old');
    await expect.poll(() => heard.payloads).toEqual(['old']);
    const later = await hear(aNode().notifications, 'news');
    await send(node, 'news', 'new');
    await expect.poll(() => later.payloads).toEqual(['new']);
    expect(later.losses).toBe(0);
  });

  it('survive what another program writes to the stream', async () => {
    const errors: Error[] = [];
    const node = aNode(errors);
    const heard = await hear(node.notifications, 'news');
    await send(node, 'news', 'one');
    await expect.poll(() => heard.payloads).toEqual(['one']);
    const connection = await connectProgram();
    connection.publish(name(), '{"number":"x"}');
    await expect.poll(() => errors.map(({ name }) => name)).toContain('UnknownMessageError');
    await send(node, 'news', 'two');
    await expect.poll(() => heard.payloads).toEqual(['one', 'two']);
    expect(heard.losses).toBe(0);
  });
});
