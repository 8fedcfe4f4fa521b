import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountsPackage } from '../support/accounts-package.ts';
import { startPackageServer } from '../support/package-server.ts';
import type { TestServer, TestUser } from '../support/test-server.ts';

describe('accounts, as packages see them', () => {
  const used = accountsPackage();
  let server: TestServer;
  beforeAll(async () => {
    server = await startPackageServer({ packages: [used.accounts], now: () => new Date() });
  });
  afterAll(() => server.stop());

  const { runtime } = used;
  const asAdmin = (query: string, variables: object = {}) =>
    server.ask(query, { token: server.admin.accessToken, variables: { ...variables } });
  const findByName = async (username: string) => {
    const search = '($s: String!) { users(search: $s) { edges { node { id email groups } } } }';
    const { data } = await asAdmin(`query ${search}`, { s: username });
    return data.users.edges.map(({ node }: { node: unknown }) => node);
  };
  const mayInvite = async (
    user: Pick<TestUser, 'id'>,
    group: string,
    kind: 'USER' | 'API_CLIENT' = 'USER',
  ) => {
    const { sql, accounts } = await runtime();
    return sql.transaction((transaction) =>
      accounts.mayRun(
        transaction,
        { kind, id: user.id },
        {
          text: 'mutation ($u: ID!, $g: Group!) { grantGroup(userId: $u, group: $g) { id } }',
          variables: { u: server.admin.id, g: group },
        },
      ),
    );
  };

  describe('a new account', () => {
    it('is created by the rules of createUser, with its groups and event', async () => {
      const { data } = await server.ask('mutation { makes(username: "made") }');
      expect(await findByName('made')).toEqual([
        { id: data.makes, email: 'ada@example.org', groups: ['STAFF'] },
      ]);
    });

    it('names the argument that is wrong', async () => {
      const answer = await server.ask('mutation { makes(username: "admin") }');
      expect([answer.status, answer.code, answer.errors[0]?.extensions.argument]).toEqual([
        400,
        'BAD_USER_INPUT',
        'username',
      ]);
    });

    it('is not there when what comes before it fails', async () => {
      used.hooks.beforeAccount = async () => {
        throw (await runtime()).errors.conflict('SPENT', 'It is spent.');
      };
      const answer = await server.ask('mutation { makes(username: "spent-one") }');
      used.hooks.beforeAccount = async () => {};
      expect([answer.code, answer.reason]).toEqual(['CONFLICT', 'SPENT']);
      expect(await findByName('spent-one')).toEqual([]);
    });
  });

  describe('what an absent user may run', () => {
    it('follows from the groups that it holds now, as after a fresh proof', async () => {
      const [manager, staff] = [await server.aUser('ADMIN'), await server.aUser('STAFF')];
      expect(await mayInvite(manager, 'ADMIN')).toBe(true);
      expect(await mayInvite(staff, 'STAFF')).toBe(false);
      await asAdmin('mutation ($u: ID!) { revokeGroup(userId: $u, group: ADMIN) { id } }', {
        u: manager.id,
      });
      expect(await mayInvite(manager, 'STAFF')).toBe(false);
    });

    it('is nothing for a user who is disabled or deleted, and for an unknown one', async () => {
      const [one, other] = [await server.aUser('ADMIN'), await server.aUser('ADMIN')];
      await asAdmin('mutation ($u: ID!) { disableUser(id: $u) { id } }', { u: one.id });
      await asAdmin('mutation ($u: ID!) { deleteUser(id: $u) }', { u: other.id });
      expect(await mayInvite(one, 'STAFF')).toBe(false);
      expect(await mayInvite(other, 'STAFF')).toBe(false);
      expect(await mayInvite({ id: 'unknown' }, 'STAFF')).toBe(false);
    });

    it('is what an API client may run, until it is disabled', async () => {
      const { data } = await asAdmin(
        'mutation { createApiClient(name: "robot", groups: [ADMIN]) { client { id } } }',
      );
      const { client } = data.createApiClient;
      expect(await mayInvite(client, 'STAFF', 'API_CLIENT')).toBe(true);
      await asAdmin('mutation ($c: ID!) { disableApiClient(id: $c) { id } }', { c: client.id });
      expect(await mayInvite(client, 'STAFF', 'API_CLIENT')).toBe(false);
    });
  });

  it('writes under the rights of the viewer, which are checked again', async () => {
    const manager = await server.aUser('MANAGER');
    const writes = () => server.ask('mutation { writes }', { token: manager.accessToken });
    expect((await writes()).data).toEqual({ writes: true });
    used.hooks.beforeWrite = async () => {
      const revoke = 'mutation ($u: ID!) { revokeGroup(userId: $u, group: MANAGER) { id } }';
      await asAdmin(revoke, { u: manager.id });
    };
    expect((await writes()).status).toBe(403);
  });

  describe('notices', () => {
    it('have the client of a new session', async () => {
      const user = await server.aUser('STAFF');
      const noticed = used.notices.filter(({ userId }) => userId === user.id);
      const opened = noticed.filter(({ action }) => action === 'session.opened');
      expect(opened).toMatchObject([
        { action: 'session.opened', actorId: user.id, client: { ip: '127.0.0.1' } },
      ]);
    });

    it('say who has made and enabled an account, granted a group, and set a password', async () => {
      const { id } = await server.aUser('STAFF');
      const change = (field: string) =>
        asAdmin(`mutation ($u: ID!) { ${field} { id } }`, { u: id });
      await change('grantGroup(userId: $u, group: AUDITOR)');
      await change('disableUser(id: $u)');
      await change('enableUser(id: $u)');
      await change('resetPassword(userId: $u, newPassword: "copper-lantern-78-mosaic")');
      const by = { actor: 'USER', actorId: server.admin.id };
      const noticed = used.notices.filter(({ userId }) => userId === id);
      expect(noticed.filter(({ action }) => action !== 'session.opened')).toEqual(
        ['user.created', 'membership.granted', 'user.enabled', 'password.reset'].map((action) =>
          expect.objectContaining({ action, ...by }),
        ),
      );
      expect(noticed.filter(({ setsPassword }) => setsPassword)).toHaveLength(1);
      const { data } = await server.ask('mutation { makes(username: "noticed") }');
      expect(used.notices.filter(({ userId }) => userId === data.makes)).toMatchObject([
        { action: 'user.created', actor: 'LINK', actorId: null },
      ]);
    });

    it('have the address before a change, and are not made without one', async () => {
      const user = await server.aUser('STAFF');
      const change = (email: string) =>
        asAdmin(
          'mutation ($u: ID!, $e: String!) { updateUser(id: $u, input: { email: $e }) { id } }',
          { u: user.id, e: email },
        );
      await change('a@example.org');
      await change('a@EXAMPLE.org');
      await change('b@example.org');
      const changed = used.notices.filter(
        ({ userId, action }) => userId === user.id && action === 'user.updated',
      );
      expect(changed.map(({ emailBefore }) => emailBefore)).toEqual([null, 'a@example.org']);
    });
  });
});
