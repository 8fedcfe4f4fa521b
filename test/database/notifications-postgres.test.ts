import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { connectPostgres } from '../../src/database/connect/connect-postgres.ts';
import { createPostgresNotifications } from '../../src/database/events/notifications-postgres.ts';
import type { CreateEventCarrier } from '../../src/events/event-carrier.ts';
import { carriers } from '../support/carriers.ts';
import { hear, send } from '../support/notifications.ts';
import { startStatementProxy } from '../support/statement-proxy.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { asAdmin, createMigratedDatabase } from '../support/test-database.ts';
import { hasPostgres } from './databases.ts';

for (const { carrier, isHere, start } of carriers) {
  describe.skipIf(!hasPostgres || !isHere)(
    `the connection that listens, with events through ${carrier}`,
    () => {
      let url: string;
      let createCarrier: CreateEventCarrier | undefined;
      beforeAll(async () => {
        const started = await start();
        createCarrier = started.createCarrier;
        return started.stop;
      });
      beforeAll(async () => {
        const database = await createMigratedDatabase();
        url = database.url;
        return database.drop;
      });

      const name = 'gatehouse notifications';
      const listeners = (sql: string) =>
        asAdmin(async (admin) => {
          const values = [name, new URL(url).pathname.slice(1)];
          const text = `${sql} FROM pg_stat_activity WHERE application_name = $1 AND datname = $2`;
          return (await admin.query(text, values)).rowCount;
        });

      const aConnection = (through = url) => {
        const connection = connectPostgres({ url: through, onPoolError: () => {}, createCarrier });
        onTestFinished(() => connection.close());
        return connection;
      };
      /** Notifications by an address, and the errors of their connection. */
      const withErrors = (connectionString: string) => {
        const errors: Error[] = [];
        const notifications = createPostgresNotifications({
          config: { connectionString },
          onError: (error) => void errors.push(error),
          createCarrier,
        });
        onTestFinished(() => notifications.close());
        return { notifications, errors };
      };
      const notify = (payload: string) => send(aConnection(), 'news', payload);

      it('is one for all topics, opened when it is needed, and ended at the close', async () => {
        const connection = aConnection();
        await connection.ping();
        expect(await listeners('SELECT 1')).toBe(0);
        await Promise.all(['a', 'b', 'c'].map((topic) => hear(connection.notifications, topic)));
        expect(await listeners('SELECT 1')).toBe(1);
        await connection.close();
        await expect.poll(() => listeners('SELECT 1')).toBe(0);
        await expect(hear(connection.notifications, 'd')).rejects.toThrow();
      });

      it('is opened again when the server ends it, and misses nothing', async () => {
        const heard = await hear(aConnection().notifications, 'news');
        await notify('before');
        expect(await listeners('SELECT pg_terminate_backend(pid)')).toBe(1);
        await notify('between');
        await expect.poll(() => heard.payloads).toEqual(['before', 'between']);
        await notify('after');
        await expect.poll(() => heard.payloads).toEqual(['before', 'between', 'after']);
        expect(heard.losses).toBe(0);
      });

      it('is given up when the network is frozen without a notice', async () => {
        const proxy = await startTcpProxy(url);
        onTestFinished(() => proxy.close());
        const heard = await hear(aConnection(proxy.url).notifications, 'news');
        proxy.freeze();
        await notify('missed');
        await expect.poll(() => heard.payloads).toEqual(['missed']);
        await notify('heard');
        await expect.poll(() => heard.payloads).toEqual(['missed', 'heard']);
      });

      it('is given up as soon when it freezes again while it is being opened again', async () => {
        const proxy = await startStatementProxy(url);
        onTestFinished(() => proxy.close());
        const { notifications, errors } = withErrors(proxy.url);
        const heard = await hear(notifications, 'news');
        const isBeat = (statement: string) => statement.includes('relay_events');
        await proxy.stopAt({ moment: 'before', isReached: isBeat });
        // The next beat is the first one of the next session, which is not open before.
        await proxy.stopAt({ moment: 'before', isReached: isBeat });
        await notify('heard');
        await expect.poll(() => heard.payloads).toEqual(['heard']);
        const [first = '', second] = errors.map(({ message }) => message);
        expect(first).toContain('400 ms');
        expect(second).toBe(first);
      });

      it('is tried again until the server is there, and heard on every topic', async () => {
        const proxy = await startTcpProxy(url);
        onTestFinished(() => proxy.close());
        const { notifications, errors } = withErrors(proxy.url);
        const [news, more] = [await hear(notifications, 'news'), await hear(notifications, 'more')];
        proxy.refuses = true;
        proxy.cut();
        await expect.poll(() => errors.length).toBeGreaterThanOrEqual(4);
        const writer = aConnection();
        // More than one page of batches: each is sent before the next is written.
        const other = await hear(writer.notifications, 'more');
        for (let count = 1; count <= 250; count += 1) {
          await send(writer, 'more', String(count));
          await writer.migrations.query('SELECT gatehouse.relay_events(NULL)');
        }
        await send(writer, 'news', 'again');
        proxy.refuses = false;
        await expect.poll(() => news.payloads).toEqual(['again']);
        const all = Array.from({ length: 250 }, (_, index) => String(index + 1));
        await expect.poll(() => [more.payloads, other.payloads]).toEqual([all, all]);
        expect([news.losses, more.losses]).toEqual([0, 0]);
      });

      it('reports a loss when batches were removed that it had not read, and goes on', async () => {
        const proxy = await startTcpProxy(url);
        onTestFinished(() => proxy.close());
        const heard = await hear(aConnection(proxy.url).notifications, 'news');
        await notify('heard');
        await expect.poll(() => heard.payloads).toEqual(['heard']);
        proxy.refuses = true;
        proxy.cut();
        const writer = aConnection();
        await send(writer, 'news', 'lost');
        await writer.migrations.query('SELECT gatehouse.relay_events(NULL)');
        await writer.migrations.query(
          'DELETE FROM gatehouse.event_batches WHERE number < (SELECT max(number) FROM gatehouse.event_batches)',
        );
        proxy.refuses = false;
        await expect.poll(() => heard.losses).toBe(1);
        await notify('after');
        await expect.poll(() => heard.payloads).toEqual(['heard', 'after']);
      });

      it('can be closed while it is being opened again', async () => {
        const proxy = await startTcpProxy(url);
        onTestFinished(() => proxy.close());
        const connection = aConnection(proxy.url);
        const heard = await hear(connection.notifications, 'news');
        proxy.refuses = true;
        proxy.cut();
        await connection.close();
        proxy.refuses = false;
        await expect.poll(() => listeners('SELECT 1')).toBe(0);
        expect(heard.losses).toBe(0);
      });

      it('does not stay behind when it cannot be opened at first', async () => {
        const proxy = await startTcpProxy(url);
        onTestFinished(() => proxy.close());
        const { notifications } = aConnection(proxy.url);
        proxy.refuses = true;
        await expect(hear(notifications, 'news')).rejects.toThrow();
        proxy.refuses = false;
        const { payloads } = await hear(notifications, 'news');
        await notify('now');
        await expect.poll(() => payloads).toEqual(['now']);
      });
    },
  );
}
