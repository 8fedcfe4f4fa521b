import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../../src/changes/origin.ts';
import type { DatabaseConnection } from '../../src/database/connect.ts';
import { createAccountChanges } from '../../src/identity/sessions/login/account.store.ts';
import { createMembershipStore } from '../../src/identity/users/membership.store.ts';
import { createUserStore } from '../../src/identity/users/user.store.ts';
import type { Group } from '../../src/values/groups.ts';
import { storeDependencies } from '../support/store-dependencies.ts';
import { createTestDatabase } from '../support/test-database.ts';

let connection: DatabaseConnection;
beforeAll(async () => {
  connection = await createTestDatabase();
});
afterAll(() => connection.close());

const until = new Date('2999-01-01T00:00:00Z');

async function aUser(group: Group, expiresAt: Date | null = null): Promise<string> {
  const name = `user-${await connection.database.user.count()}`;
  const { id } = await connection.database.user.create({
    data: {
      username: name,
      usernameKey: name,
      displayName: name,
      passwordHash: 'none',
      memberships: { create: { group, expiresAt } },
    },
  });
  return id;
}

const stores = () => {
  const dependencies = storeDependencies({ database: connection.database });
  return {
    ...createUserStore(dependencies),
    ...createAccountChanges(dependencies),
    ...createMembershipStore(dependencies),
  };
};

describe('a database without an ADMIN for good, as commands can make it', () => {
  it('allows to disable or delete a user who is not an ADMIN', async () => {
    const id = await aUser('STAFF');
    const disabled = await stores().disable(id, commandLine);
    expect(disabled.disabledAt).not.toBeNull();
    expect(await stores().delete(id, commandLine)).toBe(id);
  });

  it('lets an ADMIN for a time be granted, and lose it', async () => {
    const userId = await aUser('STAFF');
    await stores().grant({ userId, group: 'ADMIN', expiresAt: until }, commandLine);
    await stores().revoke(userId, 'ADMIN', commandLine);
    expect(await stores().findActiveOf([userId])).toMatchObject([{ group: 'STAFF' }]);
  });

  it('lets a disabled ADMIN be deleted', async () => {
    const id = await aUser('ADMIN');
    await connection.database.user.update({ where: { id }, data: { disabledAt: new Date() } });
    expect(await stores().delete(id, commandLine)).toBe(id);
  });

  it('keeps the first one that it is given', async () => {
    const id = await aUser('ADMIN');
    const refusal = { code: 'CONFLICT', facts: { reason: 'LAST_ADMIN' } };
    await expect(stores().disable(id, commandLine)).rejects.toMatchObject(refusal);
    await expect(stores().delete(id, commandLine)).rejects.toMatchObject(refusal);
    await expect(stores().revoke(id, 'ADMIN', commandLine)).rejects.toMatchObject(refusal);
    const ending = { userId: id, group: 'ADMIN', expiresAt: until } as const;
    await expect(stores().grant(ending, commandLine)).rejects.toMatchObject(refusal);
  });
});
