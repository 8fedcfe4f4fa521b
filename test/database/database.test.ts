import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DatabaseConnection } from '../../src/database/connection.ts';
import { migrate } from '../../src/database/migrations/migrate.ts';
import { migrationsDirectory } from '../support/test-database.ts';
import { databaseKinds } from './databases.ts';

const grantedAt = new Date('2026-05-06T07:08:09.123Z');

describe.each(databaseKinds)('a database of kind $kind', ({ kind, connectEmpty }) => {
  let connection: DatabaseConnection;

  beforeAll(async () => {
    connection = await connectEmpty();
    await migrate({ connection, migrationsDirectory });
  });

  afterAll(() => connection.close());

  const createUser = (username: string) =>
    connection.database.user.create({
      data: { username, usernameKey: username, displayName: 'Ada', passwordHash: 'a secret hash' },
    });

  it('answers a ping, and says what it is without a user or a password', async () => {
    await connection.ping();
    expect(connection.kind).toBe(kind);
    expect(connection.description).not.toMatch(/@|postgres:/);
  });

  it('keeps the groups of an API client, in their order', async () => {
    const { id } = await connection.database.apiClient.create({
      data: { name: 'Lab', secretHash: new Uint8Array(32).fill(7), groups: ['STAFF', 'ADMIN'] },
    });
    const client = await connection.database.apiClient.findUnique({ where: { id } });
    expect(client?.groups).toEqual(['STAFF', 'ADMIN']);
    const admitting = await connection.database.apiClient.findMany({
      where: { groups: { hasSome: ['ADMIN', 'AUDITOR'] } },
    });
    expect(admitting.map((found) => found.id)).toEqual([id]);
  });

  it('keeps times to the millisecond, and bytes', async () => {
    const { id: userId } = await createUser('times');
    const hash = new Uint8Array(32).fill(255).fill(0, 0, 1).fill(127, 1, 2).fill(128, 2, 3);
    const { id } = await connection.database.session.create({
      data: {
        userId,
        createdAt: grantedAt,
        expiresAt: new Date('2027-01-01'),
        cookieHash: hash,
      },
    });
    const session = await connection.database.session.findUniqueOrThrow({ where: { id } });
    expect(session.createdAt).toEqual(grantedAt);
    expect([...(session.cookieHash ?? [])]).toEqual([...hash]);
  });

  it('keeps all that a transaction wrote', async () => {
    await connection.database.$transaction(async (transaction) => {
      const user = await transaction.user.create({
        data: { username: 'kept', usernameKey: 'kept', displayName: 'K', passwordHash: 'x' },
      });
      await transaction.membership.create({ data: { userId: user.id, group: 'STAFF' } });
    });
    const members = await connection.database.membership.findMany({
      where: { user: { is: { usernameKey: 'kept' } } },
    });
    expect(members).toMatchObject([{ group: 'STAFF' }]);
  });

  it('keeps nothing of a transaction that throws, and works on', async () => {
    const transaction = connection.database.$transaction(async (tx) => {
      await tx.apiClient.create({
        data: { name: 'Never', groups: [], secretHash: new Uint8Array(32).fill(8) },
      });
      throw new RangeError('no');
    });
    await expect(transaction).rejects.toBeInstanceOf(RangeError);
    expect(await connection.database.apiClient.count({ where: { name: 'Never' } })).toBe(0);
  });

  it('throws on a filter that is undefined, instead of matching every row', async () => {
    const missing: { id?: string } = {};
    // @ts-expect-error: the types forbid it too; a cast elsewhere might let it through
    const deletion = connection.database.user.deleteMany({ where: { id: missing.id } });
    await expect(deletion).rejects.toMatchObject({ name: 'PrismaClientValidationError' });
  });

  it.each([
    { what: 'an empty username', change: { username: '' } },
    { what: 'a username key of 65 characters', change: { usernameKey: 'k'.repeat(65) } },
    { what: 'a display name of 201 characters', change: { displayName: 'd'.repeat(201) } },
    { what: 'an address of 255 characters', change: { email: 'e'.repeat(255) } },
  ])('refuses $what, and puts no row into the error', async ({ change }) => {
    const user = { username: 'u', usernameKey: 'u', displayName: 'U', passwordHash: 'secret-hash' };
    const creation = connection.database.user.create({ data: { ...user, ...change } });
    const error = await creation.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'P2039', meta: { driverAdapterError: {} } });
    expect(JSON.stringify(error)).toContain('23514');
    expect(JSON.stringify(error)).not.toContain('secret-hash');
  });

  it.each([
    { what: 'an empty name', change: { name: '' } },
    { what: 'a name of 201 characters', change: { name: 'n'.repeat(201) } },
    { what: 'a hash of 31 bytes', change: { secretHash: new Uint8Array(31) } },
    { what: 'a hash of 33 bytes', change: { secretHash: new Uint8Array(33) } },
  ])('refuses an API client with $what', async ({ change }) => {
    const client = { name: 'bot', groups: [], secretHash: new Uint8Array(32) };
    const creation = connection.database.apiClient.create({ data: { ...client, ...change } });
    await expect(creation).rejects.toMatchObject({ code: 'P2039' });
  });

  it.each(['NULL', 'ARRAY[NULL]', "ARRAY['STAFF', NULL]"])(
    'refuses an API client whose groups are %s',
    async (groups) => {
      const insert = `INSERT INTO gatehouse.api_clients (id, name, groups, secret_hash)
        VALUES (gen_random_uuid(), 'bot', ${groups}::text[], decode(repeat('00', 32), 'hex'))`;
      await expect(connection.migrations.query(insert)).rejects.toMatchObject({ code: '23514' });
    },
  );

  it('keeps an API client whose creator is gone, and no two with one secret', async () => {
    const { apiClient, user } = connection.database;
    const { id: createdById } = await createUser('creator');
    const client = { name: 'bot', groups: [], secretHash: new Uint8Array(32), createdById };
    const { id } = await apiClient.create({ data: client });
    await expect(apiClient.create({ data: client })).rejects.toMatchObject({ code: 'P2002' });
    await user.delete({ where: { id: createdById } });
    expect(await apiClient.findUnique({ where: { id } })).toMatchObject({ createdById });
  });

  it('refuses a membership and a session that end before they begin', async () => {
    const { id: userId } = await createUser('backwards');
    const { membership, session } = connection.database;
    const early = { expiresAt: grantedAt, userId };
    await expect(
      membership.create({ data: { ...early, group: 'ADMIN', grantedAt } }),
    ).rejects.toMatchObject({ code: 'P2039' });
    await expect(
      session.create({
        data: { ...early, createdAt: grantedAt },
      }),
    ).rejects.toMatchObject({ code: 'P2039' });
  });

  it('can be closed twice', async () => {
    const other = await connectEmpty();
    await Promise.all([other.close(), other.close()]);
    await expect(other.ping()).rejects.toThrow();
  });
});
