import { createAuthorization, type Viewer } from '@graphql-gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { parse } from 'graphql';
import { beforeEach, describe, expect, it } from 'vitest';
import type { OperationDecision } from '../../packages/authorization/src/enforcement/operation/decide-operation.ts';
import { anonymous, holding, type TestContext, withPolicies } from './fixtures.ts';

const calls: string[] = [];
const reported: string[] = [];
let isPolicyDown = false;

const call = (name: string) => () => {
  calls.push(name);
  return null;
};

const typeDefs = `${withPolicies} extend enum Policy { MINE }
  type Query {
    open: String @public
    secret: String @auth(requires: [ADMIN])
    own(id: Int!): String @auth(or: [SELF])
    frail: String @auth(or: [BOSS])
    frailMe: Me @auth(or: [BOSS])
    found(text: String, hidden: Boolean @auth(requires: [ADMIN])): String @public
    me: Me @public
    entity: Entity @public
    named: Named @public
    color: Color @public
    thing: Thing @public
  }
  union Thing = Wall
  interface Painted { color: Color }
  type Wall implements Painted { color: Color }
  type Mutation { change(input: Change!): Me @auth(requires: [EDITOR]) }
  type Subscription { changed: Me @auth(requires: [EDITOR]) }
  input Change { name: String!, loud: Boolean @auth(requires: [ADMIN]) }
  type Me {
    id: Int
    email: String @auth(or: [SELF])
    boss: Me @auth(or: [SELF])
    bills: [Bill] @auth(rows: [MINE])
  }
  type Bill { id: Int }
  interface Entity { id: Int }
  interface Named { id: Int, name: String }
  type Vault implements Entity & Named @auth(requires: [ADMIN]) { id: Int, name: String }
  type Desk implements Entity & Named {
    id: Int
    name: String @auth(or: [SELF])
    drawer(key: Int @auth(requires: [ADMIN])): String
  }
  enum Color { RED GOLD @auth(requires: [ADMIN]) }`;

const schema = makeExecutableSchema({
  typeDefs,
  resolvers: {
    Query: { open: call('open'), own: call('own'), me: call('me'), entity: call('entity') },
    Mutation: { change: call('change') },
    Subscription: { changed: { subscribe: call('changed') } },
  },
});

const options = {
  policies: {
    SELF: (_viewer: Viewer, _source: unknown, args: Readonly<Record<string, unknown>>) =>
      args.id === 1,
    MINE: { reads: [], admits: () => true, where: () => ({}) },
    BOSS: () => {
      throw new Error('The database does not respond.');
    },
  },
  viewerOf: ({ viewer }: TestContext) => viewer,
  onPolicyError(error: unknown) {
    if (isPolicyDown) throw error;
  },
};
const { authorizeOperation, decideOperation } = createAuthorization<Viewer, TestContext>(
  schema,
  options,
);

interface Request {
  readonly viewer?: Viewer;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
}

const decided = (text: string, { viewer = holding(), variables, operationName }: Request = {}) =>
  decideOperation({
    document: parse(text),
    contextValue: { viewer },
    variableValues: variables,
    operationName,
  });

/** @throws {Error} when the operation is invalid. */
async function decide(text: string, request?: Request): Promise<OperationDecision> {
  const answer = await decided(text, request);
  if (answer.kind === 'invalid') throw new Error(String(answer.errors));
  return answer.decision;
}

beforeEach(() => {
  isPolicyDown = false;
  calls.length = 0;
  reported.length = 0;
});

const allowed = { allowed: true, denials: [], depends: [], narrowed: [] };

describe('a decision', () => {
  it('names the nearest field for an enum value below a type that the client did not select', async () => {
    const text = '{ thing { ... on Painted { color } } }';
    expect((await decide(text)).depends).toEqual(['Query.thing']);
  });

  it('allows what would run, and runs nothing of it', async () => {
    expect(await decide('{ open own(id: 1) }')).toEqual(allowed);
    const mutation = 'mutation { change(input: { name: "x" }) { id } }';
    expect(await decide(mutation, { viewer: holding('EDITOR') })).toEqual(allowed);
    const subscription = 'subscription { changed { id } }';
    expect(await decide(subscription, { viewer: holding('EDITOR') })).toEqual(allowed);
    expect(calls).toEqual([]);
  });

  it('gives the extensions and the path of each refusal, in document order', async () => {
    const text = '{ a: secret own(id: 2) found(hidden: true) }';
    expect(await decide(text)).toEqual({
      allowed: false,
      denials: [
        {
          code: 'FORBIDDEN',
          reason: 'GROUP_REQUIRED',
          coordinate: 'Query.secret',
          requires: [['ADMIN']],
          policies: [[]],
          path: ['a'],
        },
        {
          code: 'FORBIDDEN',
          reason: 'POLICY_DENIED',
          coordinate: 'Query.own',
          requires: [[]],
          policies: [['SELF']],
          path: ['own'],
        },
        {
          code: 'FORBIDDEN',
          reason: 'GROUP_REQUIRED',
          coordinate: 'Query.found(hidden:)',
          requires: [['ADMIN']],
          policies: [[]],
          path: ['found'],
        },
      ],
      depends: [],
      narrowed: [],
    });
  });

  it('lists at most 20 refusals', async () => {
    const aliases = Array.from({ length: 30 }, (_, index) => `a${index}: secret`);
    expect((await decide(`{ ${aliases.join(' ')} }`)).denials).toHaveLength(20);
  });

  it('is that of the guards in a dry run, of which nothing is reported', async () => {
    const report = ({ coordinate }: { readonly coordinate: string }) => reported.push(coordinate);
    const dryRun = createAuthorization<Viewer, TestContext>(schema, { ...options, report });
    const answer = await dryRun.decideOperation({
      document: parse('{ secret }'),
      contextValue: { viewer: anonymous },
    });
    expect(answer).toMatchObject({ decision: { allowed: false } });
    expect(reported).toEqual([]);
  });

  it('fails as the operation would, when a policy cannot be asked', async () => {
    isPolicyDown = true;
    await expect(decide('{ frail }')).rejects.toThrow('The database does not respond.');
  });

  it('lists a policy that cannot be asked beside other refusals, in document order', async () => {
    const text = '{ own(id: 2) frail frailMe { email bills { id } } found(hidden: true) secret }';
    const reasonsOf = async () => {
      const { allowed: isAllowed, denials, ...rest } = await decide(text);
      const reasons = denials.map(({ coordinate, reason }) => `${coordinate} ${reason}`);
      return { isAllowed, reasons, ...rest };
    };
    const refused = (reason: string) => ({
      isAllowed: false,
      reasons: [
        'Query.own POLICY_DENIED',
        `Query.frail ${reason}`,
        `Query.frailMe ${reason}`,
        'Query.found(hidden:) GROUP_REQUIRED',
        'Query.secret GROUP_REQUIRED',
      ],
      depends: [],
      narrowed: [],
    });
    expect(await reasonsOf()).toEqual(refused('POLICY_DENIED'));
    isPolicyDown = true;
    expect(await reasonsOf()).toEqual(refused('POLICY_FAILED'));
    expect((await decide('{ frail secret }')).denials[0]).toEqual({
      code: 'FORBIDDEN',
      reason: 'POLICY_FAILED',
      coordinate: 'Query.frail',
      requires: [[]],
      policies: [['BOSS']],
      path: ['frail'],
    });
  });

  it('depends on a policy that was not asked, because variables do not match', async () => {
    const text = 'query ($id: Int!) { own(id: $id) secret }';
    const variables = { id: 1 };
    expect(await decide(text, { variables })).toMatchObject({ allowed: false, depends: [] });
    expect(await decide(text)).toMatchObject({
      allowed: false,
      denials: [{ coordinate: 'Query.secret' }],
      depends: ['Query.own'],
    });
  });

  it('is refused for what is refused, and not for a policy that cannot be asked', async () => {
    isPolicyDown = true;
    const contextValue = { viewer: holding() };
    const errors = await authorizeOperation({ document: parse('{ frail secret }'), contextValue });
    expect(errors.map(({ extensions }) => extensions.coordinate)).toEqual(['Query.secret']);
  });
});

describe('what depends on data', () => {
  it.each([
    { title: 'a policy below the root', text: '{ me { id email } }', depends: ['Me.email'] },
    {
      title: 'several of them, each once',
      text: '{ me { boss { email } email } }',
      depends: ['Me.boss', 'Me.email'],
    },
    {
      title: 'a guarded type that a fragment names',
      text: '{ entity { ... on Vault { id } } }',
      depends: ['Vault', 'Vault.id'],
    },
    {
      title: 'a policy of a type that a fragment names, but not the type that none names',
      text: '{ entity { ... on Desk { name } } }',
      depends: ['Query.entity', 'Desk.name'],
    },
    {
      title: 'an argument of a type that a fragment names',
      text: '{ entity { ...D } } fragment D on Desk { drawer(key: 1) }',
      depends: ['Query.entity', 'Desk.drawer(key:)'],
    },
    {
      title: 'a field of an interface, whatever type guards it',
      text: '{ named { name } }',
      depends: ['Query.named', 'Named.name'],
    },
    {
      title: 'a field of an interface that a fragment names',
      text: '{ entity { ... on Named { name } } }',
      depends: ['Query.entity', 'Named.name'],
    },
    {
      title: 'a field that may return a guarded enum value',
      text: '{ color }',
      depends: ['Query.color'],
    },
    { title: 'nothing that is skipped', text: '{ me { id email @skip(if: true) } }', depends: [] },
  ])('is listed: $title', async ({ text, depends }) => {
    expect(await decide(text)).toEqual({ ...allowed, depends });
  });

  it('is not what groups decide', async () => {
    const viewer = holding('ADMIN');
    expect(await decide('{ entity { id ... on Vault { id } } color }', { viewer })).toEqual(
      allowed,
    );
  });

  it('is listed beside what is denied', async () => {
    const { allowed: isAllowed, depends } = await decide('{ secret me { email } }');
    expect([isAllowed, depends]).toEqual([false, ['Me.email']]);
  });
});

describe('an invalid operation', () => {
  const change = 'mutation ($input: Change!) { change(input: $input) { id } }';
  const editor = holding('EDITOR');

  it('that would run gets its errors: variables', async () => {
    const answer = await decided(change, { viewer: editor, variables: { input: {} } });
    expect(answer).toMatchObject({
      kind: 'invalid',
      errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    });
  });

  it('that would be refused is refused', async () => {
    expect(await decide(change)).toMatchObject({ allowed: false });
  });

  it('gets its errors: no such operation', async () => {
    expect(await decided('query A { open }', { operationName: 'B' })).toMatchObject({
      kind: 'invalid',
      errors: [{ extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } }],
    });
  });

  it('is refused with @defer', async () => {
    const text = '{ ... @defer { open } }';
    await expect(decide(text)).rejects.toMatchObject({
      extensions: { code: 'INCREMENTAL_DELIVERY_NOT_SUPPORTED' },
    });
  });
});
