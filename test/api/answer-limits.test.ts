import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addVisits,
  listsInLists,
  measureNeighbour,
  startVisits,
} from '../support/large-answers.ts';
import type { TestServer, TestUser } from '../support/test-server.ts';

let server: TestServer;
let guest: TestUser;
beforeAll(async () => {
  server = await startVisits({ MAX_ANSWER_VALUES: '2000', MAX_ANSWER_CHARACTERS: '60000' });
  guest = await server.aUser();
  await addVisits(server, guest, 300);
});
afterAll(() => server.stop());

const askAs = (user: TestUser, query: string, headers: Readonly<Record<string, string>> = {}) =>
  server.ask(query, { token: user.accessToken, headers });

describe('a query whose answer is too large', () => {
  it.each([
    { query: listsInLists, reason: 'ROWS', limit: 1_000 },
    { query: '{ me { visits { loaded { id } } } }', reason: 'ANSWER_VALUES', limit: 2_000 },
    {
      query: `{ me { visits { ${'k'.repeat(500)}: __typename } } }`,
      reason: 'ANSWER_CHARACTERS',
      limit: 60_000,
    },
  ])(
    'is refused with 400 and without data: $reason of $query',
    async ({ query, reason, limit }) => {
      // graphql-js executes a document for the first time.
      for (const prefer of ['', '', 'handling=lenient']) {
        const { status, body } = await askAs(guest, query, { prefer });
        expect({ status, body }).toEqual({
          status: 400,
          body: {
            errors: [
              {
                message: `The answer is too large: the limit for ${reason.toLowerCase().replace('_', ' ')} is ${limit}.`,
                extensions: { code: 'OPERATION_TOO_COMPLEX', reason, limit },
              },
            ],
          },
        });
      }
      expect(server.logLines.filter((line) => line.includes('"level":50'))).toEqual([]);
    },
  );

  it('is answered within the limits', async () => {
    const { status, data } = await askAs(guest, '{ me { visits { id guest { id } } } }');
    expect([status, data.me.visits.length]).toEqual([200, 300]);
  });
});

describe('a mutation whose answer is too large', () => {
  it('has been done: status 200, and the error at its path', async () => {
    const query = 'mutation { visit { visits { guest { visits { id } } } } visitQuietly }';
    const { status, data, errors } = await askAs(guest, query);
    expect([status, data]).toEqual([200, { visit: null, visitQuietly: true }]);
    expect(errors[0]).toMatchObject({
      path: expect.arrayContaining(['visit']),
      extensions: { code: 'OPERATION_TOO_COMPLEX' },
    });
  });

  it('has the status 200 without any data, too', async () => {
    const { status, body } = await askAs(
      guest,
      'mutation { visit { visits { guest { visits { id } } } } }',
    );
    expect([status, body.data]).toEqual([200, { visit: null }]);
  });
});

describe('lists that read too many rows', () => {
  it('are refused by `context.list` and by loaders, and others in the batch are not', async () => {
    const [many, few] = [await server.aUser(), await server.aUser()];
    await addVisits(server, many, 1_100);
    await addVisits(server, few, 3);
    const queries = ['{ myVisits { id } }', '{ me { visits { loaded { id } } } }'];
    for (const query of queries) {
      const [refused, answered] = await Promise.all([askAs(many, query), askAs(few, query)]);
      expect([refused.status, refused.reason, answered.status]).toEqual([400, 'ROWS', 200]);
    }
  });
});

it('attackers with lists in lists do not keep a neighbour waiting', async () => {
  const attackers = await Promise.all(Array.from({ length: 8 }, () => server.aUser()));
  for (const each of attackers) await addVisits(server, each, 200);
  const neighbour = await server.aUser();
  const { refused, attacks } = await measureNeighbour(server, { attackers, neighbour, seconds: 1 });
  expect({ refused, statuses: Object.keys(attacks) }).toEqual({ refused: 0, statuses: ['400'] });
});
