import { oidc, providers } from '@graphql-gatehouse/providers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomeOf } from '../support/factors-server.ts';
import { createPackageDatabase } from '../support/package-server.ts';
import {
  createProvidersClient,
  type ProvidersServer,
  startProvidersServer,
} from '../support/providers-server.ts';
import type { TestDatabase } from '../support/test-database.ts';
import { userPassword } from '../support/test-server.ts';

let database: TestDatabase;
let one: ProvidersServer;
let other: ProvidersServer;
let first: ReturnType<typeof createProvidersClient>;
let second: ReturnType<typeof createProvidersClient>;
const options = { ACME: { signUp: 'open' } } as const;
beforeAll(async () => {
  const acme = oidc({ issuer: 'https://id.acme.example' });
  database = await createPackageDatabase([providers({ ACME: acme })]);
  one = await startProvidersServer({ options, database });
  const issuer = one.providers.ACME?.issuer ?? '';
  other = await startProvidersServer({ options, database, issuer });
  [first, second] = [createProvidersClient(one), createProvidersClient(other)];
});
afterAll(async () => {
  await Promise.all([one.stop(), other.stop()]);
  await database.close();
});

let count = 0;
const aSubject = () => `subject-${++count}`;
const password = { password: userPassword };
const statusesOf = (answers: readonly { readonly status: number }[]) =>
  answers.map(({ status }) => status).sort();

/** Begins a link in a session of a user at a node, and returns its code. Access tokens of a node are for it alone. */
async function codeToLink(token: string, subject: string, node = first): Promise<string | null> {
  first.provider().answerWith({ subject });
  const { url, cookie } = await node.begin({}, { token });
  const back = await node.comeBack(await first.provider().visit(url), cookie);
  const { hash } = new URL(back.headers.get('location') ?? '');
  return new URLSearchParams(hash.slice(1)).get('code');
}

async function aLinkedUser() {
  const user = await one.aUser('STAFF');
  const subject = aSubject();
  const code = await codeToLink(user.accessToken, subject);
  expect(outcomeOf(await first.link(user.accessToken, code, password))).toBe('200 linkProvider');
  return { user, subject };
}

describe('two nodes', () => {
  it('let a user begin at one, and come back to the other', async () => {
    const { user, subject } = await aLinkedUser();
    first.provider().answerWith({ subject });
    const begun = await first.begin();
    const back = await second.comeBack(await first.provider().visit(begun.url), begun.cookie);
    const { hash } = new URL(back.headers.get('location') ?? '');
    const code = new URLSearchParams(hash.slice(1)).get('code');
    const started = await first.completeSession(begun.challenge, first.proofOf(code));
    expect(started.data?.completeSession.principal.id).toBe(user.id);
  });

  it.each([1, 2, 3])('take one of two ways back at once (%s)', async () => {
    first.provider().answerWith({ subject: aSubject() });
    const begun = await first.begin();
    const back = await first.provider().visit(begun.url);
    const answers = await Promise.all([
      first.comeBack(back, begun.cookie),
      second.comeBack(back, begun.cookie),
    ]);
    expect(statusesOf(answers)).toEqual([303, 400]);
  });

  it.each([1, 2, 3])('open one session of two uses of a code at once (%s)', async () => {
    const { subject } = await aLinkedUser();
    first.provider().answerWith({ subject });
    const begun = await first.begin();
    const proof = first.proofOf((await first.visit(begun)).get('code'));
    const answers = await Promise.all([
      first.completeSession(begun.challenge, proof),
      second.completeSession(begun.challenge, proof),
    ]);
    expect(statusesOf(answers)).toEqual([200, 401]);
  });

  it.each([1, 2, 3])('link an identity to one of two users at once (%s)', async () => {
    const subject = aSubject();
    const users = [await one.aUser(), await other.aUser()] as const;
    const codes = [
      await codeToLink(users[0].accessToken, subject),
      await codeToLink(users[1].accessToken, subject, second),
    ] as const;
    const answers = await Promise.all([
      first.link(users[0].accessToken, codes[0], password),
      second.link(users[1].accessToken, codes[1], password),
    ]);
    expect(answers.map(outcomeOf).sort()).toEqual([
      '200 linkProvider',
      '409 CONFLICT IDENTITY_TAKEN',
    ]);
  });

  it.each([1, 2, 3])(
    'leave no identity of a user who is deleted beside the link (%s)',
    async () => {
      const user = await one.aUser();
      const subject = aSubject();
      const code = await codeToLink(user.accessToken, subject);
      await Promise.all([
        first.link(user.accessToken, code, password),
        other.ask('mutation ($id: ID!) { deleteUser(id: $id) }', {
          token: other.admin.accessToken,
          variables: { id: user.id },
        }),
      ]);
      first.provider().answerWith({ subject });
      expect((await first.visit(await first.begin())).get('new')).toBe('true');
    },
  );

  it.each([1, 2, 3])('open no session that outlives the unlink beside it (%s)', async () => {
    const { user, subject } = await aLinkedUser();
    first.provider().answerWith({ subject });
    const begun = await first.begin();
    const proof = first.proofOf((await first.visit(begun)).get('code'));
    const { data } = await one.ask('{ me { identities { id } } }', { token: user.accessToken });
    const [{ id }] = data.me.identities;
    const [, started] = await Promise.all([
      one.ask('mutation ($id: ID!) { unlinkProvider(id: $id) }', {
        token: user.accessToken,
        variables: { id },
      }),
      second.completeSession(begun.challenge, proof),
    ]);
    if (started.status !== 200) return expect(started.reason).toBe('BAD_CREDENTIALS');
    const [cookie] = started.headers.getSetCookie();
    const after = await first.asPage('{ me { id } }', cookie?.split(';')[0]);
    expect(after.reason).toBe('TOKEN_REVOKED');
  });
});
