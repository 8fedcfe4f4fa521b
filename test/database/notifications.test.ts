import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { connectPostgres } from '../../src/database/connect-postgres.ts';
import type { DatabaseConnection } from '../../src/database/connection.ts';
import { migrate } from '../../src/database/migrate.ts';
import type { Notifications } from '../../src/database/notifications.ts';
import { createPostgresNotifications } from '../../src/database/notifications-postgres.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { asAdmin, createPostgresDatabase, migrationsDirectory } from '../support/test-database.ts';
import { databaseKinds, hasPostgres } from './databases.ts';

/** All that is heard on a channel. */
async function hear(notifications: Notifications, channel: string) {
  const payloads: string[] = [];
  const gaps: Date[] = [];
  const listening = await notifications.listen(channel, {
    onPayload: (payload) => void payloads.push(payload),
    onGap: (since) => void gaps.push(since),
  });
  return { ...listening, payloads, gaps };
}

describe.each(databaseKinds)('notifications of a database of kind $kind', ({ connectEmpty }) => {
  let connection: DatabaseConnection;
  beforeAll(async () => {
    connection = await connectEmpty();
    await migrate({ connection, migrationsDirectory });
  });
  afterAll(() => connection.close());

  const notify = (channel: string, payload: string) =>
    connection.migrations.query(`NOTIFY "${channel}", '${payload}'`);

  it('arrive in their order, at all who listen to the channel, until they stop', async () => {
    const [one, other] = [
      await hear(connection.notifications, 'News'),
      await hear(connection.notifications, 'News'),
    ];
    await notify('news', 'another channel');
    await notify('News', '1');
    await notify('News', '2');
    await expect
      .poll(() => [one.payloads, other.payloads])
      .toEqual([
        ['1', '2'],
        ['1', '2'],
      ]);
    await one.stop();
    await notify('News', '3');
    await expect.poll(() => other.payloads).toEqual(['1', '2', '3']);
    expect([one.payloads, one.gaps, other.gaps]).toEqual([['1', '2'], [], []]);
    expect(Math.abs(one.since.getTime() - Date.now())).toBeLessThan(10_000);
  });

  it('tell of what was committed, and of nothing that was undone', async () => {
    const { payloads } = await hear(
      connection.notifications,
      'gatehouse_topic_gatehouse.audit_events',
    );
    const { database } = connection;
    const add = (client: Pick<typeof database, 'auditEvent'>, action: string) =>
      client.auditEvent.create({ data: { action, at: new Date() }, select: { id: true } });
    const undone = database.$transaction(async (transaction) => {
      await add(transaction, 'a.undone');
      throw new Error('undo');
    });
    await expect(undone).rejects.toThrow('undo');
    const { id } = await database.$transaction(async (transaction) => {
      const added = await add(transaction, 'a.done');
      expect(payloads).toEqual([]);
      return added;
    });
    await expect.poll(() => payloads).toEqual([id]);
  });

  describe('of access', () => {
    let heard: Awaited<ReturnType<typeof hear>>;
    beforeAll(async () => {
      heard = await hear(connection.notifications, 'gatehouse_access');
    });

    /** What is told of `change`, once. */
    async function toldOf(change: () => Promise<unknown>): Promise<readonly string[]> {
      heard.payloads.length = 0;
      await change();
      await notify('gatehouse_access', 'end');
      await expect.poll(() => heard.payloads).toContain('end');
      return heard.payloads.slice(0, -1).sort();
    }

    const aUser = (username: string) => {
      const data = { username, usernameKey: username, displayName: 'U', passwordHash: 'h' };
      return connection.database.user.create({ data });
    };
    const aSession = (userId: string) =>
      connection.database.session.create({ data: { userId, expiresAt: new Date('2099-01-01') } });

    it('name the user whose groups change, who is disabled or whose sessions all end, and no one else', async () => {
      const { membership, user } = connection.database;
      const { id } = await aUser('told');
      const [data, where] = [{ userId: id, group: 'STAFF' } as const, { id }];
      const key = { userId_group: data };
      const expiresAt = new Date('2099-01-01');
      expect(await toldOf(() => aUser('new'))).toEqual([]);
      expect(await toldOf(() => user.update({ where, data: { email: 'x@y' } }))).toEqual([]);
      for (const change of [
        () => membership.create({ data }),
        () => membership.update({ where: key, data: { expiresAt } }),
        () => membership.delete({ where: key }),
        () => user.update({ where, data: { disabledAt: new Date() } }),
        () => user.update({ where, data: { disabledAt: null } }),
        () => user.update({ where, data: { sessionEpoch: { increment: 1 } } }),
      ]) {
        expect(await toldOf(change)).toEqual([`user:${id}`]);
      }
    });

    it('name the session that ends, and not the one that is used', async () => {
      const { session } = connection.database;
      const { id: userId } = await aUser('sessions');
      const where = { id: (await aSession(userId)).id };
      const told = [`session:${where.id}`];
      const data = { lastUsedAt: new Date() };
      expect(await toldOf(() => session.update({ where, data }))).toEqual([]);
      const end = { endedAt: new Date() };
      expect(await toldOf(() => session.update({ where, data: end }))).toEqual(told);
      expect(await toldOf(() => session.update({ where, data: end }))).toEqual([]);
      expect(await toldOf(() => session.delete({ where }))).toEqual(told);
    });

    it('name the program that is disabled, gets another secret or other groups', async () => {
      const { apiClient } = connection.database;
      const secretHash = new Uint8Array(32);
      const { id } = await apiClient.create({ data: { name: 'bot', groups: [], secretHash } });
      const where = { id };
      const [used, other] = [{ lastUsedAt: new Date() }, { secretHash: secretHash.fill(1) }];
      expect(await toldOf(() => apiClient.update({ where, data: used }))).toEqual([]);
      for (const change of [
        () => apiClient.update({ where, data: { disabledAt: new Date() } }),
        () => apiClient.update({ where, data: other }),
        () => apiClient.update({ where, data: { groups: ['STAFF'] } }),
        () => apiClient.delete({ where }),
      ]) {
        expect(await toldOf(change)).toEqual([`client:${id}`]);
      }
    });

    it('name a deleted user once, however many sessions it has', async () => {
      const { id } = await aUser('deleted');
      const data = Array.from({ length: 1_000 }, () => ({
        userId: id,
        expiresAt: new Date('2099-01-01'),
      }));
      await connection.database.session.createMany({ data });
      const told = await toldOf(() => connection.database.user.delete({ where: { id } }));
      expect(told).toEqual([`user:${id}`]);
    });
  });
});

describe.skipIf(!hasPostgres)('the connection that listens', () => {
  let url: string;
  beforeAll(async () => {
    const database = await createPostgresDatabase();
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
    const connection = connectPostgres({ url: through, onPoolError: () => {} });
    onTestFinished(() => connection.close());
    return connection;
  };
  const notify = async (payload: string) => {
    const { migrations } = aConnection();
    await migrations.query(`NOTIFY news, '${payload}'`);
  };

  it('is one for all channels, opened when it is needed, and ended at the close', async () => {
    const connection = aConnection();
    await connection.ping();
    expect(await listeners('SELECT 1')).toBe(0);
    await Promise.all(['a', 'b', 'c'].map((channel) => hear(connection.notifications, channel)));
    expect(await listeners('SELECT 1')).toBe(1);
    await connection.close();
    await expect.poll(() => listeners('SELECT 1')).toBe(0);
    await expect(hear(connection.notifications, 'd')).rejects.toThrow();
  });

  it('is opened again at once when the server ends it, and tells since when it may have missed', async () => {
    const heard = await hear(aConnection().notifications, 'news');
    const before = Date.now();
    expect(await listeners('SELECT pg_terminate_backend(pid)')).toBe(1);
    await expect.poll(() => heard.gaps.length, { interval: 5 }).toBe(1);
    expect(Date.now() - before).toBeLessThan(1_000);
    const [since = new Date(0)] = heard.gaps;
    expect(since.getTime()).toBeGreaterThanOrEqual(heard.since.getTime());
    expect(since.getTime()).toBeLessThan(before + 1_000);
    await notify('after');
    await expect.poll(() => heard.payloads).toEqual(['after']);
    expect(heard.gaps).toHaveLength(1);
  });

  it('is given up within a second when the network is frozen, and nobody says so', async () => {
    const proxy = await startTcpProxy(url);
    onTestFinished(() => proxy.close());
    const heard = await hear(aConnection(proxy.url).notifications, 'news');
    const before = Date.now();
    proxy.freeze();
    await notify('unheard');
    await expect.poll(() => heard.gaps.length, { timeout: 5_000, interval: 5 }).toBe(1);
    expect(Date.now() - before).toBeLessThan(1_500);
    await notify('heard');
    await expect.poll(() => heard.payloads).toEqual(['heard']);
  });

  it('is tried again until the server is there, and heard on every channel', async () => {
    const proxy = await startTcpProxy(url);
    onTestFinished(() => proxy.close());
    const errors: Error[] = [];
    const notifications = createPostgresNotifications({
      config: { connectionString: proxy.url },
      onError: (error) => void errors.push(error),
    });
    onTestFinished(() => notifications.close());
    const [news, more] = [await hear(notifications, 'news'), await hear(notifications, 'more')];
    proxy.refuses = true;
    proxy.cut();
    await expect.poll(() => errors.length).toBeGreaterThanOrEqual(4);
    expect(news.gaps).toEqual([]);
    proxy.refuses = false;
    await expect
      .poll(() => [news.gaps.length, more.gaps.length], { timeout: 5_000 })
      .toEqual([1, 1]);
    await notify('again');
    await expect.poll(() => news.payloads).toEqual(['again']);
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
    expect(await listeners('SELECT 1')).toBe(0);
    expect(heard.gaps).toEqual([]);
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
});
