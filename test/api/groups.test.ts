import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestServer, TestUser } from '../support/test-server.ts';
import { startTestServer } from '../support/test-server.ts';

const start = Date.parse('2026-03-01T12:00:00Z');
let nowMs = start;

let server: TestServer;
let user: TestUser;
beforeAll(async () => {
  server = await startTestServer({ now: () => new Date(nowMs) });
});
afterAll(() => server.stop());
beforeEach(async () => {
  nowMs = start;
  user = await server.aUser();
});

type Variables = Readonly<Record<string, unknown>>;
const as = (viewer: TestUser, query: string, variables: Variables = {}) =>
  server.ask(query, { token: viewer.accessToken, variables });

const answer = '{ groups memberships { group grantedAt grantedBy { username } expiresAt } }';
const grant = (userId: string, group: string, expiresAt?: string | null, viewer = server.admin) =>
  as(
    viewer,
    `mutation ($userId: ID!, $group: Group!, $expiresAt: DateTime) {
      grantGroup(userId: $userId, group: $group, expiresAt: $expiresAt) ${answer}
    }`,
    { userId, group, ...(expiresAt === undefined ? {} : { expiresAt }) },
  );
const revoke = (userId: string, group: string, viewer = server.admin) =>
  as(
    viewer,
    `mutation ($userId: ID!, $group: Group!) { revokeGroup(userId: $userId, group: $group) ${answer} }`,
    { userId, group },
  );
const membership = (
  group: string,
  expiresAt: string | null = null,
  grantedAt = new Date(nowMs),
) => ({
  group,
  grantedAt: grantedAt.toISOString(),
  grantedBy: { username: 'admin' },
  expiresAt,
});

describe('a membership', () => {
  it('says who granted it, when, and until when', async () => {
    const { data } = await grant(user.id, 'STAFF', '2026-03-02T00:00:00+02:00');
    expect(data.grantGroup).toEqual({
      groups: ['STAFF'],
      memberships: [membership('STAFF', '2026-03-01T22:00:00.000Z')],
    });
    const own = await as(user, `{ me ${answer} }`);
    expect(own.data.me).toEqual(data.grantGroup);
  });

  it('of a new user was granted by whom the user was created', async () => {
    const other = await server.aUser('STAFF', 'ADMIN');
    const { data } = await as(other, `{ me ${answer} }`);
    expect(data.me.memberships).toEqual([membership('ADMIN'), membership('STAFF')]);
    await revoke(other.id, 'ADMIN');
  });

  it('of the first ADMIN has no granter', async () => {
    const { data } = await as(server.admin, `{ me ${answer} }`);
    expect(data.me.memberships).toMatchObject([{ group: 'ADMIN', grantedBy: null }]);
  });

  it('that is granted again has the new expiry, and the time of the first grant', async () => {
    await grant(user.id, 'STAFF', '2026-03-01T12:00:10Z');
    nowMs = start + 1_000;
    const longer = await grant(user.id, 'STAFF', '2026-03-01T12:00:20Z');
    expect(longer.data.grantGroup.memberships).toEqual([
      membership('STAFF', '2026-03-01T12:00:20.000Z', new Date(start)),
    ]);
    nowMs = start + 2_000;
    const endless = await grant(user.id, 'STAFF', null);
    const first = membership('STAFF', null, new Date(start));
    expect(endless.data.grantGroup.memberships).toEqual([first]);
  });

  it('ends when it expires, and can be granted again', async () => {
    await grant(user.id, 'STAFF', '2026-03-01T12:00:10Z');
    await grant(user.id, 'AUDITOR');
    nowMs = start + 10_000;
    const after = await as(user, `{ me ${answer} }`);
    expect(after.data.me.groups).toEqual(['AUDITOR']);
    expect(after.data.me.memberships).toHaveLength(1);
    const { data } = await grant(user.id, 'STAFF');
    expect(data.grantGroup.groups).toEqual(['AUDITOR', 'STAFF']);
    expect(data.grantGroup.memberships).toContainEqual(membership('STAFF'));
  });

  it.each(['2026-03-01T12:00:00Z', '2026-03-01T11:59:59.999Z', '1970-01-01T00:00:00Z'])(
    'does not end at %s, which is not in the future',
    async (expiresAt) => {
      const { status, errors } = await grant(user.id, 'STAFF', expiresAt);
      expect(status).toBe(400);
      expect(errors[0].extensions).toEqual({ code: 'BAD_USER_INPUT', argument: 'expiresAt' });
      expect((await as(user, '{ me { groups } }')).data.me.groups).toEqual([]);
    },
  );

  it.each([
    'tomorrow',
    '2026-02-30T00:00:00Z',
    '2027-01-01',
    '2027-01-01T00:00:00',
    '',
    1_900_000_000,
  ])('does not end at %s, which is no RFC 3339 date-time', async (expiresAt) => {
    const { status, code } = await as(
      server.admin,
      `mutation ($id: ID!, $at: DateTime) {
          grantGroup(userId: $id, group: STAFF, expiresAt: $at) { id }
        }`,
      { id: user.id, at: expiresAt },
    );
    expect({ status, code }).toEqual({ status: 400, code: 'BAD_USER_INPUT' });
  });

  it('may end as late as a date can be written', async () => {
    const { data } = await grant(user.id, 'STAFF', '9999-12-31T23:59:59.999Z');
    expect(data.grantGroup.memberships[0].expiresAt).toBe('9999-12-31T23:59:59.999Z');
  });

  it('that is revoked is gone, also when it is revoked twice', async () => {
    await grant(user.id, 'STAFF');
    await grant(user.id, 'AUDITOR');
    for (const time of ['once', 'twice']) {
      const { status, data } = await revoke(user.id, 'STAFF');
      expect(status, time).toBe(200);
      expect(data.revokeGroup.groups, time).toEqual(['AUDITOR']);
    }
  });

  it('comes to exist once when it is granted ten times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => grant(user.id, 'STAFF')));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect((await as(user, `{ me ${answer} }`)).data.me.memberships).toHaveLength(1);
  });
});

describe('the last active ADMIN', () => {
  const conflict = { status: 409, code: 'CONFLICT', reason: 'LAST_ADMIN' };
  const disable = (id: string) =>
    as(server.admin, 'mutation ($id: ID!) { disableUser(id: $id) { id } }', { id });

  it.each([
    ['be revoked', () => revoke(server.admin.id, 'ADMIN')],
    ['be disabled', () => disable(server.admin.id)],
    ['be granted an end', () => grant(server.admin.id, 'ADMIN', '2027-01-01T00:00:00Z')],
  ])('cannot %s', async (_what, attempt) => {
    const { status, code, reason, body } = await attempt();
    expect({ status, code, reason }).toEqual(conflict);
    expect(body).not.toHaveProperty('data');
    const { data } = await as(server.admin, `{ me ${answer} }`);
    expect(data.me.memberships).toMatchObject([{ group: 'ADMIN', expiresAt: null }]);
  });

  it('is not made another by one who is disabled, or whose membership ends', async () => {
    const disabled = await server.aUser('ADMIN');
    expect((await disable(disabled.id)).status).toBe(200);
    await grant(user.id, 'ADMIN', '2026-03-01T13:00:00Z');
    expect((await revoke(server.admin.id, 'ADMIN')).reason).toBe('LAST_ADMIN');
    expect((await revoke(server.admin.id, 'ADMIN', user)).reason).toBe('LAST_ADMIN');
    await revoke(user.id, 'ADMIN');
  });

  it('can go once there is another', async () => {
    await grant(user.id, 'ADMIN');
    expect((await revoke(server.admin.id, 'ADMIN', user)).status).toBe(200);
    expect((await revoke(user.id, 'ADMIN', user)).reason).toBe('LAST_ADMIN');
    expect((await grant(server.admin.id, 'ADMIN', null, user)).status).toBe(200);
    expect((await revoke(user.id, 'ADMIN')).status).toBe(200);
  });

  it('is left when two admins revoke or disable each other at once, in each of ten rounds', async () => {
    const admins = { one: server.admin, other: user };
    for (let round = 0; round < 10; round += 1) {
      await grant(admins.other.id, 'ADMIN', null, admins.one);
      const answers = await Promise.all([
        revoke(admins.other.id, 'ADMIN', admins.one),
        revoke(admins.one.id, 'ADMIN', admins.other),
      ]);
      const left = await server.connection.database.membership.findMany({
        where: { group: 'ADMIN', expiresAt: null, user: { disabledAt: null } },
      });
      expect(left).toHaveLength(1);
      const lost = answers.filter(({ status }) => status !== 200);
      expect(lost).toHaveLength(1);
      expect(['LAST_ADMIN', 'GROUP_REQUIRED']).toContain(lost[0]?.reason);
      if (left[0]?.userId === admins.other.id) {
        [admins.one, admins.other] = [admins.other, admins.one];
      }
    }
  });
});
