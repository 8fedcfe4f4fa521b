import { createAuthorization, type Policies, type Viewer } from '@graphql-gatehouse/authorization';
import { buildSchema, GraphQLError, parse } from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import { createDecider } from '../../packages/authorization/src/enforcement/calls/decider.ts';
import { ask, guard, holding, runAlone, type TestContext, withPolicies } from './fixtures.ts';

type TestPolicies = Policies<Viewer, TestContext>;

const sdl = `${withPolicies}
  type Query {
    root: String @auth(or: [SELF])
    either: String @auth(or: [SELF, BOSS])
    both: String @auth(or: [SELF]) @auth(or: [BOSS])
    grouped: String @auth(requires: [ADMIN], or: [SELF])
    t: T @public
  }
  type T { below: String @auth(or: [SELF]) }`;
const resolvers = {
  Query: {
    root: () => 'r',
    either: () => 'e',
    both: () => 'b',
    grouped: () => 'g',
    t: () => ({ id: 7 }),
  },
  T: { below: () => 'below' },
};
const guarded = (
  policies: TestPolicies,
  onPolicyError?: (error: unknown, policy: string) => void,
) => guard(sdl, { resolvers, policies, ...(onPolicyError === undefined ? {} : { onPolicyError }) });
const viewer = holding('USER');

/** What JavaScript may return in spite of the type of a policy. */
const policyReturning = (value: unknown): TestPolicies[string] =>
  new Proxy(() => false, { apply: () => value });

describe('a policy', () => {
  const no = () => false;
  it.each([
    { title: 'true', policy: () => true, admits: true },
    { title: 'false', policy: no, admits: false },
    { title: 'a promise of true', policy: async () => true, admits: true },
    { title: 'a promise of false', policy: async () => false, admits: false },
    {
      title: 'an error thrown',
      policy: () => {
        throw new Error('down');
      },
      admits: false,
    },
    {
      title: 'a rejection',
      policy: async () => {
        throw new Error('down');
      },
      admits: false,
    },
    { title: 'undefined', policy: policyReturning(undefined), admits: false },
    { title: 'null', policy: policyReturning(null), admits: false },
    { title: '1', policy: policyReturning(1), admits: false },
    { title: "'true'", policy: policyReturning('true'), admits: false },
    { title: 'an object', policy: policyReturning({}), admits: false },
    { title: 'a promise of 1', policy: policyReturning(Promise.resolve(1)), admits: false },
    {
      title: 'a promise of an object',
      policy: policyReturning(Promise.resolve({})),
      admits: false,
    },
    {
      title: 'an object whose `then` returns nothing',
      // biome-ignore lint/suspicious/noThenProperty: the subject of the row
      policy: policyReturning({ then: () => undefined }),
      admits: false,
    },
    {
      title: 'an object whose `then` returns true',
      // biome-ignore lint/suspicious/noThenProperty: the subject of the row
      policy: policyReturning({ then: () => true }),
      admits: false,
    },
    {
      title: 'a thenable of true, which is no promise',
      // biome-ignore lint/suspicious/noThenProperty: the subject of the row
      policy: policyReturning({ then: (done: (answer: unknown) => void) => done(true) }),
      admits: true,
    },
    {
      title: 'a thenable of 1',
      // biome-ignore lint/suspicious/noThenProperty: the subject of the row
      policy: policyReturning({ then: (done: (answer: unknown) => void) => done(1) }),
      admits: false,
    },
  ])('that gives $title admits: $admits', async ({ policy, admits }) => {
    if (policy === undefined) throw new Error('Every row has a policy.');
    const authorization = guarded({ SELF: policy, BOSS: no });
    const before = await ask(authorization, '{ root }', { viewer }).catch(() => ['an error']);
    expect(before.length === 0).toBe(admits);
    expect((await runAlone(authorization, '{ root }', { viewer })).data).toEqual({
      root: admits ? 'r' : null,
    });
    expect((await runAlone(authorization, '{ t { below } }', { viewer })).data).toEqual({
      t: { below: admits ? 'below' : null },
    });
  });

  it('below the root is left to the run, and asked with its source', async () => {
    const self = vi.fn(() => false);
    const authorization = guarded({ SELF: self, BOSS: no });
    expect(await ask(authorization, '{ t { below } }', { viewer })).toEqual([]);
    expect(self).not.toHaveBeenCalled();
    const { denied } = await runAlone(authorization, '{ t { below } }', { viewer });
    expect(denied).toEqual(['T.below at t.below']);
    expect(self).toHaveBeenCalledWith(viewer, { id: 7 }, {}, { viewer });
  });

  it('is not asked where a group is enough', async () => {
    const self = vi.fn(() => false);
    const authorization = guarded({ SELF: self, BOSS: no });
    expect(await ask(authorization, '{ grouped }', { viewer: holding('ADMIN') })).toEqual([]);
    expect(self).not.toHaveBeenCalled();
  });

  it.each([
    { SELF: () => true, BOSS: () => false, either: true, both: false },
    { SELF: () => false, BOSS: () => true, either: true, both: false },
    { SELF: () => true, BOSS: () => true, either: true, both: true },
    { SELF: () => false, BOSS: () => false, either: false, both: false },
    { SELF: async () => true, BOSS: () => false, either: true, both: false },
    { SELF: async () => false, BOSS: () => true, either: true, both: false },
    { SELF: async () => false, BOSS: async () => true, either: true, both: false },
    { SELF: async () => true, BOSS: () => true, either: true, both: true },
    { SELF: async () => false, BOSS: async () => false, either: false, both: false },
  ])(
    'or another: $either, and another: $both ($SELF, $BOSS)',
    async ({ SELF, BOSS, either, both }) => {
      const authorization = guarded({ SELF, BOSS });
      expect(await ask(authorization, '{ either }', { viewer })).toHaveLength(either ? 0 : 1);
      expect(await ask(authorization, '{ both }', { viewer })).toHaveLength(both ? 0 : 1);
    },
  );

  it('is not asked once one before it admits', async () => {
    const boss = vi.fn(() => true);
    expect(
      await ask(guarded({ SELF: async () => true, BOSS: boss }), '{ either }', { viewer }),
    ).toEqual([]);
    expect(boss).not.toHaveBeenCalled();
  });
});

describe('a policy that fails', () => {
  const down = new Error('the database is down');
  const thrower = () => {
    throw down;
  };
  const rejecter = async () => {
    throw down;
  };

  it.each([
    { title: 'throws', SELF: thrower },
    { title: 'rejects', SELF: rejecter },
  ])('and $title is reported by name, and denies', async ({ SELF }) => {
    const report = vi.fn();
    const authorization = guarded({ SELF, BOSS: () => false }, report);
    expect(await ask(authorization, '{ root }', { viewer })).toEqual(['Query.root at root']);
    expect(report.mock.calls).toEqual([[down, 'SELF', { viewer }]]);
  });

  it.each([
    { title: 'a text', answer: '"yes"' },
    { title: 'null', answer: 'null' },
  ])('because it answers with $title is reported so, and denies', async ({ answer }) => {
    const report = vi.fn();
    const authorization = guarded({ SELF: () => JSON.parse(answer), BOSS: () => false }, report);
    expect(await ask(authorization, '{ root }', { viewer })).toEqual(['Query.root at root']);
    expect(report.mock.calls).toEqual([
      [new TypeError('A policy must answer with true or false.'), 'SELF', { viewer }],
    ]);
  });

  it.each([
    { title: 'throws', SELF: thrower },
    { title: 'rejects', SELF: rejecter },
  ])('and $title is the answer where the report throws', async ({ SELF }) => {
    const unavailable = new GraphQLError('503');
    const authorization = guarded({ SELF, BOSS: () => true }, () => {
      throw unavailable;
    });
    await expect(ask(authorization, '{ root }', { viewer })).rejects.toBe(unavailable);
    await expect(ask(authorization, '{ either }', { viewer })).rejects.toBe(unavailable);
    expect(await runAlone(authorization, '{ root t { below } }', { viewer })).toEqual({
      data: { root: null, t: { below: null } },
      denied: ['503', '503'],
    });
  });

  it('gives way to what is refused for certain', async () => {
    const authorization = guard(
      `${withPolicies} type Query {
        own: Int @auth(or: [SELF]) boss: Int @auth(or: [BOSS]) admin: Int @auth(requires: [ADMIN]) }`,
      {
        policies: { SELF: thrower, BOSS: () => true },
        onPolicyError: () => {
          throw new Error('503');
        },
      },
    );
    const asked = ask(authorization, '{ own boss admin }', { viewer: holding() });
    expect(await asked).toEqual(['Query.admin at admin']);
  });

  it('denies everyone by what the report returns', async () => {
    const authorization = guarded({ SELF: thrower, BOSS: () => false }, () => true);
    expect(await ask(authorization, '{ root }', { viewer })).toEqual(['Query.root at root']);
  });

  it('lets the next policy of the same clause decide', async () => {
    const authorization = guarded({ SELF: rejecter, BOSS: () => true });
    expect(await ask(authorization, '{ either }', { viewer })).toEqual([]);
  });

  it('leaves no rejection behind when a second one throws first', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const authorization = guarded({ SELF: thrower, BOSS: rejecter }, () => {
      throw new Error('503');
    });
    await expect(ask(authorization, '{ both }', { viewer })).rejects.toThrow('503');
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});

describe('a policy that cannot be asked', () => {
  it('denies everyone, though it was there at the start', async () => {
    const policies: Record<string, () => boolean> = { SELF: () => true, BOSS: () => true };
    const authorization = guarded(policies);
    delete policies.SELF;
    expect(await ask(authorization, '{ root }', { viewer })).toEqual(['Query.root at root']);
  });

  it('denies everyone who stops being authenticated between two looks', async () => {
    let looks = 0;
    const { authorizeOperation } = createAuthorization<Viewer, TestContext>(buildSchema(sdl), {
      policies: { SELF: () => true, BOSS: () => true },
      viewerOf: () => {
        looks += 1;
        return looks < 3 ? viewer : { isAuthenticated: false, reason: 'TOKEN_REVOKED' };
      },
    });
    const denials = await authorizeOperation({
      document: parse('{ root }'),
      contextValue: { viewer },
    });
    expect(denials).toHaveLength(1);
  });

  it('denies everyone where there is no source to ask it about', () => {
    const { requirements } = guarded({ SELF: () => true, BOSS: () => true });
    const decider = createDecider<Viewer, TestContext>(buildSchema(sdl), requirements, {
      policies: { SELF: () => true, BOSS: () => true },
      viewerOf: (context) => context.viewer,
    });
    expect(
      decider.refusalByGroups([{ requires: [], or: ['SELF'] }], { viewer }, new Date()),
    ).toEqual({
      outcome: 'forbidden',
      unmet: [{ requires: [], or: ['SELF'] }],
    });
  });
});
