import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectPostgres } from '../../../src/database/connect/connect-postgres.ts';
import type { DatabaseConnection } from '../../../src/database/connection.ts';
import { grantNode } from '../../../src/database/migrations/grant-node.ts';
import { migrate } from '../../../src/database/migrations/migrate.ts';
import { createPlaceInvitationStore } from '../../../src/identity/places/invitation.store.ts';
import { createPlaceMembershipStore } from '../../../src/identity/places/place-membership.store.ts';
import { hasPostgres } from '../../database/databases.ts';
import { roles } from '../../support/postgres-database.ts';
import { storeDependencies } from '../../support/store-dependencies.ts';
import {
  createPostgresDatabase,
  migrationsDirectory,
  type PostgresDatabase,
} from '../../support/test-database.ts';

describe.runIf(hasPostgres)('what was held in a place that has ended', () => {
  let postgres: PostgresDatabase;
  let owner: DatabaseConnection;
  let node: DatabaseConnection;
  beforeAll(async () => {
    postgres = await createPostgresDatabase();
    owner = connectPostgres({ url: postgres.url, onPoolError: () => {} });
    await migrate({ connection: owner, migrationsDirectory });
    await grantNode(owner, roles.node);
    node = connectPostgres({ url: postgres.nodeUrl, onPoolError: () => {} });
  });
  afterAll(async () => {
    await Promise.all([owner.close(), node.close()]);
    await postgres.drop();
  });

  const events = () =>
    owner.database.$queryRaw`SELECT payload FROM gatehouse.outbox WHERE topic = 'gatehouse_access'`;

  it('is removed by a node, in batches, with one notification, and no other place loses anything', async () => {
    const { database } = owner;
    await database.$executeRaw`INSERT INTO gatehouse.users (id, username, username_key, display_name, password_hash)
      SELECT gen_random_uuid(), 'user' || n, 'user' || n, 'User', 'x' FROM generate_series(1, 25) AS n`;
    await database.$executeRaw`INSERT INTO gatehouse.places (type, id) VALUES ('Organization', 'a'), ('Organization', 'b')`;
    await database.$executeRaw`INSERT INTO gatehouse.place_memberships (user_id, type, place_id, "group")
      SELECT users.id, 'Organization', place, 'MEMBER' FROM gatehouse.users, unnest(ARRAY['a', 'b']) AS place`;
    await database.$executeRaw`DELETE FROM gatehouse.outbox`;

    await node.database.$executeRaw`SELECT gatehouse.remove_place('Organization', 'a')::text`;
    const { removeOfEnded } = createPlaceMembershipStore(
      storeDependencies({ database: node.database }),
    );
    expect([await removeOfEnded(10), await removeOfEnded(10), await removeOfEnded(10)]).toEqual([
      10, 10, 5,
    ]);
    expect(await removeOfEnded(10)).toBe(0);
    expect(await events()).toEqual([{ payload: 'place:ended' }]);
    expect(await database.placeMembership.groupBy({ by: ['placeId'], _count: true })).toEqual([
      { placeId: 'b', _count: 25 },
    ]);
  });

  it('is offered by no invitation, and neither is what can be accepted no more', async () => {
    const invite = (n: number, placeId: string, ageDays: number) => owner.database.$executeRaw`
      INSERT INTO gatehouse.place_invitations
        (id, code_hash, type, place_id, groups, inviter_kind, inviter_id, created_at, expires_at)
      SELECT gen_random_uuid(), decode(lpad(${n}::text, 64, '0'), 'hex'), 'Organization', ${placeId}, ARRAY['MEMBER'],
        'USER', gen_random_uuid(), at, at + interval '7 days' FROM (SELECT now() - make_interval(days => ${ageDays}::int) AS at) AS made`;
    await invite(1, 'a', 1);
    await invite(2, 'a', 8);
    await invite(3, 'b', 8);
    await invite(4, 'b', 1);
    const { removeEnded } = createPlaceInvitationStore(
      storeDependencies({ database: node.database }),
    );
    expect([await removeEnded(2), await removeEnded(2), await removeEnded(2)]).toEqual([2, 1, 0]);
    expect(
      await owner.database.placeInvitation.findMany({ select: { placeId: true, expiresAt: true } }),
    ).toEqual([{ placeId: 'b', expiresAt: expect.any(Date) }]);
  });

  it('cannot be given again, nor can its place be removed as a row', async () => {
    const { database } = node;
    await expect(
      database.$executeRaw`DELETE FROM gatehouse.places WHERE id = 'a'`,
    ).rejects.toThrow();
    await database.$executeRaw`SELECT gatehouse.remove_place('Organization', 'a')::text`;
    expect(
      await owner.database.place.findMany({
        select: { id: true, endedAt: true },
        orderBy: { id: 'asc' },
      }),
    ).toEqual([
      { id: 'a', endedAt: expect.any(Date) },
      { id: 'b', endedAt: null },
    ]);
  });
});
