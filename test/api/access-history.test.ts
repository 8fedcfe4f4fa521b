import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../../src/changes/origin.ts';
import { auditLog } from '../../src/identity/audit/audit-log.ts';
import { createPruneLog } from '../../src/identity/audit/log-prune.store.ts';
import { createGroupStore } from '../../src/identity/groups/group.store.ts';
import type { GatehousePackage } from '../../src/schema/packages/package.ts';
import { accessOf, moveHistory, verdictsAt } from '../support/access-history.ts';
import { readTypeDefs, roomsProject } from '../support/rooms-project.ts';
import { storeDependencies } from '../support/store-dependencies.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

let connection: TestDatabase;
let server: TestServer;
beforeAll(async () => {
  connection = await createTestDatabase();
  server = await startTestServer({ connection });
});
afterAll(async () => {
  await server.stop();
  await connection.close();
});

const change = async (mutation: string) => {
  const { accessToken: token } = server.admin;
  const answer = await server.ask(`mutation { ${mutation} }`, { token });
  expect(answer.errors, mutation).toEqual([]);
  return answer.data;
};

/** The changes of an account in the history, as `KIND group until`. */
async function changesOf(id: string): Promise<readonly string[]> {
  const found = await connection.database.accessChange.findMany({
    where: { subjectId: id },
    orderBy: { id: 'asc' },
  });
  return found.map(({ kind, group, expiresAt }) =>
    [kind, group, expiresAt?.toISOString()].filter((each) => each).join(' '),
  );
}

describe('the history of access', () => {
  it('begins with the first ADMIN, and with the schema that is served', async () => {
    expect(await changesOf(server.admin.id)).toEqual(['CREATED', 'GRANTED ADMIN']);
    const found = await accessOf(connection, { kind: 'USER', name: 'admin' });
    expect(found.account).toEqual({
      state: 'CREATED',
      grants: [{ group: 'ADMIN', expiresAt: null }],
    });
    expect(found.schemas).toHaveLength(1);
    expect(verdictsAt(found, 'Query.users')).toEqual(['allowed']);
    expect(verdictsAt(found, 'Mutation.createUser')).toEqual(['allowed 900 s']);
    expect(verdictsAt(found, 'Room.accessCode')).toEqual(['depends ROOM_MEMBER']);
    expect(verdictsAt(found, 'Query.auditEvents')).toEqual(['refused']);
  });

  it('has each change of a user that the API makes, and its deletion with what it held', async () => {
    const { id } = await server.aUser('STAFF');
    const grant = (more = '') =>
      change(`grantGroup(userId: "${id}", group: MANAGER${more}) { id }`);
    await grant(', expiresAt: "2200-01-01T00:00:00Z"');
    await grant(', expiresAt: "2300-01-01T00:00:00Z"');
    await grant();
    await grant();
    await change(`revokeGroup(userId: "${id}", group: STAFF) { id }`);
    await change(`disableUser(id: "${id}") { id }`);
    await change(`disableUser(id: "${id}") { id }`);
    await change(`updateUser(id: "${id}", input: { displayName: "Ada" }) { id }`);
    await change(`enableUser(id: "${id}") { id }`);
    await change(`deleteUser(id: "${id}")`);
    expect(await changesOf(id)).toEqual([
      'CREATED',
      'GRANTED STAFF',
      'GRANTED MANAGER 2200-01-01T00:00:00.000Z',
      'GRANTED MANAGER 2300-01-01T00:00:00.000Z',
      'GRANTED MANAGER',
      'ENDED STAFF',
      'DISABLED',
      'ENABLED',
      'DELETED',
      'ENDED MANAGER',
    ]);
    const { account, schemas } = await accessOf(connection, { kind: 'USER', name: id });
    expect(account).toEqual({ state: 'DELETED', grants: [] });
    expect(schemas[0]?.groups).toBeNull();
  });

  it('has API clients with their groups', async () => {
    const created = await change('createApiClient(name: "c", groups: [MANAGER]) { client { id } }');
    const { id } = created.createApiClient.client;
    const found = await accessOf(connection, { kind: 'API_CLIENT', name: id });
    expect(found.schemas[0]?.groups).toEqual(['MANAGER']);
    expect(verdictsAt(found, 'Mutation.createRoom')).toEqual(['allowed']);
    await change(`rotateApiClientSecret(id: "${id}") { secret }`);
    await change(`disableApiClient(id: "${id}") { id }`);
    expect(await changesOf(id)).toEqual(['CREATED', 'GRANTED MANAGER', 'DISABLED']);
    const disabled = await accessOf(connection, { kind: 'API_CLIENT', name: id });
    expect(verdictsAt(disabled, 'Mutation.createRoom')).toEqual(['refused']);
  });

  it('has groups that are renamed and dropped, of users and API clients', async () => {
    const { database } = connection;
    const { id: userId } = await server.aUser();
    const { id: clientId } = await database.apiClient.create({
      data: { name: 'c', groups: ['JANITOR', 'BUTLER'], secretHash: new Uint8Array(32) },
    });
    for (const group of ['JANITOR', 'BUTLER']) {
      await database.membership.create({ data: { userId, group } });
    }
    const before = await accessOf(connection, { kind: 'USER', name: userId });
    expect(before.schemas[0]).toMatchObject({ groups: [], unknownGroups: ['BUTLER', 'JANITOR'] });
    const groups = createGroupStore(storeDependencies({ database }));
    await groups.rename('JANITOR', 'STAFF', commandLine);
    await groups.drop('BUTLER', commandLine);
    for (const id of [userId, clientId]) {
      const changes = await changesOf(id);
      expect(changes.toSorted()).toEqual([
        'CREATED',
        'ENDED BUTLER',
        'ENDED JANITOR',
        'GRANTED BUTLER',
        'GRANTED JANITOR',
        'GRANTED STAFF',
      ]);
    }
  });

  it('is kept when the audit log is pruned', async () => {
    const { accessChange, auditEvent } = connection.database;
    const before = await accessChange.count();
    await createPruneLog(storeDependencies({ database: connection.owner.database }), auditLog)(
      new Date(),
      commandLine,
    );
    expect(await auditEvent.count({ where: { action: { not: 'audit.pruned' } } })).toBe(0);
    expect(await accessChange.count()).toBe(before);
  });
});

/** The demo with another guard of `Query.users`. */
const typeDefs = readTypeDefs().map((text) =>
  text.replace(
    /(\busers\([\s\S]*?\): UserConnection! )@auth[^\n]*/,
    '$1@auth(requires: [AUDITOR])',
  ),
);

describe('the schemas of the history', () => {
  it('are two while two nodes serve different ones', async () => {
    const second = await startTestServer({ connection, typeDefs });
    const found = await accessOf(connection, { kind: 'USER', name: 'admin' });
    await second.stop();
    expect(found.schemas).toHaveLength(2);
    expect(new Set(found.schemas.map(({ schemaHash }) => schemaHash)).size).toBe(2);
    expect(verdictsAt(found, 'Query.users')).toEqual(['refused', 'allowed']);
  });

  it('have the settings of the node: what groups imply and ask for, and whether it denies', async () => {
    const demanding: GatehousePackage = { name: 'demanding', groupFactors: { ADMIN: 2 } };
    const config = {
      ...roomsProject.config,
      packages: [demanding],
      implies: { ADMIN: ['MANAGER'] },
    };
    const other = await startTestServer({
      connection,
      project: { ...roomsProject, config },
      environment: { AUTHORIZATION: 'report' },
    });
    const { schemas } = await accessOf(connection, { kind: 'USER', name: 'admin' });
    await other.stop();
    const settings = schemas.map(({ groups, groupFactors, reportsOnly }) => ({
      groups,
      groupFactors,
      reportsOnly,
    }));
    expect(settings).toContainEqual({
      groups: ['ADMIN', 'MANAGER'],
      groupFactors: { ADMIN: 2 },
      reportsOnly: true,
    });
    expect(settings).toContainEqual({ groups: ['ADMIN'], groupFactors: {}, reportsOnly: false });
  });

  it('come back after a rollback, and are not known while no node was seen', async () => {
    const day = 24 * 60 * 60 * 1000;
    const moved = new Date();
    await moveHistory(connection.owner.migrations, 10);
    const again = await startTestServer({ connection });
    await again.stop();
    const at = (days: number) =>
      accessOf(connection, {
        kind: 'USER',
        name: 'admin',
        at: new Date(moved.getTime() - days * day),
      });
    expect((await at(10)).schemas.length).toBeGreaterThan(1);
    const gap = await at(5);
    expect(gap.account?.grants).toEqual([{ group: 'ADMIN', expiresAt: null }]);
    expect(gap.schemas).toEqual([]);
    expect(gap.served?.before?.getTime()).toBeLessThan(moved.getTime() - 9 * day);
    expect(gap.served?.after?.getTime()).toBeGreaterThan(moved.getTime());
    const now = await accessOf(connection, { kind: 'USER', name: 'admin' });
    expect(verdictsAt(now, 'Query.users')).toEqual(['allowed']);
    expect(now.schemas[0]?.firstSeenAt.getTime()).toBeGreaterThan(moved.getTime());
  });
});
