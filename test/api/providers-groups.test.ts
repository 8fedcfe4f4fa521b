import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomeOf } from '../support/factors-server.ts';
import type { LogInAtProvider } from '../support/identity-provider.ts';
import {
  createProvidersClient,
  type ProvidersServer,
  startProvidersServer,
} from '../support/providers-server.ts';
import { type TestUser, userPassword } from '../support/test-server.ts';

const lives = 3600;
let server: ProvidersServer;
let client: ReturnType<typeof createProvidersClient>;
beforeAll(async () => {
  const map = { staff: 'STAFF', audit: ['AUDITOR'], admins: ['ADMIN', 'STAFF'], two: 'STAFF' };
  server = await startProvidersServer({
    options: {
      ACME: { groups: { claim: 'groups', map }, lives },
      OTHER: { groups: { claim: 'groups', map: { staff: 'STAFF' } } },
    },
  });
  client = createProvidersClient(server);
});
afterAll(() => server.stop());

let count = 0;
const aSubject = () => `subject-${++count}`;
const password = { password: userPassword };

/** A user whom a provider knows. It has no group by hand. */
async function aLinkedUser(provider = 'ACME', user?: TestUser) {
  const linking = user ?? (await server.aUser());
  const subject = aSubject();
  client.provider(provider).answerWith({ subject, groups: [] });
  const begun = await client.begin({ provider }, { token: linking.accessToken });
  const code = (await client.visit(begun, provider)).get('code');
  const linked = await client.link(linking.accessToken, code, password);
  expect(outcomeOf(linked)).toBe('200 linkProvider');
  return { user: linking, subject, identityId: String(linked.data.linkProvider.id) };
}

/** Logs in with what a provider says, and returns the groups of the session, or what is behind the `#`. */
async function logIn(who: LogInAtProvider, provider = 'ACME'): Promise<readonly string[] | string> {
  client.provider(provider).answerWith(who);
  const begun = await client.begin({ provider });
  const found = await client.visit(begun, provider);
  if (!found.has('code')) return `${found}`;
  const { data } = await client.completeSession(begun.challenge, client.proofOf(found.get('code')));
  return data.completeSession.groups;
}

async function membershipsOf({
  id,
}: TestUser): Promise<
  readonly { group: string; source: string | null; expiresAt: string | null }[]
> {
  const { data } = await server.ask(
    'query ($id: ID!) { user(id: $id) { memberships { group source expiresAt } } }',
    { token: server.admin.accessToken, variables: { id } },
  );
  return data.user.memberships;
}

const heldFrom = async (user: TestUser) =>
  (await membershipsOf(user)).map(({ group, source }) => `${group} ${source ?? 'by hand'}`);

const grantOrRevoke = (field: 'grantGroup' | 'revokeGroup', { id }: TestUser, group: string) =>
  server.ask(`mutation ($id: ID!, $g: Group!) { ${field}(userId: $id, group: $g) { id } }`, {
    token: server.admin.accessToken,
    variables: { id, g: group },
  });

async function eventsOf({ id }: TestUser): Promise<readonly string[]> {
  const { accessToken: token } = await server.aUser('AUDITOR');
  const { data } = await server.ask(
    'query ($id: ID!) { auditEvents(first: 50, subjectId: $id) { edges { node { action detail } } } }',
    { token, variables: { id } },
  );
  return data.auditEvents.edges.map(
    ({ node }: { node: { action: string; detail: string | null } }) =>
      `${node.action} ${node.detail}`,
  );
}

describe('groups from the claims of a provider', () => {
  it('are those that the map names, in the session of the same login', async () => {
    const { user, subject } = await aLinkedUser();
    expect(await logIn({ subject, groups: ['staff', 'unknown', 'audit'] })).toEqual(
      expect.arrayContaining(['STAFF', 'AUDITOR']),
    );
    expect(await heldFrom(user)).toEqual(['AUDITOR providers:ACME', 'STAFF providers:ACME']);
    expect(await eventsOf(user)).toEqual(
      expect.arrayContaining([
        'membership.granted AUDITOR from providers:ACME',
        'membership.granted STAFF from providers:ACME',
      ]),
    );
  });

  it('are replaced at each login, and kept as they are where nothing changes', async () => {
    const { user, subject } = await aLinkedUser();
    await logIn({ subject, groups: ['staff', 'audit'] });
    await logIn({ subject, groups: ['staff', 'two'] });
    expect(await heldFrom(user)).toEqual(['STAFF providers:ACME']);
    expect(await logIn({ subject, groups: [] })).toEqual([]);
    expect(await heldFrom(user)).toEqual([]);
    expect((await eventsOf(user)).filter((event) => event.startsWith('membership.'))).toEqual([
      'membership.revoked STAFF from providers:ACME',
      'membership.revoked AUDITOR from providers:ACME',
      expect.stringMatching(/^membership.granted .* from providers:ACME$/),
      expect.stringMatching(/^membership.granted .* from providers:ACME$/),
    ]);
  });

  it('take a group away from the sessions that run', async () => {
    const { user, subject } = await aLinkedUser();
    await logIn({ subject, groups: ['audit'] });
    const reads = () =>
      server.ask('{ auditEvents(first: 1) { edges { cursor } } }', { token: user.accessToken });
    expect((await reads()).status).toBe(200);
    await logIn({ subject, groups: ['staff'] });
    expect((await reads()).status).toBe(403);
  });

  it('end with the session, and are renewed by the next login', async () => {
    const { user, subject } = await aLinkedUser();
    await logIn({ subject, groups: ['staff'] });
    const [{ expiresAt } = { expiresAt: null }] = await membershipsOf(user);
    const seconds = (new Date(expiresAt ?? 0).getTime() - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(lives);
    expect(seconds).toBeLessThanOrEqual(lives + 300);
    await server.owner.database.$executeRawUnsafe(
      `UPDATE gatehouse.memberships SET granted_at = now() - interval '2 hours', expires_at = now() - interval '1 hour'
       WHERE user_id = $1::uuid`,
      user.id,
    );
    expect(await heldFrom(user)).toEqual([]);
    expect(await logIn({ subject, groups: ['staff'] })).toEqual(['STAFF']);
    expect(await heldFrom(user)).toEqual(['STAFF providers:ACME']);
  });

  it('stand beside those that were granted by hand, and beside those of another provider', async () => {
    const { user, subject } = await aLinkedUser();
    const other = await aLinkedUser('OTHER', user);
    await grantOrRevoke('grantGroup', user, 'STAFF');
    await logIn({ subject, groups: ['staff'] });
    await logIn({ subject: other.subject, groups: ['staff'] }, 'OTHER');
    expect(await heldFrom(user)).toEqual([
      'STAFF by hand',
      'STAFF providers:ACME',
      'STAFF providers:OTHER',
    ]);
    await logIn({ subject, groups: [] });
    expect(await heldFrom(user)).toEqual(['STAFF by hand', 'STAFF providers:OTHER']);
    expect(outcomeOf(await grantOrRevoke('revokeGroup', user, 'STAFF'))).toBe('200 revokeGroup');
    expect(await heldFrom(user)).toEqual(['STAFF providers:OTHER']);
    const refused = await grantOrRevoke('revokeGroup', user, 'STAFF');
    expect(outcomeOf(refused)).toBe('409 CONFLICT GROUP_FROM_SOURCE');
    expect(refused.errors[0].extensions.source).toBe('providers:OTHER');
  });

  it('give one user once to the list of the members of a group', async () => {
    const { user, subject } = await aLinkedUser();
    await grantOrRevoke('grantGroup', user, 'STAFF');
    await logIn({ subject, groups: ['staff'] });
    const { data } = await server.ask(
      '{ members(group: "STAFF", first: 100) { edges { node { id } } } }',
      { token: server.admin.accessToken },
    );
    const ids = data.members.edges.map(({ node }: { node: { id: string } }) => node.id);
    expect(ids.filter((id: string) => id === user.id)).toEqual([user.id]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('are not none where the claim is missing: the login is refused, and nothing changes', async () => {
    const { user, subject } = await aLinkedUser();
    await logIn({ subject, groups: ['staff'] });
    expect(await logIn({ subject: aSubject() })).toBe('error=login_failed');
    const { data } = await server.ask(
      '{ auditEvents(first: 1, action: "provider.login_failed") { edges { node { detail } } } }',
      { token: (await server.aUser('AUDITOR')).accessToken },
    );
    expect(data.auditEvents.edges[0].node.detail).toBe('ACME: claims, GROUPS_MISSING');
    expect(await heldFrom(user)).toEqual(['STAFF providers:ACME']);
  });

  it('never make the last ADMIN', async () => {
    const { user, subject } = await aLinkedUser();
    expect(await logIn({ subject, groups: ['admins'] })).toEqual(
      expect.arrayContaining(['ADMIN', 'STAFF']),
    );
    const others = await server.owner.database.$queryRawUnsafe<{ id: string }[]>(
      `SELECT user_id::text AS id FROM gatehouse.memberships WHERE "group" = 'ADMIN' AND user_id <> $1::uuid`,
      user.id,
    );
    const [, ...rest] = others;
    for (const { id } of rest) await grantOrRevoke('revokeGroup', { ...user, id }, 'ADMIN');
    const last = await grantOrRevoke('revokeGroup', { ...user, id: others[0]?.id ?? '' }, 'ADMIN');
    expect(outcomeOf(last)).toBe('409 CONFLICT LAST_ADMIN');
  });

  it('end when the identity is unlinked, disabled, or removed with a recovered password', async () => {
    const acts = {
      unlink: ({ user, identityId }: Awaited<ReturnType<typeof aLinkedUser>>) =>
        server.ask('mutation ($id: ID!) { unlinkProvider(id: $id) }', {
          token: user.accessToken,
          variables: { id: identityId },
        }),
      disable: ({ identityId }: Awaited<ReturnType<typeof aLinkedUser>>) =>
        server.ask('mutation ($id: ID!) { setIdentityDisabled(id: $id, disabled: true) { id } }', {
          token: server.admin.accessToken,
          variables: { id: identityId },
        }),
      reset: ({ user }: Awaited<ReturnType<typeof aLinkedUser>>) =>
        server.ask(
          'mutation ($id: ID!, $p: String!) { resetPassword(userId: $id, newPassword: $p) { id } }',
          {
            token: server.admin.accessToken,
            variables: { id: user.id, p: `another ${userPassword}` },
          },
        ),
    };
    for (const [name, act] of Object.entries(acts)) {
      const linked = await aLinkedUser();
      await logIn({ subject: linked.subject, groups: ['staff'] });
      expect((await act(linked)).status, name).toBe(200);
      expect(await heldFrom(linked.user), name).toEqual([]);
    }
  });

  it('are in the history of access as one membership, until the last source has ended', async () => {
    const { user, subject } = await aLinkedUser();
    await grantOrRevoke('grantGroup', user, 'STAFF');
    await logIn({ subject, groups: ['staff'] });
    await grantOrRevoke('revokeGroup', user, 'STAFF');
    const changes = () =>
      server.owner.database.$queryRawUnsafe<{ kind: string; ends: boolean }[]>(
        `SELECT kind::text, expires_at IS NOT NULL AS ends FROM gatehouse.access_changes
         WHERE subject_id = $1::uuid AND "group" = 'STAFF' ORDER BY id`,
        user.id,
      );
    expect(await changes()).toEqual([
      { kind: 'GRANTED', ends: false },
      { kind: 'GRANTED', ends: false },
      { kind: 'GRANTED', ends: true },
    ]);
    await logIn({ subject, groups: [] });
    expect((await changes()).at(-1)).toEqual({ kind: 'ENDED', ends: false });
  });
});

describe('the map of a provider', () => {
  it.each([
    [{ staff: 'NO_SUCH' }, 'ACME maps "staff" to NO_SUCH, which is no group of the schema.'],
  ])('stops the start where it names %o', async (map, message) => {
    const starting = startProvidersServer({
      options: { ACME: { groups: { claim: 'groups', map } } },
    });
    await expect(starting).rejects.toThrow(message);
  });
});
