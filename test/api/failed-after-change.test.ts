import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../../src/context/context.ts';
import { NotFoundError, OutcomeUnknownError, UnauthenticatedError } from '../../src/errors.ts';
import { defineDomain } from '../../src/schema/domain.ts';
import { startWithDomain } from '../support/start-with-domain.ts';
import type { TestServer, TestUser } from '../support/test-server.ts';

const failures: Readonly<Record<string, () => Error>> = {
  NOT_FOUND: () => new NotFoundError('id'),
  UNAUTHENTICATED: () => new UnauthenticatedError('BAD_CREDENTIALS', 'Wrong.'),
  INTERNAL_SERVER_ERROR: () => new Error('A bug.'),
  OUTCOME_UNKNOWN: () => new OutcomeUnknownError(),
};

const failing = defineDomain<Context>({
  name: 'failing',
  typeDefs: `
    extend type Mutation {
      "Changes something, and fails then." failAfter(code: String!): String! @auth
      "Fails in the work of its change." failInside(code: String!): String! @auth
    }`,
  resolvers: {
    Mutation: {
      failAfter: async (_mutation: unknown, { code }: { code: string }, { change }: Context) => {
        await change({ action: 'failing.changed' }, async () => true);
        throw failures[code]?.();
      },
      failInside: (_mutation: unknown, { code }: { code: string }, { change }: Context) =>
        change({ action: 'failing.changed' }, async () => {
          throw failures[code]?.();
        }),
    },
  },
});

let server: TestServer;
let user: TestUser;
beforeAll(async () => {
  server = await startWithDomain(failing);
  user = await server.aUser();
});
afterAll(() => server.stop());

const ask = (field: string, code: string) =>
  server.ask(`mutation { ${field}(code: "${code}") }`, { token: user.accessToken });
const countChanges = () =>
  server.connection.database.auditEvent.count({ where: { action: 'failing.changed' } });

describe('a mutation of one field that fails', () => {
  it.each([
    { code: 'NOT_FOUND', status: 404 },
    { code: 'UNAUTHENTICATED', status: 401 },
    { code: 'INTERNAL_SERVER_ERROR', status: 500 },
    { code: 'OUTCOME_UNKNOWN', status: 500 },
  ])('is $status without data when its change was undone: $code', async ({ code, status }) => {
    const before = await countChanges();
    const answer = await ask('failInside', code);
    expect(answer).toMatchObject({ status, code });
    expect(answer.body).not.toHaveProperty('data');
    expect(await countChanges()).toBe(before);
  });

  it.each(['NOT_FOUND', 'UNAUTHENTICATED', 'INTERNAL_SERVER_ERROR'])(
    'is 200 with its error when it fails after its change: %s',
    async (code) => {
      const before = await countChanges();
      const answer = await ask('failAfter', code);
      expect(answer, answer.text).toMatchObject({ status: 200, code, data: null });
      expect(answer.headers.get('www-authenticate')).toBeNull();
      expect(answer.errors).toMatchObject([{ path: ['failAfter'] }]);
      expect(await countChanges()).toBe(before + 1);
    },
  );

  it('has an unknown outcome when a later change has one', async () => {
    const answer = await ask('failAfter', 'OUTCOME_UNKNOWN');
    expect(answer, answer.text).toMatchObject({ status: 500, code: 'OUTCOME_UNKNOWN' });
    expect(answer.headers.get('retry-after')).toBeNull();
    expect(answer.body).not.toHaveProperty('data');
  });
});
