import { randomUUID } from 'node:crypto';
import { factors } from '@graphql-gatehouse/factors';
import { defineDomain } from 'graphql-gatehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MailServer, startMailServer } from '../support/mail/mail-server.ts';
import { roomsProject } from '../support/rooms-project.ts';
import { type Answer, type TestUser, userPassword } from '../support/test-server.ts';

const helpdesk = defineDomain({ name: 'helpdesk', typeDefs: 'extend enum Group { HELPDESK }' });
const [opened, openedFresh] = [['ADMIN', 'HELPDESK'], { requires: ['ADMIN', 'HELPDESK'] }];

let server: MailServer;
let agent: TestUser;
beforeAll(async () => {
  server = await startMailServer({
    now: () => new Date('2026-05-01T12:00:00Z'),
    packages: [factors()],
    config: {
      domains: [...(roomsProject.config.domains ?? []), helpdesk],
      guards: {
        ...roomsProject.config.guards,
        'Mutation.createUser': openedFresh,
        'CreateUserInput.groups': opened,
        'Mutation.createApiClient': openedFresh,
        'Mutation.inviteUser': openedFresh,
        'InviteUserInput.groups': opened,
        'Mutation.resetPassword': openedFresh,
        'Mutation.updateUser': opened,
        'Mutation.enableUser': openedFresh,
        'Mutation.rotateApiClientSecret': openedFresh,
        'Mutation.resetFactors': openedFresh,
        'Mutation.openEnrolment': openedFresh,
        'Mutation.sendPasswordReset': openedFresh,
      },
    },
  });
  agent = await server.aUser('HELPDESK');
});
afterAll(() => server.stop());

const outcomeOf = ({ status, code, reason }: Answer) => [status, code, reason].join(' ');
const refused = '403 FORBIDDEN GROUP_REQUIRED';

describe('who may use a field that gives groups', () => {
  const aName = () => `new-${randomUUID().slice(0, 8)}`;
  it.each([
    {
      field: 'createUser',
      text: `mutation ($groups: [Group!]!) {
        createUser(input: { username: "NAME", password: "violet-otter-ladder-7", groups: $groups }) { id } }`,
    },
    {
      field: 'createApiClient',
      text: 'mutation ($groups: [Group!]!) { createApiClient(name: "NAME", groups: $groups) { secret } }',
    },
    {
      field: 'inviteUser',
      text: `mutation ($groups: [Group!]!) {
        inviteUser(input: { email: "NAME@example.org", groups: $groups }) { id } }`,
    },
  ])('gives by $field only groups that `grantGroup` would give', async ({ text }) => {
    const give = (token: string, groups: readonly string[]) =>
      server.ask(text.replace('NAME', aName()), { token, variables: { groups } });
    const given = [
      await give(agent.accessToken, ['ADMIN']),
      await give(agent.accessToken, ['STAFF']),
      await give(agent.accessToken, []),
      await give(server.admin.accessToken, ['STAFF', 'ADMIN']),
    ];
    expect(given.map(({ status }) => status)).toEqual([403, 403, 200, 200]);
    expect(given[0]?.errors[0].extensions).toMatchObject({
      reason: 'GROUP_REQUIRED',
      coordinate: 'Mutation.grantGroup',
      requires: [['ADMIN']],
    });
  });

  it('makes a user without groups, who gets those of new users', async () => {
    const text = `mutation { createUser(input: { username: "${aName()}", password: "violet-otter-ladder-7" }) { id } }`;
    expect((await server.ask(text, { token: agent.accessToken })).status).toBe(200);
  });
});

describe('who may change how another account is used', () => {
  it.each([
    {
      field: 'resetPassword',
      text: 'resetPassword(userId: $id, newPassword: "violet-otter-ladder-7") { id }',
    },
    {
      field: 'updateUser',
      text: 'updateUser(id: $id, input: { email: "thief@example.org" }) { id }',
    },
    { field: 'updateUser', text: 'updateUser(id: $id, input: { email: null }) { id }' },
    { field: 'enableUser', text: 'enableUser(id: $id) { id }' },
    { field: 'resetFactors', text: 'resetFactors(userId: $id) { id }' },
    { field: 'openEnrolment', text: 'openEnrolment(userId: $id)' },
    { field: 'sendPasswordReset', text: 'sendPasswordReset(userId: $id)' },
  ])('needs the right to grant its groups, by $text', async ({ field, text }) => {
    const change = async (token: string, ...groups: readonly string[]) => {
      const { id } = await server.aUser(...groups);
      if (field === 'enableUser') {
        const data = { disabledAt: new Date() };
        await server.connection.database.user.update({ where: { id }, data });
      }
      return server.ask(`mutation ($id: ID!) { ${text} }`, { token, variables: { id } });
    };
    expect(outcomeOf(await change(agent.accessToken, 'ADMIN'))).toBe(refused);
    expect(outcomeOf(await change(agent.accessToken, 'STAFF'))).toBe(refused);
    const done = field === 'sendPasswordReset' ? 409 : 200;
    expect((await change(agent.accessToken)).status).toBe(done);
    expect((await change(server.admin.accessToken, 'ADMIN', 'STAFF')).status).toBe(done);
  });

  it('may change other properties of it, and all of the own account', async () => {
    const admin = await server.aUser('ADMIN');
    const update = (id: string, rest: string) =>
      server.ask(`mutation { updateUser(id: "${id}", ${rest}) { id } }`, {
        token: agent.accessToken,
      });
    expect((await update(admin.id, 'input: { displayName: "X" }')).status).toBe(200);
    const own = `input: { email: "own@example.org" }, proof: { password: "${userPassword}" }`;
    expect((await update(agent.id.toUpperCase(), own)).status).toBe(200);
  });

  it('needs it for the secret of an API client too', async () => {
    const rotate = async (...groups: readonly string[]) => {
      const { data } = await server.ask(
        'mutation ($groups: [Group!]!) { createApiClient(name: "a", groups: $groups) { client { id } } }',
        { token: server.admin.accessToken, variables: { groups } },
      );
      const { id } = data.createApiClient.client;
      return server.ask('mutation ($id: ID!) { rotateApiClientSecret(id: $id) { secret } }', {
        token: agent.accessToken,
        variables: { id },
      });
    };
    expect(outcomeOf(await rotate('ADMIN'))).toBe(refused);
    expect((await rotate()).status).toBe(200);
  });
});
