import type { Viewer } from '@graphql-gatehouse/authorization';
import { beforeEach, describe, expect, it } from 'vitest';
import { anonymous, holding } from './fixtures.ts';
import { type Asked, realm } from './host-answer.ts';
import { authorization, ran } from './hosts-world.ts';
import { useHosts } from './library-hosts.ts';

const hosts = useHosts(authorization);
beforeEach(() => {
  ran.length = 0;
});

const challenge = `Bearer realm="${realm}"`;
const forbidden = `${challenge}, error="insufficient_scope"`;
const user = holding('USER');
const admin = holding('ADMIN');
const stale = (reason: string): Viewer => ({ isAuthenticated: false, reason });
const refusedTo = {
  anonymous: { viewer: anonymous, status: 401, challenge },
  user: { viewer: user, status: 403, challenge: forbidden },
  noGroup: { viewer: holding(), status: 403, challenge: forbidden },
} as const;
const invalid = (description: string) =>
  `${challenge}, error="invalid_token", error_description="${description}"`;

describe.each(hosts)('$name', (host) => {
  /** Asks as a viewer in the group USER, or as another one. */
  async function send(
    query: string,
    { viewer = user, ...asked }: Asked & { readonly viewer?: Viewer } = {},
  ) {
    const answer = await host.ask(query, { viewer }, asked);
    const { header, body } = answer;
    return {
      ...answer,
      data: body.data,
      challenge: header('www-authenticate'),
      applied: header('preference-applied'),
      paths: answer.errors.map(({ path = [] }) => path.join('.')),
    };
  }
  const statusOf = async (...asked: Parameters<typeof send>) => (await send(...asked)).status;

  describe('an operation denied before it runs', () => {
    it.each([
      { title: 'anonymous', query: '{ open known }', ...refusedTo.anonymous },
      {
        title: 'a bad token',
        query: '{ open known }',
        viewer: stale('TOKEN_INVALID'),
        status: 401,
        challenge: invalid('The token is not valid'),
      },
      {
        title: 'an expired token',
        query: '{ known }',
        viewer: stale('TOKEN_EXPIRED'),
        status: 401,
        challenge: invalid('The token has expired'),
      },
      { title: 'the wrong group', query: '{ open secret }', ...refusedTo.user },
      { title: 'no group', query: '{ open secret }', ...refusedTo.noGroup },
      { title: 'a policy of a root field', query: '{ open own(id: 2) }', ...refusedTo.user },
      { title: 'a field of a list', query: '{ items { id a } }', ...refusedTo.user },
      { title: 'a field of a mutation', query: 'mutation { free locked }', ...refusedTo.user },
      {
        title: 'a field below a mutation',
        query: 'mutation { change { loud } }',
        ...refusedTo.user,
      },
    ])('for $title: $status, no data, and nothing ran', async ({ query, viewer, ...expected }) => {
      const answer = await send(query, { viewer });
      expect(answer).toMatchObject({ status: expected.status, challenge: expected.challenge });
      expect(Object.keys(answer.body)).toEqual(['errors']);
      expect(ran).toEqual([]);
    });

    it('says where and why', async () => {
      expect((await send('{ open s: secret }')).body).toEqual({
        errors: [
          {
            message: 'You do not have access to Query.secret: it requires the group ADMIN.',
            path: ['s'],
            locations: [{ line: 1, column: 8 }],
            extensions: {
              code: 'FORBIDDEN',
              reason: 'GROUP_REQUIRED',
              coordinate: 'Query.secret',
              requires: [['ADMIN']],
              policies: [[]],
            },
          },
        ],
      });
    });

    it('names at most twenty denials', async () => {
      const aliases = Array.from({ length: 50 }, (_, index) => `a${index}: secret`);
      const { status, paths } = await send(`{ ${aliases.join(' ')} }`);
      const named = Array.from({ length: 20 }, (_, index) => `a${index}`);
      expect({ status, paths }).toEqual({ status: 403, paths: named });
    });

    it.each([
      { query: '{ open secret own(id: 2) }', coordinates: ['Query.secret', 'Query.own'] },
      { query: '{ own(id: 2) secret open }', coordinates: ['Query.own', 'Query.secret'] },
      { query: '{ secret open own(id: 2) }', coordinates: ['Query.secret', 'Query.own'] },
    ])('has the same status for every order: $query', async ({ query, coordinates }) => {
      expect(await send(query)).toMatchObject({ status: 403, coordinates });
    });

    it.each([
      '{ x: secret }',
      '{ ... { secret } }',
      '{ ... on Query { secret } }',
      '{ ... on Query { ... { ...F } } } fragment F on Query { secret }',
      'fragment F on Query { secret } { open ...F }',
      'query A { open } query B { open secret }',
      'query B { ...F } fragment F on Query { open secret } query A { open }',
      'query ($hide: Boolean = false) { open secret @skip(if: $hide) }',
      'query ($show: Boolean = true) { open ... @include(if: $show) { secret } }',
      'query ($hidden: Boolean = true) { searched(hidden: $hidden) }',
      '{ searched(hidden: true) }',
      '{ searched(hidden: null) }',
    ])('is denied alike however it is written: %s', async (query) => {
      const operationName = query.includes('query B') ? 'B' : undefined;
      const { status, body } = await send(query, { operationName });
      expect(status).toBe(403);
      expect(body).not.toHaveProperty('data');
      expect(ran).toEqual([]);
    });
  });

  describe('an operation that is not denied', () => {
    const open = { open: 'open' };
    it.each([
      { query: '{ open }', viewer: anonymous, data: open },
      { query: '{ open }', viewer: stale('TOKEN_EXPIRED'), data: open },
      { query: '{ known own }', viewer: holding(), data: { known: 'known', own: 'own' } },
      { query: '{ own secret }', viewer: admin, data: { own: 'own', secret: 'secret' } },
      { query: '{ open secret @skip(if: true) }', viewer: anonymous, data: open },
      {
        query: 'query ($hide: Boolean = true) { open secret @skip(if: $hide) }',
        viewer: anonymous,
        data: open,
      },
      {
        query: 'query ($h: Boolean) { searched(hidden: $h) }',
        viewer: anonymous,
        data: { searched: 'searched' },
      },
      {
        query: 'query A { open } query B { secret }',
        operationName: 'A',
        viewer: anonymous,
        data: open,
      },
      { query: 'mutation { free }', viewer: anonymous, data: { free: 'free' } },
      {
        query: 'mutation { free locked }',
        viewer: admin,
        data: { free: 'free', locked: 'locked' },
      },
    ])('$query answers with 200 and no challenge', async ({ query, data, ...asked }) => {
      const { status, body, challenge, applied } = await send(query, asked);
      const expected = { status: 200, body: { data }, challenge: null, applied: null };
      expect({ status, body, challenge, applied }).toEqual(expected);
    });

    it.each([
      { title: 'is not valid', query: '{ missing }' },
      { title: 'cannot be parsed', query: '{' },
      { title: 'names no operation', query: 'query A { open } query B { open }' },
      { title: 'lacks a variable', query: 'query ($n: Int!) { own(id: $n) }' },
    ])('but $title is answered by the host', async ({ query }) => {
      expect(await send(query, { viewer: admin })).toMatchObject({ status: 400, challenge: null });
    });

    it('but has null for a condition is a bad request and no failure of the server', async () => {
      const query = 'query ($hide: Boolean = true) { open @skip(if: $hide) }';
      expect(await statusOf(query, { variables: { hide: null } })).toBeLessThan(500);
    });

    it('but fails leaves its other errors alone', async () => {
      const answer = await send('{ open broken }');
      expect(answer).toMatchObject({
        status: 200,
        challenge: null,
        data: { open: 'open', broken: null },
      });
      expect(answer.errors).toHaveLength(1);
    });
  });

  describe('one text, many requests', () => {
    it('is decided for each viewer, though the host keeps the document', async () => {
      const statuses = [];
      for (const viewer of [admin, anonymous, admin, user, stale('TOKEN_REVOKED'), admin]) {
        statuses.push(await statusOf('{ open secret }', { viewer }));
      }
      expect(statuses).toEqual([200, 401, 200, 403, 401, 200]);
    });

    it('is decided for each viewer at the same time', async () => {
      const viewers = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? admin : user));
      const asked = viewers.map((viewer) => statusOf('{ secret }', { viewer }));
      expect(await Promise.all(asked)).toEqual(
        viewers.map((viewer) => (viewer === admin ? 200 : 403)),
      );
    });

    it('is decided for each value of its variables', async () => {
      const query = 'query ($hide: Boolean!) { open secret @skip(if: $hide) }';
      const statuses = [];
      for (const hide of [true, false, true, false]) {
        statuses.push(await statusOf(query, { viewer: anonymous, variables: { hide } }));
      }
      expect(statuses).toEqual([200, 401, 200, 401]);
    });

    it('is decided for the operation that is named', async () => {
      const query = 'query A { open } query B { secret }';
      expect(await statusOf(query, { viewer: anonymous, operationName: 'A' })).toBe(200);
      expect(await statusOf(query, { viewer: anonymous, operationName: 'B' })).toBe(401);
    });

    it('is decided in full after a request whose variables were wrong', async () => {
      const text = 'mutation ($n: Int!) { count(n: $n) ... @include(if: true) { locked } }';
      await send(text, { viewer: anonymous });
      expect(await statusOf(text, { viewer: anonymous, variables: { n: 1 } })).toBe(401);
      expect(ran).toEqual([]);
    });
  });

  describe('an operation denied while it runs', () => {
    it.each([
      { title: 'by a policy', query: '{ open me { id email } }', path: 'me.email' },
      { title: 'by a run-time type', query: '{ open node { id } }', path: 'node' },
    ])('is refused as a whole when it is a query: $title', async ({ query, path }) => {
      const answer = await send(query);
      expect(answer).toMatchObject({ status: 403, challenge: forbidden, paths: [path] });
      expect(answer.body).not.toHaveProperty('data');
    });

    it('is 401 for anonymous', async () => {
      const answer = await send('{ open node { id } }', { viewer: anonymous });
      expect(answer).toMatchObject({ status: 401, challenge });
      expect(answer.body).not.toHaveProperty('data');
    });

    it('names at most twenty denials of three thousand, by their list index, and nothing of the data', async () => {
      const { status, body, text, paths } = await send('{ items { id b c d } }');
      const named = Array.from({ length: 20 }, (_, index) => `items.${index}.b`);
      expect({ status, paths }).toEqual({ status: 403, paths: named });
      expect(body).not.toHaveProperty('data');
      expect(text).not.toContain('"id":');
      expect(text.length).toBeLessThan(10_000);
    });

    it('names denials only', async () => {
      const { status, errors } = await send('{ broken me { email } }');
      const codes = errors.map(({ extensions }) => extensions?.code);
      expect({ status, codes }).toEqual({ status: 403, codes: ['FORBIDDEN'] });
    });

    it.each(['{ me { email } open }', '{ open me { email } }', '{ open me { id email } known }'])(
      'has the same status in another order: %s',
      async (query) => {
        expect(await statusOf(query)).toBe(403);
      },
    );

    it('has 200, its data and an error when it is a mutation, for its effect has happened', async () => {
      const answer = await send('mutation { free change { id email } }');
      expect(answer).toMatchObject({
        status: 200,
        challenge: null,
        data: { free: 'free', change: { id: 7, email: null } },
      });
      expect(answer.errors.map(({ path, extensions }) => ({ path, ...extensions }))).toEqual([
        {
          path: ['change', 'email'],
          code: 'FORBIDDEN',
          reason: 'POLICY_DENIED',
          coordinate: 'Me.email',
          requires: [[]],
          policies: [['SELF']],
        },
      ]);
      expect(ran).toEqual(['free', 'change']);
    });

    it('names at most twenty denials of three thousand when it is a mutation', async () => {
      const { status, data, coordinates } = await send('mutation { bulk { c b id d } failing }');
      expect(status).toBe(200);
      expect(coordinates).toEqual([...Array.from({ length: 20 }, () => 'Item.c'), undefined]);
      expect(data.bulk[999]).toEqual({ c: null, b: null, id: 999, d: null });
    });

    it('has 200 when it is a mutation of which no data is left', async () => {
      const { status, data } = await send('mutation { strict { email } }');
      expect({ status, data }).toEqual({ status: 200, data: null });
    });
  });
});
