import {
  type AuthorizationOptions,
  createAuthorization,
  propertyOr,
  type Viewer,
} from '@graphql-gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { IResolvers } from '@graphql-tools/utils';
import { execute, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { holding, withPolicies } from './fixtures.ts';

/** A context whose viewer can change while an operation runs. */
interface Context {
  viewer: Viewer;
}
type Options = Partial<AuthorizationOptions<Viewer, Context>>;

const guardCalls = (sdl: string, resolvers: IResolvers<unknown, Context>, options: Options = {}) =>
  createAuthorization<Viewer, Context>(
    makeExecutableSchema({ typeDefs: `${withPolicies} ${sdl}`, resolvers }),
    {
      policies: { SELF: () => true, BOSS: () => true },
      viewerOf: ({ viewer }) => viewer,
      ...options,
    },
  );

const ticks = async function* () {
  yield { tick: 1 };
};

describe('the call of a field', () => {
  it.each(['graphql-js', 'compiled queries'] as const)(
    'is made in a mutation that has become too large, where it reads a property: by %s',
    async (how) => {
      const asked: string[] = [];
      const ask = (what: string) => {
        asked.push(what);
        return true;
      };
      const authorization = guardCalls(
        `type Query { a: Int @public } type Mutation { thing: Thing @public }
         type Thing { list: [String] method: Boolean policy: Int @auth(or: [SELF]) }`,
        {
          Mutation: {
            thing: () => ({
              list: () => Array.from({ length: 50 }, () => 'x'),
              method: () => ask('method'),
              policy: 3,
            }),
          },
        },
        { policies: { SELF: () => ask('policy'), BOSS: () => true }, maxAnswerValues: 20 },
      );
      const { schema } = authorization;
      const run = how === 'graphql-js' ? execute : authorization.execute;
      const document = parse('mutation { thing { list method policy } }');
      const { data } = await run({ schema, document, contextValue: { viewer: holding('USER') } });
      expect(data).toEqual({ thing: { list: null, method: true, policy: 3 } });
      expect(asked).toEqual(['method', 'policy']);
    },
  );

  it.each([
    { from: 'USER', to: 'ADMIN', data: { page: null } },
    { from: 'ADMIN', to: 'USER', data: { page: { owner: 'another', nodes: [{ id: '1' }] } } },
  ])('has one viewer for all rules of its rows: $from, then $to', async ({ from, to, data }) => {
    const own = { reads: ['owner'], where: () => ({}) } as const;
    const { schema } = guardCalls(
      `type Query { page: Page @public }
       type Page @auth(requires: [ADMIN], rows: [SELF]) { owner: String nodes: [Row] }
       type Row @auth(requires: [USER, ADMIN], rows: [BOSS]) { id: ID! }`,
      {
        Query: {
          async page(_source, _args, context) {
            await Promise.resolve();
            context.viewer = holding(to);
            return { owner: 'another', nodes: [{ id: '1', owner: 'another' }] };
          },
        },
      },
      {
        policies: {
          SELF: { ...own, admits: (_viewer, { owner }) => owner === 'mine' },
          BOSS: { ...own, admits: () => true },
        },
      },
    );
    const document = parse('{ page { owner nodes { id } } }');
    const contextValue: Context = { viewer: holding(from) };
    const answer = await execute({ schema, document, contextValue });
    expect(JSON.parse(JSON.stringify(answer.data))).toEqual(data);
  });

  it('looks into no object before the viewer is admitted', async () => {
    const { schema } = guardCalls(
      'type Query { thing: Thing @public } type Thing { secret: String @auth(requires: [ADMIN]) }',
      {
        Query: {
          thing: () =>
            new Proxy(
              { secret: 'x' },
              {
                getOwnPropertyDescriptor() {
                  throw new Error('asked');
                },
              },
            ),
        },
        Thing: { secret: { resolve: propertyOr('secret', () => 'resolved') } },
      },
    );
    const document = parse('{ thing { secret } }');
    const { errors } = await execute({
      schema,
      document,
      contextValue: { viewer: holding('USER') },
    });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
  });
});

describe('the opening of a subscription', () => {
  it('is refused where its refusal was reported before, and opens no source', async () => {
    const opened: string[] = [];
    const { schema, authorizeOperation, subscribe } = guardCalls(
      'type Query { a: Int @public } type Subscription { tick: Int @auth(requires: [ADMIN]) }',
      {
        Subscription: {
          tick: {
            subscribe() {
              opened.push('tick');
              return ticks();
            },
          },
        },
      },
    );
    const document = parse('subscription { tick }');
    const contextValue: Context = { viewer: holding('USER') };
    await authorizeOperation({ document, contextValue, isLenient: true });
    const answer = await subscribe({ schema, document, contextValue });
    const { errors = [] } = 'errors' in answer ? answer : {};
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
    expect(opened).toEqual([]);
  });

  it('measures the age of proofs at one time, also for its arguments', async () => {
    let seconds = 0;
    const proved: Viewer = {
      isAuthenticated: true,
      groups: new Set(['ADMIN']),
      authenticatedAt: { PASSWORD: new Date(0) },
    };
    const { schema, subscribe } = guardCalls(
      `type Query { a: Int @public }
       type Subscription { tick(x: Int @auth(requires: [ADMIN], maxAge: 10)): Int @auth(maxAge: 10) }`,
      { Subscription: { tick: { subscribe: ticks } } },
      {
        viewerOf: () => proved,
        now() {
          seconds += 6;
          return new Date(seconds * 1_000);
        },
      },
    );
    const document = parse('subscription { tick(x: 1) }');
    const answer = await subscribe({ schema, document, contextValue: undefined });
    expect('errors' in answer ? answer.errors : []).toEqual([]);
  });
});
