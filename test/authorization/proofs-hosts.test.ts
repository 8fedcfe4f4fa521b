import { createEnvelopPlugin } from '@graphql-gatehouse/authorization/envelop';
import { type ExecutionResult, parse } from 'graphql';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TestContext } from './fixtures.ts';
import { realm } from './host-answer.ts';
import { useHosts } from './library-hosts.ts';
import { clock, createProofs, ran, viewers } from './proofs-world.ts';

const authorization = createProofs();
const hosts = useHosts(authorization);

beforeEach(() => {
  clock.seconds = 0;
  ran.length = 0;
});

const challenge = `Bearer realm="${realm}", error="insufficient_user_authentication"`;
const tooOld = `${challenge}, error_description="A more recent authentication is required"`;
const missing = `${challenge}, error_description="More authentication factors are required"`;
const forbidden = `Bearer realm="${realm}", error="insufficient_scope"`;
const { anonymous, old, young, program, mustEnrol } = viewers;

describe.each(hosts)('$name', (host) => {
  it.each([
    { query: '{ open fresh }', viewer: old, status: 401, header: `${tooOld}, max_age="600"` },
    { query: '{ fresh fresher }', viewer: old, status: 401, header: `${tooOld}, max_age="60"` },
    { query: '{ strong }', viewer: young, status: 401, header: missing },
    { query: '{ freshAndStrong }', viewer: young, status: 401, header: missing },
    { query: '{ strong }', viewer: program, status: 403, header: forbidden },
    { query: '{ secret }', viewer: mustEnrol, status: 403, header: forbidden },
    { query: '{ fresh secret }', viewer: old, status: 403, header: forbidden },
    { query: '{ fresh }', viewer: anonymous, status: 401, header: `Bearer realm="${realm}"` },
    {
      query: 'mutation { change { id } }',
      viewer: old,
      status: 401,
      header: `${tooOld}, max_age="600"`,
    },
    { query: '{ node { id } }', viewer: old, status: 401, header: `${tooOld}, max_age="600"` },
    { query: '{ node { id } stranger { name } }', viewer: old, status: 403, header: forbidden },
  ])('answers $query with $status and $header', async ({ query, viewer, status, header }) => {
    const answer = await host.ask(query, { viewer });
    expect({ status: answer.status, header: answer.header('www-authenticate') }).toEqual({
      status,
      header,
    });
    expect(answer.body).not.toHaveProperty('data');
    expect(ran).toEqual([]);
  });

  it.each([
    { query: '{ fresh }', viewer: young },
    { query: '{ fresh }', viewer: program },
    { query: 'mutation { change { id secret } }', viewer: young },
  ])('answers $query with 200 after a proof', async ({ query, viewer }) => {
    const { status, header } = await host.ask(query, { viewer });
    expect({ status, header: header('www-authenticate') }).toEqual({ status: 200, header: null });
  });

  it('does not remember the decision of a query that it has cached', async () => {
    const statuses = [];
    for (const viewer of [young, old, young, old]) {
      statuses.push((await host.ask('{ fresh }', { viewer })).status);
    }
    expect(statuses).toEqual([200, 401, 200, 401]);
  });

  it('answers with the data that is left, and with 401 if none is', async () => {
    const prefer = 'handling=lenient';
    const some = await host.ask('{ open fresh }', { viewer: old }, { prefer });
    expect(some).toMatchObject({ status: 200, body: { data: { open: 'open', fresh: null } } });
    const none = await host.ask('{ fresh }', { viewer: old }, { prefer });
    expect([none.status, none.header('www-authenticate')]).toEqual([
      401,
      `${tooOld}, max_age="600"`,
    ]);
  });

  it('decides with `Prefer: decide-only`', async () => {
    const answer = await host.ask('{ fresh }', { viewer: old }, { prefer: 'decide-only' });
    expect(answer.status).toBe(200);
    expect(answer.body.extensions.decision).toMatchObject({
      allowed: false,
      denials: [{ reason: 'AUTHENTICATION_TOO_OLD', maxAge: 600, path: ['fresh'] }],
    });
  });
});

it('names the `acr_values` that are configured, where factors are missing', async () => {
  const plugin = createEnvelopPlugin<TestContext>({
    ...authorization,
    realm,
    acrValues: 'mfa phr',
    preferOf: () => undefined,
  });
  const challengeOf = async (query: string) => {
    const results: ExecutionResult[] = [];
    const args = { document: parse(query), contextValue: { viewer: old } };
    await plugin.onExecute({ args, setResultAndStopExecution: (each) => void results.push(each) });
    return results[0]?.extensions?.http;
  };
  expect(await challengeOf('{ strong }')).toEqual({
    status: 401,
    headers: { 'www-authenticate': `${missing}, acr_values="mfa phr"` },
  });
  expect(await challengeOf('{ fresh }')).toEqual({
    status: 401,
    headers: { 'www-authenticate': `${tooOld}, max_age="600"` },
  });
});

it('the values of `acr_values` are text', () => {
  const wrong = JSON.parse('{ "acrValues": 2 }');
  expect(() => createEnvelopPlugin({ ...authorization, realm, ...wrong })).toThrow(
    'createEnvelopPlugin: `acrValues` must be a string.',
  );
});
