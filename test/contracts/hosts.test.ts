import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hosts } from './hosts.ts';
import {
  adminPassword,
  loginMutation,
  type Person,
  startTimeoutMs,
  startWorld,
  userPassword,
  type World,
} from './world.ts';

const first = '019ab000-0000-7000-8000-000000000001';
const second = '019ab000-0000-7000-8000-000000000002';
const unknown = '019ab000-0000-7000-8000-00000000000f';

/** One row: a request and its answer. */
interface Row {
  readonly title: string;
  readonly who: 'anonymous' | 'admin' | 'auditor' | 'staff' | 'accountant';
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly operationName?: string;
  readonly status: number;
  /** The whole body. */
  readonly body?: object;
  readonly code?: string;
  readonly reason?: string;
  /** What the body does not hold. */
  readonly hides?: string;
  /** The header `WWW-Authenticate`. */
  readonly challenge?: string;
  /** The header `Preference-Applied`. */
  readonly preference?: string;
}

const lenient = { prefer: 'handling=lenient' };
const decideOnly = { prefer: 'decide-only' };
const allowed = {
  extensions: { decision: { allowed: true, denials: [], depends: [], narrowed: [] } },
};
const noToken = 'Bearer realm="gatehouse"';
const noGroup = 'Bearer realm="gatehouse", error="insufficient_scope"';

const rows: readonly Row[] = [
  {
    title: 'a public field without a token',
    who: 'anonymous',
    query: '{ version }',
    status: 200,
    body: { data: { version: '1.0' } },
  },
  {
    title: '__typename without a token',
    who: 'anonymous',
    query: '{ __typename }',
    status: 200,
    body: { data: { __typename: 'Query' } },
  },
  {
    title: 'a guarded field without a token, with the whole body of a 401',
    who: 'anonymous',
    query: '{ invoices { id } }',
    status: 401,
    challenge: noToken,
    body: {
      errors: [
        {
          message: 'Log in to access Query.invoices.',
          locations: [{ line: 1, column: 3 }],
          path: ['invoices'],
          extensions: {
            code: 'UNAUTHENTICATED',
            reason: 'TOKEN_MISSING',
            coordinate: 'Query.invoices',
            requires: [],
            policies: [],
          },
        },
      ],
    },
  },
  {
    title: 'a guarded mutation to staff, with the whole body of a 403',
    who: 'staff',
    query: `mutation { payInvoice(id: "${first}") { id } }`,
    status: 403,
    challenge: noGroup,
    body: {
      errors: [
        {
          message:
            'You do not have access to Mutation.payInvoice: it requires the group ACCOUNTANT.',
          locations: [{ line: 1, column: 12 }],
          path: ['payInvoice'],
          extensions: {
            code: 'FORBIDDEN',
            reason: 'GROUP_REQUIRED',
            coordinate: 'Mutation.payInvoice',
            requires: [['ACCOUNTANT']],
            policies: [[]],
          },
        },
      ],
    },
  },
  {
    title: 'a guarded mutation without a token',
    who: 'anonymous',
    query: `mutation { payInvoice(id: "${first}") { id } }`,
    status: 401,
    code: 'UNAUTHENTICATED',
    reason: 'TOKEN_MISSING',
    challenge: noToken,
  },
  {
    title: 'a guarded mutation to an accountant',
    who: 'accountant',
    query: `mutation { payInvoice(id: "${first}") { isPaid } }`,
    status: 200,
    body: { data: { payInvoice: { isPaid: true } } },
  },
  {
    title: 'a field for everyone who has logged in, to staff',
    who: 'staff',
    query: '{ invoices { customer } }',
    status: 200,
    body: { data: { invoices: [{ customer: 'ada' }, { customer: 'bob' }] } },
  },
  {
    title: 'a field that a policy admits',
    who: 'staff',
    query: `{ invoice(id: "${first}") { totalCents } }`,
    status: 200,
    body: { data: { invoice: { totalCents: 1200 } } },
  },
  {
    title: 'a field that a policy denies, with nothing of the operation',
    who: 'staff',
    query: `{ version invoice(id: "${second}") { id totalCents } }`,
    status: 403,
    code: 'FORBIDDEN',
    reason: 'POLICY_DENIED',
    challenge: noGroup,
  },
  {
    title: 'a list of which a policy denies one item, as a whole',
    who: 'staff',
    query: '{ invoices { totalCents } }',
    status: 403,
    code: 'FORBIDDEN',
  },
  {
    title: 'the same list to an accountant',
    who: 'accountant',
    query: '{ invoices { totalCents } }',
    status: 200,
    body: { data: { invoices: [{ totalCents: 1200 }, { totalCents: 3400 }] } },
  },
  {
    title: 'a public field beside a guarded one, without a token, as a whole',
    who: 'anonymous',
    query: '{ version invoices { id } }',
    status: 401,
    code: 'UNAUTHENTICATED',
  },
  {
    title: 'a guarded field in a fragment',
    who: 'anonymous',
    query: '{ ...F } fragment F on Query { invoices { id } }',
    status: 401,
    code: 'UNAUTHENTICATED',
  },
  {
    title: 'a guarded field that is skipped',
    who: 'anonymous',
    query: 'query ($s: Boolean!) { version invoices @skip(if: $s) { id } }',
    variables: { s: true },
    status: 200,
    body: { data: { version: '1.0' } },
  },
  {
    title: 'a guarded field that is not skipped',
    who: 'anonymous',
    query: 'query ($s: Boolean!) { version invoices @skip(if: $s) { id } }',
    variables: { s: false },
    status: 401,
    code: 'UNAUTHENTICATED',
  },
  {
    title: 'the operation that is named, of two',
    who: 'anonymous',
    query: 'query A { version } query B { invoices { id } }',
    operationName: 'B',
    status: 401,
    code: 'UNAUTHENTICATED',
  },
  {
    title: 'the other operation of the two',
    who: 'anonymous',
    query: 'query A { version } query B { invoices { id } }',
    operationName: 'A',
    status: 200,
    body: { data: { version: '1.0' } },
  },
  {
    title: 'one of our own fields to the wrong group',
    who: 'staff',
    query: '{ users { edges { node { id } } } }',
    status: 403,
    code: 'FORBIDDEN',
    reason: 'GROUP_REQUIRED',
    challenge: noGroup,
  },
  {
    title: 'one of our own fields to the right group',
    who: 'admin',
    query: '{ users(first: 1) { edges { node { username } } } }',
    status: 200,
    body: { data: { users: { edges: [{ node: { username: 'admin' } }] } } },
  },
  {
    title: 'a guarded argument to those who may call its field',
    who: 'auditor',
    query: '{ users(includeDisabled: true) { edges { cursor } } }',
    status: 403,
    code: 'FORBIDDEN',
  },
  {
    title: 'leniently, a field that needs a token as null',
    who: 'anonymous',
    query: `{ version invoice(id: "${first}") { id } }`,
    headers: lenient,
    status: 200,
    code: 'UNAUTHENTICATED',
    preference: 'handling=lenient',
  },
  {
    title: 'leniently, but nothing that may be seen',
    who: 'anonymous',
    query: `{ invoice(id: "${first}") { id } }`,
    headers: lenient,
    status: 401,
    code: 'UNAUTHENTICATED',
    challenge: noToken,
    preference: 'handling=lenient',
  },
  {
    title: 'no mutation leniently',
    who: 'staff',
    query: `mutation { payInvoice(id: "${first}") { id } }`,
    headers: lenient,
    status: 403,
    code: 'FORBIDDEN',
  },
  {
    title: 'the decision about a mutation that would run',
    who: 'accountant',
    query: `mutation { payInvoice(id: "${second}") { id } }`,
    headers: decideOnly,
    status: 200,
    body: allowed,
    preference: 'decide-only',
  },
  {
    title: 'the decision about a mutation that would be refused, with its denials',
    who: 'staff',
    query: `mutation { payInvoice(id: "${second}") { id } }`,
    status: 200,
    headers: { prefer: 'handling=lenient, decide-only' },
    preference: 'decide-only',
    body: {
      extensions: {
        decision: {
          allowed: false,
          denials: [
            {
              code: 'FORBIDDEN',
              reason: 'GROUP_REQUIRED',
              coordinate: 'Mutation.payInvoice',
              requires: [['ACCOUNTANT']],
              policies: [[]],
              path: ['payInvoice'],
            },
          ],
          depends: [],
          narrowed: [],
        },
      },
    },
  },
  {
    title: 'the decision about a list of which a policy may deny an item',
    who: 'staff',
    query: '{ invoices { totalCents } }',
    headers: decideOnly,
    status: 200,
    body: {
      extensions: {
        decision: { allowed: true, denials: [], depends: ['Invoice.totalCents'], narrowed: [] },
      },
    },
    preference: 'decide-only',
  },
  {
    title: 'the decision about a login, whose password is not checked',
    who: 'anonymous',
    query: loginMutation,
    headers: decideOnly,
    status: 200,
    body: allowed,
    variables: { username: 'admin', password: 'not-the-password' },
    preference: 'decide-only',
  },
  {
    title: 'no decision about a document that is invalid',
    who: 'staff',
    query: '{ versions }',
    headers: decideOnly,
    status: 400,
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    title: 'no decision about variables of another type, with the whole body',
    who: 'anonymous',
    query: loginMutation,
    headers: decideOnly,
    status: 400,
    variables: { username: 'admin', password: { wrong: 'place' } },
    body: {
      errors: [
        {
          message: 'The variable "$password" does not match its type String!.',
          locations: [{ line: 1, column: 31 }],
          extensions: { code: 'BAD_USER_INPUT', argument: 'password' },
        },
      ],
    },
  },
  {
    title: 'no decision about more aliases than an operation may have',
    who: 'staff',
    status: 400,
    code: 'OPERATION_TOO_LARGE',
    reason: 'ALIASES',
    query: `{ ${Array.from({ length: 16 }, (_, n) => `a${n}: version`).join(' ')} }`,
    headers: decideOnly,
  },
  {
    title: 'no decision about an operation that the document does not have',
    who: 'anonymous',
    query: 'query A { version }',
    operationName: 'B',
    status: 400,
    headers: decideOnly,
    code: 'OPERATION_RESOLUTION_FAILURE',
  },
  {
    title: 'a login with a wrong password',
    who: 'anonymous',
    query: loginMutation,
    status: 401,
    code: 'UNAUTHENTICATED',
    variables: { username: 'admin', password: 'not-the-password' },
    reason: 'BAD_CREDENTIALS',
    challenge: noToken,
  },
  {
    title: 'a login of an unknown user alike',
    who: 'anonymous',
    query: loginMutation,
    status: 401,
    code: 'UNAUTHENTICATED',
    variables: { username: 'anonymous', password: 'not-the-password' },
    reason: 'BAD_CREDENTIALS',
    challenge: noToken,
  },
  {
    title: 'two logins in one operation',
    who: 'anonymous',
    status: 400,
    code: 'BAD_REQUEST',
    query: `mutation { a: login(username: "admin", password: "x") { tokenType }
      b: login(username: "admin", password: "${adminPassword}") { tokenType } }`,
  },
  {
    title: 'more aliases than an operation may have',
    who: 'staff',
    status: 400,
    code: 'OPERATION_TOO_LARGE',
    reason: 'ALIASES',
    query: `{ ${Array.from({ length: 16 }, (_, n) => `a${n}: version`).join(' ')} }`,
  },
  {
    title: 'pages of pages, which cost more than an operation may',
    who: 'admin',
    status: 400,
    code: 'OPERATION_TOO_LARGE',
    reason: 'COST',
    query: `query ($n: Int) { users(first: $n) { edges { node {
      sessions(first: $n) { id createdAt lastUsedAt } } } } }`,
    variables: { n: 100 },
  },
  {
    title: 'a refresh with an invalid token',
    who: 'anonymous',
    query: 'mutation { refresh(refreshToken: "x") { accessToken } }',
    status: 401,
    code: 'UNAUTHENTICATED',
    reason: 'TOKEN_MALFORMED',
  },
  {
    title: 'a change of password with a wrong one',
    who: 'staff',
    status: 401,
    code: 'UNAUTHENTICATED',
    reason: 'BAD_CREDENTIALS',
    query: `mutation { changePassword(currentPassword: "wrong", newPassword: "${userPassword}-2") { accessToken } }`,
  },
  {
    title: 'an error of ours with its status: not found',
    who: 'accountant',
    query: `mutation { payInvoice(id: "${unknown}") { id } }`,
    status: 404,
    code: 'NOT_FOUND',
  },
  {
    title: 'an error of ours with its status: bad input',
    who: 'admin',
    status: 400,
    code: 'BAD_USER_INPUT',
    query: 'mutation { createUser(input: { username: "x", password: "short" }) { id } }',
  },
  {
    title: 'a mutation of two fields of which one fails, with 200',
    who: 'accountant',
    status: 200,
    code: 'NOT_FOUND',
    query: `mutation { a: payInvoice(id: "${first}") { id } b: payInvoice(id: "${unknown}") { id } }`,
  },
  {
    title: 'a fault of a resolver, masked',
    who: 'staff',
    query: `{ invoice(id: "${first}") { id scan } }`,
    status: 200,
    body: {
      errors: [
        {
          message: 'Internal server error.',
          locations: [{ line: 1, column: 60 }],
          path: ['invoice', 'scan'],
          extensions: { code: 'INTERNAL_SERVER_ERROR' },
        },
      ],
      data: { invoice: { id: first, scan: null } },
    },
  },
  {
    title: 'a document with a syntax error',
    who: 'anonymous',
    query: '{ version',
    status: 400,
    code: 'GRAPHQL_PARSE_FAILED',
  },
  {
    title: 'an unknown field',
    who: 'admin',
    query: '{ versions }',
    status: 400,
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    title: 'a field of a type that is hidden, without the name of the type',
    who: 'anonymous',
    query: '{ users }',
    status: 400,
    code: 'GRAPHQL_VALIDATION_FAILED',
    hides: 'UserConnection',
  },
  {
    title: 'fragments in a cycle',
    who: 'anonymous',
    query: '{ ...A } fragment A on Query { ...A }',
    status: 400,
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    title: 'a literal of another type, with the message of graphql-js',
    ...{ who: 'anonymous', status: 400 },
    query: 'mutation { login(username: "admin", password: { a: "hunter2" }) { tokenType } }',
    body: {
      errors: [
        {
          message: 'String cannot represent a non string value: {a: "hunter2"}',
          locations: [{ line: 1, column: 47 }],
          extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
        },
      ],
    },
  },
  {
    title: 'a variable of another type, with the whole body',
    who: 'anonymous',
    query: loginMutation,
    status: 400,
    variables: { username: 'admin', password: { wrong: 'place' } },
    body: {
      errors: [
        {
          message: 'The variable "$password" does not match its type String!.',
          locations: [{ line: 1, column: 31 }],
          extensions: { code: 'BAD_USER_INPUT', argument: 'password' },
        },
      ],
    },
  },
  {
    title: 'an operation that the document does not have, without its name',
    who: 'anonymous',
    query: 'query A { version }',
    operationName: 'hunter2',
    status: 400,
    code: 'OPERATION_RESOLUTION_FAILURE',
    hides: 'hunter2',
  },
  {
    title: 'several operations of which none is named',
    who: 'anonymous',
    query: 'query A { version } query B { version }',
    status: 400,
    code: 'OPERATION_RESOLUTION_FAILURE',
  },
];

/** The token with another signature. */
const forge = (token: string): string => token.replace(/[^.]{4}$/, 'AAAA');

describe.each(hosts)('$name', (host) => {
  let world: World;
  let people: Readonly<Record<Exclude<Row['who'], 'anonymous'>, Person>>;
  beforeAll(async () => {
    world = await startWorld(host);
    people = {
      admin: world.admin,
      auditor: await world.aUser(['AUDITOR']),
      staff: await world.aUser(),
      accountant: await world.aUser(['ACCOUNTANT']),
    };
  }, startTimeoutMs);
  afterAll(() => world.stop());

  const tokenOf = (who: Row['who']) =>
    who === 'anonymous' ? {} : { token: people[who].accessToken };

  it.each(rows)('answers $who: $title', async (row) => {
    const { who, query, variables = {}, headers = {}, operationName = '' } = row;
    const options = { ...tokenOf(who), variables, headers };
    const named = operationName === '' ? options : { ...options, operationName };
    const answer = await world.ask(query, named);
    expect(answer.status, answer.text).toBe(row.status);
    if (row.body !== undefined) expect(answer.body).toEqual(row.body);
    if (row.code !== undefined) expect(answer.code).toBe(row.code);
    if (row.reason !== undefined) expect(answer.reason).toBe(row.reason);
    if (row.hides !== undefined) expect(answer.text).not.toContain(row.hides);
    expect(world.logLines.join('')).not.toContain('hunter2');
    if (row.challenge !== undefined || row.status === 200)
      expect(answer.headers.get('www-authenticate') ?? undefined).toBe(row.challenge);
    expect(answer.headers.get('preference-applied') ?? undefined).toBe(row.preference);
    if (row.status >= 400) expect(answer.data ?? null).toBe(null);
    if (row.status === 401 || row.status === 403) expect(answer.body).not.toHaveProperty('data');
  });

  const isPaid = async (id: string): Promise<boolean> => {
    const query = `{ invoice(id: "${id}") { isPaid } }`;
    const answer = await world.ask(query, tokenOf('staff'));
    return answer.data.invoice.isPaid;
  };

  it('decides before it runs: of two fields, of which one is denied, none', async () => {
    const query = `mutation {
      payInvoice(id: "${second}") { id }
      disableUser(id: "${people.staff.id}") { id } }`;
    const answer = await world.ask(query, tokenOf('accountant'));
    expect([answer.status, answer.errors.map(({ path }) => path)]).toEqual([
      403,
      [['disableUser']],
    ]);
    expect(await isPaid(second)).toBe(false);
  });

  it('runs and writes nothing of what is only decided, and no cache stores the decision', async () => {
    const auditEvents = async () => {
      const query = '{ auditEvents(first: 1) { edges { node { id } } } }';
      return (await world.ask(query, tokenOf('auditor'))).data;
    };
    const before = await auditEvents();
    const pay = `mutation { payInvoice(id: "${second}") { id } }`;
    const logIn = `mutation { login(username: "admin", password: "wrong") { tokenType } }`;
    for (const query of [pay, logIn]) {
      const { headers } = await world.ask(query, { ...tokenOf('accountant'), headers: decideOnly });
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('vary')).toMatch(/\bPrefer\b/);
    }
    expect([await isPaid(second), await auditEvents()]).toEqual([false, before]);
  });

  it('decides a query over GET, and refuses a mutation, where it answers GET', async () => {
    const get = async (query: string) => {
      const url = `${world.host.graphqlUrl}?query=${encodeURIComponent(query)}`;
      const headers = { ...decideOnly, 'apollo-require-preflight': 'true' };
      const response = await fetch(url, { headers });
      const { extensions } = await response.json();
      return [response.status, extensions?.decision];
    };
    const [query, mutation] = ['{ version }', `mutation { payInvoice(id: "${second}") { id } }`];
    expect([await get(query), await get(mutation)]).toEqual(
      host.answersGet
        ? [
            [200, allowed.extensions.decision],
            [405, undefined],
          ]
        : [
            [404, undefined],
            [404, undefined],
          ],
    );
  });

  it('refuses a subscription as an answer, where it cannot stream', async () => {
    const query = 'subscription { auditEventAdded { action } }';
    const denied = await world.ask(query, {
      ...tokenOf('staff'),
      headers: { accept: 'application/json' },
    });
    if (!host.streams) {
      const answer = await world.ask(query, tokenOf('auditor'));
      expect([answer.status, answer.code, answer.body.data]).toEqual([
        400,
        'BAD_REQUEST',
        undefined,
      ]);
      expect(answer.errors[0].message).toBe(
        'Subscriptions require a WebSocket with the graphql-transport-ws protocol.',
      );
    }
    expect([denied.code, denied.body.data]).toEqual(['FORBIDDEN', undefined]);
  });

  it('runs no batch', async () => {
    const { accessToken } = people.accountant;
    const operation = { query: `mutation { payInvoice(id: "${second}") { id } }` };
    const response = await fetch(world.host.graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${accessToken}` },
      body: JSON.stringify([operation, operation]),
    });
    expect(response.status).toBe(400);
    expect(await isPaid(second)).toBe(false);
  });

  it.each([
    { what: 'no token', reason: 'TOKEN_MALFORMED', toToken: () => 'x' },
    { what: 'a forged token', reason: 'TOKEN_INVALID', toToken: forge },
  ])('answers $what with $reason, where one is needed alone', async ({ reason, toToken }) => {
    const token = toToken(people.staff.accessToken);
    expect((await world.ask('{ version }', { token })).data).toEqual({ version: '1.0' });
    const answer = await world.ask('{ invoices { id } }', { token });
    expect([answer.status, answer.reason]).toEqual([401, reason]);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  const itSeesHeaders = host.seesRepeatedHeaders ? it : () => {};
  itSeesHeaders('refuses two tokens in one request', async () => {
    const good = `Bearer ${people.staff.accessToken}`;
    for (const authorization of [
      [good, 'Bearer x'],
      ['Bearer x', good],
    ]) {
      const request = httpRequest(world.host.graphqlUrl, {
        method: 'POST',
        headers: [
          'content-type',
          'application/json',
          'host',
          new URL(world.host.graphqlUrl).host,
          ...authorization.flatMap((value) => ['authorization', value]),
        ],
      }).end(JSON.stringify({ query: '{ invoices { id } }' }));
      const [response] = await once(request, 'response');
      expect([response.statusCode, await text(response)]).toEqual([
        401,
        expect.stringContaining('TOKEN_MALFORMED'),
      ]);
    }
  });

  it('treats another scheme as a mistake, not as anonymous', async () => {
    const headers = { authorization: 'Basic YTpi' };
    const answer = await world.ask('{ invoices { id } }', { headers });
    expect([answer.status, answer.reason]).toEqual([401, 'TOKEN_MALFORMED']);
  });

  it('quotes nothing of a variable that does not fit', async () => {
    const variables = { username: 'admin', password: { secret: 'hunter2' } };
    const answer = await world.ask(loginMutation, { variables });
    expect([answer.status, answer.text.includes('hunter2')]).toEqual([400, false]);
  });

  it('suggests no names', async () => {
    const answer = await world.ask('{ user { username } invoicez { id } }');
    expect([answer.status, answer.text.includes('Did you mean')]).toEqual([400, false]);
  });

  it('logs what it masks, and nothing of a refusal', async () => {
    await world.ask(`{ invoice(id: "${first}") { scan } }`, tokenOf('staff'));
    expect(world.logLines.join('')).toContain('archive.internal');
    expect(world.logLines.join('')).not.toContain('Log in to access');
  });

  it('gives the next credentials once, and ends the session when an old token comes again', async () => {
    const refresh = (refreshToken: string) =>
      world.ask(
        'mutation ($t: String!) { refresh(refreshToken: $t) { accessToken refreshToken } }',
        {
          variables: { t: refreshToken },
        },
      );
    const { refreshToken } = await world.aUser();
    const next = await refresh(refreshToken);
    const last = await refresh(next.data.refresh.refreshToken);
    expect([next.status, last.status]).toEqual([200, 200]);
    const again = await refresh(refreshToken);
    expect([again.status, again.code]).toEqual([401, 'UNAUTHENTICATED']);
    const answer = await world.ask('{ me { id } }', { token: last.data.refresh.accessToken });
    expect([answer.status, answer.reason]).toEqual([401, 'TOKEN_REVOKED']);
  });

  it('sees a group that was taken at the next request, with the same token', async () => {
    const { id, accessToken: token } = await world.aUser(['ACCOUNTANT']);
    const query = `mutation { payInvoice(id: "${first}") { id } }`;
    const change = (field: string) =>
      world.ask(
        `mutation { ${field}(userId: "${id}", group: ACCOUNTANT) { id } }`,
        tokenOf('admin'),
      );
    expect((await world.ask(query, { token })).status).toBe(200);
    expect((await change('revokeGroup')).status).toBe(200);
    expect((await world.ask(query, { token })).status).toBe(403);
    await change('grantGroup');
    expect((await world.ask(query, { token })).status).toBe(200);
  });

  it('keeps out a user who was disabled, from the next request on', async () => {
    const { id, accessToken: token } = await world.aUser();
    await world.ask(`mutation { disableUser(id: "${id}") { id } }`, tokenOf('admin'));
    const answer = await world.ask('{ me { id } }', { token });
    expect([answer.status, answer.reason]).toEqual([401, 'TOKEN_REVOKED']);
  });

  it.each(['logout', 'logoutEverywhere'])('ends the session by %s', async (field) => {
    const { accessToken: token } = await world.aUser();
    expect((await world.ask(`mutation { ${field} }`, { token })).status).toBe(200);
    const answer = await world.ask('{ me { id } }', { token });
    expect([answer.status, answer.reason]).toEqual([401, 'TOKEN_REVOKED']);
  });

  it('keeps a browser logged in by its cookie until it logs out', async () => {
    const { username } = await world.aUser();
    const { host, origin } = new URL(world.host.graphqlUrl);
    const page = { origin, 'sec-fetch-site': 'same-origin' };
    const started = await world.ask(
      'mutation ($username: String!, $password: String!) { startSession(username: $username, password: $password) { groups } }',
      { variables: { username, password: userPassword }, headers: page },
    );
    const [setCookie = ''] = started.headers.getSetCookie();
    expect([started.status, setCookie]).toEqual([
      200,
      expect.stringMatching(
        /^gatehouse-dev=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Strict$/,
      ),
    ]);
    const [cookie = ''] = setCookie.split(';');
    const me = (headers: Record<string, string>) =>
      world.ask('{ me { username } }', { headers: { cookie, ...headers } });
    expect((await me(page)).data).toEqual({ me: { username } });
    const foreign = await me({ origin: `http://evil.${host}`, 'sec-fetch-site': 'cross-site' });
    expect([foreign.status, foreign.code, foreign.reason]).toEqual([
      403,
      'FORBIDDEN',
      'CROSS_SITE',
    ]);
    expect(foreign.body).not.toHaveProperty('data');
    const ended = await world.ask('mutation { logout }', { headers: { cookie, ...page } });
    expect([ended.data, ended.headers.getSetCookie()]).toEqual([
      { logout: true },
      ['gatehouse-dev=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict'],
    ]);
    expect((await me(page)).reason).toBe('TOKEN_REVOKED');
  });

  it('logs no mistake of a client as an error of the server', async () => {
    const before = world.logLines.length;
    const { graphqlUrl, rootUrl } = world.host;
    const json = { 'content-type': 'application/json' };
    const cookie = { cookie: 'gatehouse-dev=x' };
    const info = JSON.stringify({ query: '{ version }' });
    for (const [headers, body] of [
      [{ ...json, ...cookie, 'sec-fetch-site': 'cross-site' }, info],
      [{ ...json, ...cookie, origin: 'https://evil.example' }, info],
      [{ ...json, ...cookie }, info],
      [{ 'content-type': 'text/plain', ...cookie }, info],
      [{ ...json, authorization: 'Bearer x' }, info],
      [json, ''],
      [json, '{'],
      [json, '[]'],
      [json, '{"query":1}'],
      [json, '{"query":"{"}'],
      [json, '{"query":"{ none }"}'],
      [json, '{"query":"{ version }","operationName":"None"}'],
      [json, '{"query":"query ($id: ID!) { invoice(id: $id) { id } }","variables":{"id":{}}}'],
      [json, '{"query":"{ invoice(id: \\"\\u0000\\") { id } }"}'],
    ] as const) {
      const { status } = await fetch(graphqlUrl, { method: 'POST', headers, body });
      expect(status).toBeLessThan(500);
    }
    if (rootUrl !== undefined) {
      const { port } = new URL(rootUrl);
      for (const path of ['//', '/%', '//[']) {
        const request = httpRequest({ host: '127.0.0.1', port, path }).end();
        const [response] = await once(request, 'response');
        response.resume();
        expect(response.statusCode).toBeLessThan(500);
      }
    }
    const lines = world.logLines.slice(before).map((line) => JSON.parse(line));
    expect(lines.filter(({ level }) => level >= 50)).toEqual([]);
  });

  it('logs one line for each operation, with its outcome and without its variables', async () => {
    const before = world.logLines.length;
    const query = 'query Named($id: ID!) { invoice(id: $id) { id } }';
    await world.ask(query, { ...tokenOf('staff'), variables: { id: 'hunter2' } });
    await world.ask('{ auditEvents(first: 1) { edges { cursor } } }');
    const lines = world.logLines.slice(before).map((line) => JSON.parse(line));
    const operations = lines.filter(({ msg }) => msg === 'operation');
    expect(
      operations.map(({ operationName, outcome, codes }) => [operationName, outcome, codes]),
    ).toEqual([
      ['Named', 'ok', undefined],
      [undefined, 'refused', ['UNAUTHENTICATED']],
    ]);
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });

  it('refuses to disable the last ADMIN, as a conflict', async () => {
    const query = `mutation { disableUser(id: "${people.admin.id}") { id } }`;
    const answer = await world.ask(query, tokenOf('admin'));
    expect([answer.status, answer.code, answer.reason]).toEqual([409, 'CONFLICT', 'LAST_ADMIN']);
  });

  it('records changes of the host in the audit log', async () => {
    await world.ask(`mutation { payInvoice(id: "${first}") { id } }`, tokenOf('accountant'));
    const query = `{ auditEvents(first: 1, action: "invoice.paid") {
      edges { node { subjectId ip actor { ... on User { username } } } } } }`;
    const answer = await world.ask(query, tokenOf('auditor'));
    const { username } = people.accountant;
    expect(answer.data.auditEvents.edges).toEqual([
      { node: { subjectId: first, ip: '127.0.0.1', actor: { username } } },
    ]);
  });

  it('admits an API client by its secret, but not where a user is needed', async () => {
    const query = 'mutation { createApiClient(name: "robot", groups: [STAFF]) { secret } }';
    const token = (await world.ask(query, tokenOf('admin'))).data.createApiClient.secret;
    expect((await world.ask('{ invoices { id } }', { token })).status).toBe(200);
    expect((await world.ask('mutation { logout }', { token })).status).toBe(403);
  });

  it.each([
    { who: 'anonymous', sees: ['version'], hides: ['invoices', 'users'] },
    { who: 'staff', sees: ['version', 'invoices'], hides: ['users', 'auditEvents'] },
    { who: 'admin', sees: ['version', 'invoices', 'users'], hides: ['auditEvents'] },
  ] as const)('shows $who what it can reach of the schema', async ({ who, sees, hides }) => {
    const answer = await world.ask('{ __schema { queryType { fields { name } } } }', tokenOf(who));
    const names = answer.data.__schema.queryType.fields.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining([...sees]));
    expect(names.filter((name: string) => hides.some((hidden) => hidden === name))).toEqual([]);
  });

  it('hides a type from those who cannot reach it', async () => {
    const query = '{ __type(name: "Invoice") { name } }';
    expect((await world.ask(query)).data).toEqual({ __type: null });
    expect((await world.ask(query, tokenOf('staff'))).data).toEqual({
      __type: { name: 'Invoice' },
    });
  });

  it('lists the root fields that a viewer may call', async () => {
    const { access } = (await world.ask('{ viewer { access } }', tokenOf('staff'))).data.viewer;
    expect(access).toContain('Query.invoices');
    expect(access).not.toContain('Mutation.payInvoice');
  });

  it('serves what belongs to Gatehouse', async () => {
    const { rootUrl } = world.host;
    const get = async (path: string) => {
      const request = `${rootUrl ?? 'http://localhost'}${path}`;
      const response =
        rootUrl === undefined ? world.gatehouse.handler(new Request(request)) : fetch(request);
      const { status } = await response;
      return [status, await (await response).json()];
    };
    expect(await get('/health/live')).toEqual([200, { status: 'live' }]);
    expect(await get('/health/ready')).toEqual([200, { status: 'ready' }]);
    const keys = [expect.objectContaining({ kid: expect.any(String) })];
    expect(await get('/.well-known/jwks.json')).toEqual([200, { keys }]);
  });

  it('answers 503 to a token without a database, never like to anonymous', async () => {
    await world.gatehouse.close();
    for (const query of ['{ version }', '{ invoices { id } }']) {
      const answer = await world.ask(query, tokenOf('staff'));
      expect([answer.status, answer.code]).toEqual([503, 'SERVICE_UNAVAILABLE']);
      expect(answer.headers.get('retry-after')).toBe('1');
    }
    expect((await world.ask('{ version }')).data).toEqual({ version: '1.0' });
  });
});
