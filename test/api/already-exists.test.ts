import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../../src/context/context.ts';
import { defineDomain } from '../../src/schema/domain.ts';
import type { SqlTransaction } from '../../src/values/sql-transaction.ts';
import { startWithDomain } from '../support/start-with-domain.ts';
import type { TestServer, TestUser } from '../support/test-server.ts';

interface Badge {
  readonly number: string;
  readonly code?: string;
  readonly holderId?: string;
  readonly slot?: number;
}

const change =
  <Args>(sql: string, valuesOf: (args: Args) => readonly unknown[]) =>
  (_mutation: unknown, args: Args, { change }: Context) =>
    change({ action: 'badge.written' }, async (transaction) => {
      const { $queryRawUnsafe }: SqlTransaction = Object(transaction);
      await Reflect.apply($queryRawUnsafe, transaction, [sql, ...valuesOf(args)]);
      return true;
    });

const badges = defineDomain<Context>({
  name: 'badge',
  typeDefs: `
    extend type Mutation {
      "Adds a badge." addBadge(input: BadgeInput!): Boolean! @auth
      "Gives a badge another number." renumber(from: String!, to: String!): Boolean! @auth
    }
    input BadgeInput { number: String! code: String holderId: ID slot: Int }`,
  resolvers: {
    Mutation: {
      addBadge: change<{ input: Badge }>(
        'INSERT INTO badges (number, code, holder_id, slot) VALUES ($1, $2, $3::uuid, $4::int)',
        ({ input }) => [
          input.number,
          input.code ?? null,
          input.holderId ?? null,
          input.slot ?? null,
        ],
      ),
      renumber: change<{ from: string; to: string }>(
        'UPDATE badges SET number = $2 WHERE number = $1',
        ({ from, to }) => [from, to],
      ),
    },
  },
  constraints: {
    badges_number_key: ['BadgeInput.number', 'Mutation.renumber(to:)'],
    badges_holder_id_fkey: 'BadgeInput.holderId',
  },
});

let server: TestServer;
let user: TestUser;
beforeAll(async () => {
  server = await startWithDomain(badges);
  user = await server.aUser();
  const { database } = server.owner;
  await database.$executeRaw`
    CREATE TABLE public.badges (
      number TEXT NOT NULL CONSTRAINT badges_number_key UNIQUE,
      code TEXT CONSTRAINT badges_code_key UNIQUE,
      holder_id UUID CONSTRAINT badges_holder_id_fkey REFERENCES gatehouse.users (id),
      slot INT CONSTRAINT badges_slot_key UNIQUE DEFERRABLE INITIALLY DEFERRED)`;
  await database.$executeRaw`GRANT ALL ON public.badges TO PUBLIC`;
});
afterAll(() => server.stop());

const add = (input: Badge) =>
  server.ask('mutation ($input: BadgeInput!) { addBadge(input: $input) }', {
    token: user.accessToken,
    variables: { input },
  });
const renumber = (from: string, to: string) =>
  server.ask('mutation ($from: String!, $to: String!) { renumber(from: $from, to: $to) }', {
    token: user.accessToken,
    variables: { from, to },
  });

const refused = { status: 409, code: 'CONFLICT', reason: 'ALREADY_EXISTS' };

describe('a value that another record has', () => {
  beforeAll(async () => {
    for (const number of ['slate-1', 'slate-2']) expect((await add({ number })).status).toBe(200);
  });

  it('is refused as one that exists, with the argument that the project names', async () => {
    const answer = await add({ number: 'slate-1' });
    expect(answer).toMatchObject(refused);
    expect(answer.errors[0].extensions).toEqual({
      code: 'CONFLICT',
      reason: 'ALREADY_EXISTS',
      argument: 'input.number',
    });
    expect(answer.errors[0].message).toBe(
      'Another record already has this `input.number`. Send another value: the same one is rejected again.',
    );
  });

  it('is refused with the argument of each mutation', async () => {
    const answer = await renumber('slate-2', 'slate-1');
    expect(answer).toMatchObject(refused);
    expect(answer.errors[0].extensions.argument).toBe('to');
  });

  it('is refused without an argument where the project names none', async () => {
    expect((await add({ number: 'slate-3', code: 'copper-77' })).status).toBe(200);
    const answer = await add({ number: 'slate-4', code: 'copper-77' });
    expect(answer).toMatchObject(refused);
    expect(answer.errors[0].extensions).toEqual({ code: 'CONFLICT', reason: 'ALREADY_EXISTS' });
  });

  it('is refused also where the database finds it at the commit', async () => {
    expect((await add({ number: 'slate-5', slot: 7 })).status).toBe(200);
    expect(await add({ number: 'slate-6', slot: 7 })).toMatchObject(refused);
    expect(await add({ number: 'slate-6', slot: 8 })).toMatchObject({ status: 200 });
  });

  it('leaves its table and constraint in the log alone, and its value nowhere', async () => {
    const answer = await add({ number: 'slate-1' });
    expect(answer.text).not.toMatch(/slate|badges/);
    const id = answer.headers.get('x-request-id') ?? 'none';
    const lines = server.logLines.filter((line) => line.includes(id));
    expect(lines.join('')).not.toContain('slate');
    const line = lines.find((each) => each.includes('rejected for a reason of the data'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      level: 30,
      path: ['addBadge'],
      code: 'CONFLICT',
      detail: 'A row of the table badges has it, by the constraint badges_number_key.',
    });
  });
});

it('a reference to a record that does not exist has the argument that the project names', async () => {
  const answer = await add({ number: 'slate-9', holderId: '00000000-0000-4000-8000-000000000000' });
  expect(answer).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
  expect(answer.errors[0].extensions.argument).toBe('input.holderId');
});
