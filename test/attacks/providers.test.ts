import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomeOf } from '../support/factors-server.ts';
import { startHostileProvider } from '../support/hostile-provider.ts';
import {
  createProvidersClient,
  type ProvidersServer,
  startProvidersServer,
} from '../support/providers-server.ts';
import { userPassword } from '../support/test-server.ts';

let server: ProvidersServer;
let client: ReturnType<typeof createProvidersClient>;
beforeAll(async () => {
  server = await startProvidersServer({
    options: { ACME: {}, OPEN: { signUp: 'open' } },
    environment: { TRUST_PROXY: 'loopback' },
  });
  client = createProvidersClient(server);
});
afterAll(() => server.stop());

/** A request from another address. */
const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
const failed = [['error', 'login_failed']];
const returned = (response: Response) => {
  const { hash } = new URL(response.headers.get('location') ?? 'none:');
  return [...new URLSearchParams(hash.slice(1))];
};

describe('an attacker cannot', () => {
  it('send the code of one provider to another', async () => {
    client.provider('ACME').answerWith({ subject: 'mallory' });
    client.provider('OPEN').answerWith({ subject: 'mallory' });
    const acme = await client.begin({ provider: 'ACME' });
    const open = await client.begin({ provider: 'OPEN' });
    const back = await client.provider('OPEN').visit(open.url);
    const swapped = new URL(back);
    swapped.pathname = '/providers/acme';
    expect((await client.comeBack(swapped, open.cookie)).status).toBe(400);
    swapped.searchParams.set('state', new URL(acme.url).searchParams.get('state') ?? '');
    expect(returned(await client.comeBack(swapped, acme.cookie))).toEqual(failed);
    swapped.searchParams.delete('iss');
    const again = await client.begin({ provider: 'ACME' });
    swapped.searchParams.set('state', new URL(again.url).searchParams.get('state') ?? '');
    expect(returned(await client.comeBack(swapped, again.cookie))).toEqual(failed);
  });

  it('come back without a begin, with a state of another form, or with two', async () => {
    const { cookie, url } = await client.begin();
    const state = new URL(url).searchParams.get('state');
    const texts = new Set();
    for (const search of [
      '',
      'state=',
      `state=${'x'.repeat(43)}`,
      `state=${'x'.repeat(500)}`,
      `state=${state}&state=${state}`,
      'state[]=a&state[b]=c',
      'state=%00',
    ]) {
      const answer = await client.comeBack(`${server.url}/providers/acme?code=a&${search}`, cookie);
      expect([search, answer.status]).toEqual([search, 400]);
      texts.add(await answer.text());
    }
    expect(texts.size).toBe(1);
  });

  it('come back twice at once', async () => {
    client.provider('OPEN').answerWith({ subject: 'twice' });
    const begun = await client.begin({ provider: 'OPEN' });
    const back = await client.provider('OPEN').visit(begun.url);
    const answers = await Promise.all([1, 2, 3, 4].map(() => client.comeBack(back, begun.cookie)));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 400, 400, 400]);
  });

  it('use one code for two sessions at once', async () => {
    const user = await server.aUser();
    const subject = 'once';
    client.provider().answerWith({ subject });
    const linking = await client.begin({}, { token: user.accessToken });
    const linked = (await client.visit(linking)).get('code');
    await client.link(user.accessToken, linked, { password: userPassword });
    const begun = await client.begin();
    const code = (await client.visit(begun)).get('code');
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => client.completeSession(begun.challenge, client.proofOf(code))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401]);
  });

  it('make two accounts of one login', async () => {
    client.provider('OPEN').answerWith({ subject: 'two accounts' });
    const begun = await client.begin({ provider: 'OPEN' });
    const code = (await client.visit(begun, 'OPEN')).get('code');
    const answers = await Promise.all(
      [1, 2, 3].map((each) => client.signUp(begun.challenge, code, `racer-${each}`)),
    );
    expect(answers.map(outcomeOf).sort()).toEqual([
      '200 signUpByProvider',
      '409 CONFLICT IDENTITY_TAKEN',
      '409 CONFLICT IDENTITY_TAKEN',
    ]);
  });

  it('get the account of an address, no matter who had it first', async () => {
    const email = 'victim@example.org';
    const create = await server.ask(
      `mutation ($i: CreateUserInput!) { createUser(input: $i) { id } }`,
      {
        token: server.admin.accessToken,
        variables: { i: { username: 'victim', password: userPassword, email } },
      },
    );
    expect(outcomeOf(create)).toBe('200 createUser');
    client.provider().answerWith({ subject: 'mallory with the address', email });
    expect([...(await client.visit(await client.begin()))]).toEqual(failed);
    client.provider('OPEN').answerWith({ subject: 'mallory with the address', email });
    const begun = await client.begin({ provider: 'OPEN' });
    const code = (await client.visit(begun, 'OPEN')).get('code');
    await client.signUp(begun.challenge, code, 'not-the-victim');
    const started = await client.completeSession(begun.challenge, client.proofOf(code));
    expect(started.data.completeSession.principal.id).not.toBe(create.data.createUser.id);
    const { data } = await server.ask(
      '{ users(first: 1, search: "not-the-victim") { edges { node { email } } } }',
      {
        token: server.admin.accessToken,
      },
    );
    expect(data.users.edges[0].node.email).toBeNull();
  });

  it('fill the table, or shut out others, by logins that never come back', async () => {
    const asked = Array.from({ length: 200 }, () => client.beginAs({}, from('203.0.113.7')));
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    expect(statuses.filter((status) => status === 429)).toHaveLength(180);
    expect((await client.beginAs({}, from('203.0.113.8'))).status).toBe(200);
  });

  it('fill the audit log with wrong codes, or make the server ask the provider without end', async () => {
    const address = { headers: { 'x-forwarded-for': '203.0.113.99' } };
    const wrong =
      'mutation { completeLogin(challenge: "x", proof: { provider: { code: "x" } }) { tokenType } }';
    const asked = Array.from({ length: 310 }, () => server.ask(wrong, address));
    const codes = (await Promise.all(asked)).map(({ code }) => code);
    expect(codes.filter((code) => code === 'UNAUTHENTICATED')).toHaveLength(300);
    expect(codes.filter((code) => code === 'RATE_LIMITED')).toHaveLength(10);
    expect((await client.beginAs({}, address)).code).toBe('RATE_LIMITED');
  });

  it('begin more than five logins in one browser, from many addresses', async () => {
    const { cookie } = await client.begin({}, from('203.0.113.20'));
    const statuses = [];
    for (let each = 0; each < 6; each += 1) {
      const options = { ...from(`203.0.113.${30 + each}`), cookie: cookie ?? '' };
      statuses.push((await client.beginAs({}, options)).status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 429, 429]);
  });

  it('read a state, a code or a secret in the log', async () => {
    client.provider('OPEN').answerWith({ subject: 'logged' });
    const begun = await client.begin({ provider: 'OPEN' });
    const back = await client.provider('OPEN').visit(begun.url);
    const code = returned(await client.comeBack(back, begun.cookie))[0]?.[1];
    const log = server.logLines.join('\n');
    expect(log).toContain('providers.open');
    for (const secret of [
      back.searchParams.get('state'),
      back.searchParams.get('code'),
      code,
      begun.challenge,
      client.provider('OPEN').client.secret,
    ]) {
      expect(secret).toMatch(/.{20}/);
      expect(log).not.toContain(secret);
    }
  });
});

describe('a provider that is away', () => {
  it('leaves other ways to log in', async () => {
    const gone = await startHostileProvider();
    await gone.stop();
    const cut = await startProvidersServer({ issuer: gone.issuer });
    const cutClient = createProvidersClient(cut);
    try {
      const { status, code, reason } = await cutClient.beginAs();
      expect([status, code, reason]).toEqual([503, 'SERVICE_UNAVAILABLE', 'PROVIDER_UNAVAILABLE']);
      const user = await cut.aUser('AUDITOR');
      const { data } = await cut.ask(
        '{ auditEvents(first: 5, action: "provider.login_failed") { edges { node { detail } } } }',
        { token: user.accessToken },
      );
      expect(data.auditEvents.edges[0].node.detail).toBe('ACME: discovery, UNREACHABLE');
    } finally {
      await cut.stop();
    }
  });
});
