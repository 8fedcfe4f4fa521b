import { DomainError, defineDomain } from 'graphql-gatehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWithDomain } from '../support/start-with-domain.ts';
import type { TestServer } from '../support/test-server.ts';

const fail = (code: string) => (): never => {
  throw new DomainError(code, 'The room is full.', { facts: { seats: 12 } });
};

const booking = defineDomain({
  name: 'booking',
  typeDefs: `extend type Query {
    seat: String! @public
    desk: String! @public
  }
  extend type Mutation { book: String! @public }`,
  resolvers: {
    Query: { seat: fail('ROOM_FULL'), desk: fail('DESK_FULL') },
    Mutation: { book: fail('ROOM_FULL') },
  },
  errors: { ROOM_FULL: 409 },
});

let server: TestServer;
beforeAll(async () => {
  server = await startWithDomain(booking);
});
afterAll(() => server.stop());

describe('an error of a domain', () => {
  it.each(['query { seat }', 'mutation { book }'])(
    'answers %s with its code, facts and status',
    async (operation) => {
      const { status, body } = await server.ask(operation);
      expect({ status, body }).toMatchObject({
        status: 409,
        body: {
          errors: [{ message: 'The room is full.', extensions: { code: 'ROOM_FULL', seats: 12 } }],
        },
      });
    },
  );

  it('is masked when no domain declares its code', async () => {
    const answer = await server.ask('{ desk }');
    expect(answer).toMatchObject({ status: 500, code: 'INTERNAL_SERVER_ERROR' });
    expect(JSON.stringify(answer.body)).not.toContain('full');
  });
});
