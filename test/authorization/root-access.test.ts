import { describe, expect, it } from 'vitest';
import { anonymous, groupsOnly, guard, holding, withPolicies } from './fixtures.ts';

describe('the root fields that a viewer may call', () => {
  const { accessOf } = guard(
    `${withPolicies}
    type Mutation { b: Int @auth(requires: [EDITOR]), a: Int @public }
    type Subscription { s: Int @auth }
    type Query {
      open: Int @public
      known: Int @auth
      own: Int @auth(or: [SELF])
      edited: Int @auth(requires: [EDITOR], or: [SELF])
      both: Int @auth(requires: [ADMIN]) @auth(or: [SELF])
      secret: Secret @public
    }
    type Secret @auth(requires: [ADMIN]) { id: Int }`,
    { policies: { SELF: () => false, BOSS: () => false } },
  );

  it.each([
    { who: 'anonymous', viewer: anonymous, access: ['Query.open', 'Mutation.a'] },
    {
      who: 'a viewer without groups',
      viewer: holding(),
      access: [
        'Query.open',
        'Query.known',
        'Query.own',
        'Query.edited',
        'Mutation.a',
        'Subscription.s',
      ],
    },
    {
      who: 'an editor',
      viewer: holding('EDITOR'),
      access: [
        'Query.open',
        'Query.known',
        'Query.own',
        'Query.edited',
        'Mutation.b',
        'Mutation.a',
        'Subscription.s',
      ],
    },
    {
      who: 'an admin',
      viewer: holding('ADMIN'),
      access: [
        'Query.open',
        'Query.known',
        'Query.own',
        'Query.edited',
        'Query.both',
        'Query.secret',
        'Mutation.a',
        'Subscription.s',
      ],
    },
  ])('are, in schema order and with all that waits for a policy, for $who', (row) => {
    expect(accessOf(row.viewer)).toEqual(row.access);
  });

  it.each([
    { field: 'f(a: Int! @auth(requires: [ADMIN]))', isCallable: false },
    { field: 'f(a: Int @auth(requires: [ADMIN]))', isCallable: true },
    { field: 'f(a: Int! = 1 @auth(requires: [ADMIN]))', isCallable: true },
    { field: 'f(a: Guarded!)', isCallable: false },
    { field: 'f(a: [Guarded!])', isCallable: true },
    { field: 'f(a: Needy!)', isCallable: false },
    { field: 'f(a: NeedyOfNeedy!)', isCallable: false },
    { field: 'f(a: Circle!)', isCallable: true },
    { field: 'f(a: Lavish!)', isCallable: true },
    { field: 'f(a: Closed!)', isCallable: false },
    { field: 'f(a: Closed)', isCallable: true },
    { field: 'f(a: [Closed!]!)', isCallable: true },
    { field: 'f(a: Ajar!)', isCallable: true },
    { field: 'f(a: NeedyOfClosed!)', isCallable: false },
    { field: 'f(a: NeedyOfList!)', isCallable: true },
    { field: 'f(a: [NeedyOfClosed!]!)', isCallable: true },
    { field: 'f(a: ClosedChoice!)', isCallable: false },
    { field: 'f(a: Choice!)', isCallable: true },
    { field: 'f(a: ChoiceOfNone!)', isCallable: false },
    { field: 'f(a: NeedyOfChoice!)', isCallable: false },
    { field: 'f(a: Turn!)', isCallable: true },
  ])('count with what they require: $field for a user: $isCallable', ({ field, isCallable }) => {
    const { accessOf: accessOfIt } = guard(`${groupsOnly}
      type Query { ${field}: Int @public, all(a: Guarded, b: NeedyOfNeedy, c: Circle, d: Lavish, e: Closed, f: Ajar, g: NeedyOfClosed, h: NeedyOfList,
        i: ClosedChoice, j: Choice, k: ChoiceOfNone, l: NeedyOfChoice, m: Turn): Int @public }
      input Guarded @auth(requires: [ADMIN]) { n: Int }
      input Needy { n: Int! @auth(requires: [ADMIN]) }
      input NeedyOfNeedy { n: Needy! }
      input Circle { c: [Circle!]! }
      input Lavish { n: Int @auth(requires: [ADMIN]), d: Int! = 1 @auth(requires: [ADMIN]) }
      enum Closed { A @auth(requires: [ADMIN]), B @auth(requires: [ADMIN]) }
      enum Ajar { A @auth(requires: [ADMIN]), B }
      input NeedyOfClosed { e: Closed! }
      input NeedyOfList { e: [Closed!]! }
      input ClosedChoice @oneOf { a: Int @auth(requires: [ADMIN]), b: Guarded, c: Closed, d: NeedyOfClosed }
      input Choice @oneOf { a: Int @auth(requires: [ADMIN]), b: Int }
      input ChoiceOfNone @oneOf { a: ChoiceOfNone, b: Int @auth(requires: [ADMIN]) }
      input NeedyOfChoice { c: ClosedChoice! }
      input Turn @oneOf { a: Turn, b: Circle }`);
    expect(accessOfIt(holding('USER')).includes('Query.f')).toBe(isCallable);
    expect(accessOfIt(holding('ADMIN'))).toContain('Query.f');
  });
});
