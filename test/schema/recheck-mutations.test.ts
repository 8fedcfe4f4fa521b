import {
  type Authorization,
  createAuthorization,
  directiveTypeDefs,
} from '@graphql-gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { graphql } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { UserViewer, Viewer } from '../../src/authentication/viewer.ts';
import type { Context } from '../../src/context/context.ts';
import { createHeldGroups } from '../../src/identity/groups/held-groups.ts';
import { recheckMutations } from '../../src/schema/recheck-mutations.ts';
import { createGroups } from '../../src/values/groups.ts';
import { factorTable } from '../support/factor-table.ts';
import { createTestContext } from '../support/test-context.ts';

const holding = (...groups: string[]): UserViewer => ({
  kind: 'user',
  isAuthenticated: true,
  sessionKind: 'token',
  factorKinds: factorTable.kinds,
  userId: '01890a5d-ac96-774b-bcce-b302099a8057',
  sessionId: '01890a5d-ac96-774b-bcce-b302099a8058',
  groups: new Set(groups),
});

interface Run {
  /** The groups that each transaction reads; null: the session has ended. The last is read again and again. */
  readonly reads: readonly (readonly string[] | null)[];
  /** What the resolver does; `work` counts. */
  readonly resolve: (context: Context, work: () => Promise<string>) => Promise<string>;
  /** Whether the policy admits, by the number of times that it was asked. */
  readonly policy?: (asked: number) => boolean;
}

/** Runs `mutation { pay }` of a viewer in STAFF and BILLING, which requires BILLING, or the policy. */
async function run({ reads, resolve, policy = () => false }: Run) {
  const left = [...reads];
  let worked = 0;
  let asked = 0;
  const work = async () => {
    worked += 1;
    return 'paid';
  };
  const readGroups = () => {
    const groups = left.length > 1 ? left.shift() : left[0];
    return groups ? [{ granted: Object.fromEntries(groups.map((name) => [name, 0])) }] : [];
  };
  const schema = makeExecutableSchema({
    typeDefs: `${directiveTypeDefs()}
      enum Group { STAFF BILLING }
      enum Policy { OWN }
      type Query { a: Int @public }
      type Mutation { pay: Paid @auth(requires: [BILLING], or: [OWN]) }
      type Paid { by: String @auth(requires: [STAFF], or: [OWN]) }`,
    resolvers: {
      Mutation: {
        pay: async (_mutation, _args, context) => ({ by: await resolve(context, work) }),
      },
    },
  });
  recheckMutations(schema, () => authorization);
  const authorization: Authorization<Context> = createAuthorization<Viewer, Context>(schema, {
    viewerOf: ({ rights }) => rights.viewer(),
    policies: {
      OWN: () => {
        asked += 1;
        return policy(asked);
      },
    },
  });
  const groups = createGroups(['STAFF', 'BILLING']);
  const contextValue = createTestContext(holding('STAFF', 'BILLING'), {
    data: {
      transaction: (inside) => inside(undefined),
      sql: () => ({
        $queryRawUnsafe: async (sql) =>
          /AS granted/.test(sql) ? readGroups() : [{ transactionId: '1' }],
      }),
    },
    groups,
    heldOf: createHeldGroups({ factors: factorTable, groups, rules: [] }).of,
  });
  const { data, errors } = await graphql({
    schema: authorization.schema,
    source: 'mutation { pay { by } }',
    contextValue,
  });
  const codes = errors?.map(
    ({ originalError, extensions }) => Object(originalError).code ?? extensions.code,
  );
  return { data: plain(data?.pay), codes, worked, asked, viewer: contextValue.viewer };
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));
const pay = (context: Context, work: () => Promise<string>) =>
  context.change({ action: 'bill.paid' }, work);
const both: readonly string[] = ['STAFF', 'BILLING'];

describe('a mutation whose viewer loses rights while it runs', () => {
  it('is done once when nothing was lost', async () => {
    const { data, worked, asked } = await run({ reads: [both], resolve: pay });
    expect({ data, worked, asked }).toEqual({ data: { by: 'paid' }, worked: 1, asked: 0 });
  });

  it('is refused by its own guards when they no longer admit, and does nothing', async () => {
    const { data, codes, worked } = await run({ reads: [['STAFF']], resolve: pay });
    expect({ data, codes, worked }).toEqual({ data: null, codes: ['FORBIDDEN'], worked: 0 });
  });

  it('is unauthenticated when the session has ended', async () => {
    const { codes, worked } = await run({ reads: [null], resolve: pay });
    expect({ codes, worked }).toEqual({ codes: ['UNAUTHENTICATED'], worked: 0 });
  });

  it('is done when its guards still admit, and shows what the rights that are left open', async () => {
    const { data, codes, worked, viewer } = await run({ reads: [['BILLING']], resolve: pay });
    expect({ data, codes, worked }).toEqual({
      data: { by: null },
      codes: ['FORBIDDEN'],
      worked: 1,
    });
    expect(viewer).toEqual(holding('BILLING'));
  });

  it('asks its policies again', async () => {
    const once = await run({ reads: [['STAFF']], resolve: pay, policy: (asked) => asked === 1 });
    expect(once).toMatchObject({ data: { by: 'paid' }, asked: 1, worked: 1 });
  });

  it('is a conflict when they are lost once more', async () => {
    const reads = [['BILLING'], []];
    const { codes, worked } = await run({ reads, resolve: pay });
    expect({ codes, worked }).toEqual({ codes: ['CONFLICT'], worked: 0 });
  });

  it('is a conflict when it is refused after it has written something', async () => {
    const { codes, worked } = await run({
      reads: [both, ['STAFF']],
      resolve: async (context, work) => {
        await pay(context, work);
        return pay(context, work);
      },
    });
    expect({ codes, worked }).toEqual({ codes: ['CONFLICT'], worked: 1 });
  });
});

describe('a resolver that catches the refusal of a change', () => {
  const caught = async (context: Context, work: () => Promise<string>) =>
    pay(context, work).catch(() => 'hidden');

  it('cannot hide it behind a value', async () => {
    const { data, codes } = await run({ reads: [['STAFF']], resolve: caught });
    expect({ data, codes }).toEqual({ data: null, codes: ['FORBIDDEN'] });
  });

  it('cannot hide it behind another error', async () => {
    const resolve = async (context: Context, work: () => Promise<string>) => {
      await caught(context, work);
      throw new Error('hidden');
    };
    expect((await run({ reads: [['STAFF']], resolve })).codes).toEqual(['FORBIDDEN']);
  });

  it('writes nothing more', async () => {
    const resolve = async (context: Context, work: () => Promise<string>) => {
      await caught(context, work);
      return caught(context, work);
    };
    const { codes, worked } = await run({ reads: [['STAFF']], resolve });
    expect({ codes, worked }).toEqual({ codes: ['FORBIDDEN'], worked: 0 });
  });
});

describe('a change that says whether the data of a policy still holds', () => {
  const payWhile = (stillHolds: boolean) => (context: Context, work: () => Promise<string>) =>
    context.change({ action: 'bill.paid' }, work, { stillHolds: async () => stillHolds });

  it('is made without asking again while it holds', async () => {
    const { worked, asked } = await run({ reads: [both], resolve: payWhile(true) });
    expect({ worked, asked }).toEqual({ worked: 1, asked: 0 });
  });

  it('is made when the guards, asked again, admit', async () => {
    expect((await run({ reads: [both], resolve: payWhile(false) })).worked).toBe(1);
  });
});
