import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../support/ask.ts';
import { sampleOf } from '../support/sample.ts';
import { createCodeProject } from './code-factor.ts';
import { hosts } from './hosts.ts';
import { transports } from './streams.ts';
import {
  loginMutation,
  type Person,
  startTimeoutMs,
  startWorld,
  userPassword,
  type World,
} from './world.ts';

const startSession = `mutation ($username: String!, $password: String!) {
  startSession(username: $username, password: $password) { groups }
}`;
const completeLogin = `mutation ($challenge: String!, $proof: Proof!) {
  completeLogin(challenge: $challenge, proof: $proof) { accessToken }
}`;
const completeSession = `mutation ($challenge: String!, $proof: Proof!) {
  completeSession(challenge: $challenge, proof: $proof) { authentications { factor } }
}`;

/** The header of RFC 9470, 3. */
const insufficient = 'Bearer realm="gatehouse", error="insufficient_user_authentication"';

const rightProof = () => ({ code: `right ${randomUUID()}` });
const outcomeOf = ({ status, code, reason }: Answer) => [status, code, reason];
const challengeOf = ({ errors }: Answer): string => errors[0].extensions.challenge;

const { config, enrolled } = createCodeProject();

describe.each(hosts.filter(({ name }) => !name.includes('Pothos')))(
  'proofs of identity in $name',
  ({ start }) => {
    let world: World;
    let user: Person;
    beforeAll(async () => {
      world = await startWorld({ config, start });
      user = await world.aUser();
      enrolled.add(user.id);
    }, startTimeoutMs);
    afterAll(() => world?.stop());

    const page = () => ({
      origin: new URL(world.host.graphqlUrl).origin,
      'sec-fetch-site': 'same-origin',
    });
    const credentials = () => ({ username: user.username, password: userPassword });
    const logIn = () => world.ask(loginMutation, { variables: credentials() });
    const begin = () => world.ask(startSession, { variables: credentials(), headers: page() });
    const complete = (query: string, challenge: string, proof: object, cookie = '') =>
      world.ask(query, { variables: { challenge, proof }, headers: { ...page(), cookie } });

    it('answers a login of which a factor is due with a challenge, and completes it', async () => {
      const due = await logIn();
      expect(due.body).toEqual({
        errors: [
          {
            message: 'Another factor is required. Send its proof with this challenge.',
            locations: [{ line: 2, column: 3 }],
            path: ['login'],
            extensions: {
              code: 'UNAUTHENTICATED',
              reason: 'FACTOR_REQUIRED',
              challenge: expect.stringMatching(/^[\w-]{43}$/),
              factors: ['OTP'],
              expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
            },
          },
        ],
      });
      expect([due.status, due.headers.getSetCookie()]).toEqual([401, []]);
      const wrong = await complete(completeLogin, challengeOf(due), { code: 'wrong' });
      expect(outcomeOf(wrong)).toEqual([401, 'UNAUTHENTICATED', 'BAD_CREDENTIALS']);
      const done = await complete(completeLogin, challengeOf(due), rightProof());
      const { accessToken: token } = done.data.completeLogin;
      expect((await world.ask('{ twice }', { token })).data).toEqual({ twice: 'twice' });
      const again = await complete(completeLogin, challengeOf(due), rightProof());
      expect(outcomeOf(again)).toEqual([401, 'UNAUTHENTICATED', 'CHALLENGE_ENDED']);
      expect(world.logLines.join('')).not.toContain(challengeOf(due));
    });

    it('sets the cookie of the challenge of a browser, without which nothing completes it', async () => {
      const due = await begin();
      expect(outcomeOf(due)).toEqual([401, 'UNAUTHENTICATED', 'FACTOR_REQUIRED']);
      const [setCookie = '', ...others] = due.headers.getSetCookie();
      expect([setCookie, others]).toEqual([
        expect.stringMatching(
          /^gatehouse-dev-login=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Strict$/,
        ),
        [],
      ]);
      const [cookie = ''] = setCookie.split(';');
      for (const [query, sent] of [
        [completeSession, ''],
        [completeSession, 'gatehouse-dev-login=x'],
        [completeLogin, cookie],
      ] as const) {
        const refused = await complete(query, challengeOf(due), rightProof(), sent);
        expect(outcomeOf(refused)).toEqual([401, 'UNAUTHENTICATED', 'CHALLENGE_ENDED']);
      }
      const done = await complete(completeSession, challengeOf(due), rightProof(), cookie);
      expect(done.data.completeSession.authentications).toEqual([
        { factor: 'PASSWORD' },
        { factor: 'OTP' },
      ]);
      const [session = ''] = done.headers
        .getSetCookie()
        .flatMap((each) => each.split(';').slice(0, 1))
        .filter((each) => each.startsWith('gatehouse-dev='));
      const headers = { ...page(), cookie: session };
      expect((await world.ask('{ twice }', { headers })).data).toEqual({ twice: 'twice' });
    });

    it('asks for another factor with the challenge of RFC 9470', async () => {
      const { accessToken: token } = await world.aUser();
      const answer = await world.ask('{ twice }', { token });
      expect(outcomeOf(answer)).toEqual([401, 'UNAUTHENTICATED', 'FACTORS_MISSING']);
      expect(answer.errors[0].extensions).toMatchObject({ coordinate: 'Query.twice', factors: 2 });
      expect(answer.headers.get('www-authenticate')).toContain(insufficient);
      expect(answer.body).not.toHaveProperty('data');
    });

    it('asks for a fresh proof with the challenge of RFC 9470, and accepts it', async () => {
      const other = await world.aUser();
      const fresh = (token: string) => world.ask('{ fresh }', { token });
      await expect
        .poll(async () => outcomeOf(await fresh(other.accessToken)), { interval: 100 })
        .toEqual([401, 'UNAUTHENTICATED', 'AUTHENTICATION_TOO_OLD']);
      const answer = await fresh(other.accessToken);
      expect(answer.errors[0].extensions).toMatchObject({ coordinate: 'Query.fresh', maxAge: 1 });
      expect(answer.headers.get('www-authenticate')).toBe(
        `${insufficient}, error_description="A more recent authentication is required", max_age="1"`,
      );
      const renewed = await world.ask(
        'mutation ($proof: Proof!) { reauthenticate(proof: $proof) { accessToken } }',
        { token: other.accessToken, variables: { proof: { password: userPassword } } },
      );
      expect(renewed.status, renewed.text).toBe(200);
      expect((await fresh(renewed.data.reauthenticate.accessToken)).status).toBe(200);
    });
  },
);

/** One over server-sent events, and one over sockets. */
const tried = sampleOf(transports, (_each, index) => index < 2);

describe.each(tried)('$name', ({ start, subscribe }) => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ config, start });
  }, startTimeoutMs);
  afterAll(() => world?.stop());

  const extensions = { code: 'UNAUTHENTICATED', reason: 'AUTHENTICATION_TOO_OLD' };

  it.each([
    { what: 'event', query: 'subscription { freshEvents }' },
    {
      what: 'field of a type that is known with the event',
      query: 'subscription { notes { text } }',
    },
  ])('ends a stream with the first $what for which the proof is too old', async ({ query }) => {
    const { accessToken } = await world.aUser();
    const stream = subscribe(world, query, accessToken);
    await stream.completed;
    expect(stream.results.at(-1)).toMatchObject({ errors: [{ extensions }] });
    const others = stream.results.slice(0, -1);
    expect(others.filter((each) => JSON.stringify(each).includes('errors'))).toEqual([]);
  });

  it('ends a silent stream when its rights are checked and the proof is too old', async () => {
    const { id, accessToken: token } = await world.aUser();
    const stream = subscribe(world, 'subscription { freshSilence }', token);
    await expect
      .poll(async () => (await world.ask('{ fresh }', { token })).status, { interval: 100 })
      .toBe(401);
    // A change of groups is checked at once; otherwise a stream is checked each minute.
    await world.ask(`mutation { grantGroup(userId: "${id}", group: AUDITOR) { id } }`, {
      token: world.admin.accessToken,
    });
    await stream.completed;
    expect(stream.results).toMatchObject([{ errors: [{ extensions }] }]);
  });
});
