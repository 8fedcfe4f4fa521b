import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DatabaseConnection } from '../../src/database/connection.ts';
import { migrate } from '../../src/database/migrations/migrate.ts';
import { hear, send } from '../support/notifications.ts';
import { migrationsDirectory } from '../support/test-database.ts';
import { databaseKinds } from './databases.ts';

describe.each(databaseKinds)('notifications of a database of kind $kind', ({ connectEmpty }) => {
  let connection: DatabaseConnection;
  beforeAll(async () => {
    connection = await connectEmpty();
    await migrate({ connection, migrationsDirectory });
  });
  afterAll(() => connection.close());

  const notify = (topic: string, payload: string) => send(connection, topic, payload);

  it('arrive in their order, at all who listen to the topic, until they stop', async () => {
    const [one, other] = [
      await hear(connection.notifications, 'news'),
      await hear(connection.notifications, 'news'),
    ];
    await notify('more.news', 'another topic');
    await notify('news', '1 700');
    await notify('news', '2');
    await expect
      .poll(() => [one.payloads, other.payloads])
      .toEqual([
        ['1 700', '2'],
        ['1 700', '2'],
      ]);
    await one.stop();
    await notify('news', '3');
    await expect.poll(() => other.payloads).toEqual(['1 700', '2', '3']);
    expect([one.payloads, one.losses, other.losses]).toEqual([['1 700', '2'], 0, 0]);
  });

  it('tell of what was committed, and of nothing that was undone', async () => {
    const { payloads } = await hear(connection.notifications, 'gatehouse.audit_events');
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

    /** The notices of `change`. */
    async function noticesOf(change: () => Promise<unknown>): Promise<readonly string[]> {
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
      const { id } = await aUser('noted');
      const [data, where] = [{ userId: id, group: 'STAFF' } as const, { id }];
      const key = { userId_group_source: { ...data, source: '' } };
      const expiresAt = new Date('2099-01-01');
      expect(await noticesOf(() => aUser('new'))).toEqual([]);
      expect(await noticesOf(() => user.update({ where, data: { email: 'x@y' } }))).toEqual([]);
      const heldSince = { where: key, data: { lastUsedOn: new Date('2026-01-31') } };
      expect(
        await noticesOf(async () => {
          await membership.create({ data });
          await membership.update(heldSince);
          await membership.delete({ where: key });
        }),
      ).toEqual([`user:${id}`, `user:${id}`]);
      for (const change of [
        () => membership.create({ data }),
        () => membership.update({ where: key, data: { expiresAt } }),
        () => membership.delete({ where: key }),
        () => user.update({ where, data: { disabledAt: new Date() } }),
        () => user.update({ where, data: { disabledAt: null } }),
        () => user.update({ where, data: { sessionEpoch: { increment: 1 } } }),
      ]) {
        expect(await noticesOf(change)).toEqual([`user:${id}`]);
      }
    });

    it('name the session that ends, and not the one that is used', async () => {
      const { session } = connection.database;
      const { id: userId } = await aUser('sessions');
      const where = { id: (await aSession(userId)).id };
      const reported = [`session:${where.id}`];
      const data = { lastUsedAt: new Date() };
      expect(await noticesOf(() => session.update({ where, data }))).toEqual([]);
      const end = { endedAt: new Date() };
      expect(await noticesOf(() => session.update({ where, data: end }))).toEqual(reported);
      expect(await noticesOf(() => session.update({ where, data: end }))).toEqual([]);
      expect(await noticesOf(() => session.delete({ where }))).toEqual(reported);
    });

    it('name the program that is disabled, gets another secret or other groups', async () => {
      const { apiClient } = connection.database;
      const secretHash = new Uint8Array(32);
      const { id } = await apiClient.create({ data: { name: 'bot', groups: [], secretHash } });
      const where = { id };
      const [used, other] = [{ lastUsedAt: new Date() }, { secretHash: secretHash.fill(1) }];
      expect(await noticesOf(() => apiClient.update({ where, data: used }))).toEqual([]);
      for (const change of [
        () => apiClient.update({ where, data: { disabledAt: new Date() } }),
        () => apiClient.update({ where, data: other }),
        () => apiClient.update({ where, data: { groups: ['STAFF'] } }),
        () => apiClient.delete({ where }),
      ]) {
        expect(await noticesOf(change)).toEqual([`client:${id}`]);
      }
    });

    it('name a deleted user once, however many sessions it has', async () => {
      const { id } = await aUser('deleted');
      const data = Array.from({ length: 1_000 }, () => ({
        userId: id,
        expiresAt: new Date('2099-01-01'),
      }));
      await connection.database.session.createMany({ data });
      const reported = await noticesOf(() => connection.database.user.delete({ where: { id } }));
      expect(reported).toEqual([`user:${id}`]);
    });
  });
});
