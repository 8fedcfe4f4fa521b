import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { claimsOf } from '../support/claims.ts';
import { codePackage } from '../support/code-package.ts';
import { roomsProject } from '../support/rooms-project.ts';
import {
  type Answer,
  startTestServer,
  type TestServer,
  type TestUser,
  userPassword,
} from '../support/test-server.ts';

const day = 86_400_000;
const code = codePackage();
const start = Date.parse('2026-05-01T12:00:00Z');
let nowMs = start;
let server: TestServer;
let manager: TestUser;
/** Demands from MANAGER two kinds, from days after each grant. */
const demand = (days: number) =>
  code.demands.set('MANAGER', {
    factors: 2,
    countsFrom: (grantedAt) => new Date(grantedAt.getTime() + days * day),
  });
beforeAll(async () => {
  const { config } = roomsProject;
  server = await startTestServer({
    now: () => new Date(nowMs),
    project: { ...roomsProject, config: { ...config, packages: [code.demo] } },
  });
});
afterAll(() => server.stop());
beforeEach(async () => {
  nowMs = start;
  code.demands.clear();
  manager = await server.aUser('MANAGER', 'AUDITOR');
});

const viewer = async (token: string): Promise<readonly string[]> => {
  const { data } = await server.ask('{ viewer { groups } }', { token });
  return data.viewer.groups;
};
/** What only managers may call. */
const manage = (token: string): Promise<Answer> =>
  server.ask('mutation ($id: ID!) { deleteRoom(id: $id) }', { token, variables: { id: noRoom } });
const noRoom = '00000000-0000-7000-8000-000000000000';
const withCode = async (): Promise<{ readonly accessToken: string }> => {
  code.enrolled.add(manager.id);
  const due = await server.ask(
    'mutation ($u: String!, $p: String!) { login(username: $u, password: $p) { accessToken } }',
    { variables: { u: manager.username, p: userPassword } },
  );
  const done = await server.ask(
    'mutation ($c: String!, $p: Proof!) { completeLogin(challenge: $c, proof: $p) { accessToken } }',
    {
      variables: {
        c: due.errors[0].extensions.challenge,
        p: { code: `right ${manager.id} ${Math.random()}` },
      },
    },
  );
  return done.data.completeLogin;
};

describe('a group that asks for two factors', () => {
  it('is withheld from a session that has proved one', async () => {
    const before = await viewer(manager.accessToken);
    demand(0);
    const after = await viewer(manager.accessToken);
    expect({ before, after }).toEqual({
      before: ['AUDITOR', 'MANAGER'],
      after: ['AUDITOR'],
    });
    const again = await server.logIn(manager.username, userPassword);
    expect(claimsOf(again.accessToken).groups).toEqual(['AUDITOR']);
  });

  it('is held by a session that has proved two', async () => {
    demand(0);
    const { accessToken } = await withCode();
    expect(await viewer(accessToken)).toEqual(['AUDITOR', 'MANAGER']);
    expect(claimsOf(accessToken).groups).toEqual(['AUDITOR', 'MANAGER']);
    expect((await manage(accessToken)).code).not.toBe('FORBIDDEN');
  });

  it('is held without them in the days of grace', async () => {
    demand(14);
    nowMs = start + 14 * day - 1_000;
    const session = await server.logIn(manager.username, userPassword);
    expect(await viewer(session.accessToken)).toContain('MANAGER');
    nowMs = start + 14 * day + 1_000;
    expect(await viewer(session.accessToken)).not.toContain('MANAGER');
  });

  it('refuses with what is missing: a proof, or a factor', async () => {
    demand(0);
    const missing = await manage(manager.accessToken);
    code.enrolled.add(manager.id);
    const unproved = await manage(manager.accessToken);
    const shown = [missing, unproved].map(({ status, errors }) => [status, errors[0].extensions]);
    expect(shown).toMatchObject([
      [403, { code: 'FORBIDDEN', reason: 'FACTORS_MISSING', factors: 2, enrol: true }],
      [401, { code: 'UNAUTHENTICATED', reason: 'FACTORS_MISSING', factors: 2 }],
    ]);
    expect(unproved.headers.get('www-authenticate')).toContain(
      'error="insufficient_user_authentication"',
    );
  });

  it('is given to no program by a session that has not proved two', async () => {
    demand(0);
    const create = (token: string) =>
      server.ask('mutation { createApiClient(name: "a", groups: [MANAGER]) { secret } }', {
        token,
      });
    const asked = await create(server.admin.accessToken);
    expect([asked.status, asked.reason]).toEqual([401, 'FACTORS_MISSING']);
    code.demands.clear();
    expect((await create(server.admin.accessToken)).status).toBe(200);
  });

  it('comes with no new secret of a program to a session that has not proved two', async () => {
    const created = await server.ask(
      'mutation { createApiClient(name: "b", groups: [ADMIN, MANAGER]) { client { id } secret } }',
      { token: server.admin.accessToken },
    );
    const { client, secret } = created.data.createApiClient;
    const rotate = (token: string) =>
      server.ask('mutation ($id: ID!) { rotateApiClientSecret(id: $id) { secret } }', {
        token,
        variables: { id: client.id },
      });
    demand(0);
    const asked = await rotate(server.admin.accessToken);
    expect([asked.status, asked.reason]).toEqual([401, 'FACTORS_MISSING']);
    expect((await rotate(secret)).status).toBe(200);
  });

  it('is still a group of the user, whatever this session may use', async () => {
    demand(0);
    const { data } = await server.ask('{ me { groups } }', { token: manager.accessToken });
    expect(data.me.groups).toEqual(['AUDITOR', 'MANAGER']);
  });
});
