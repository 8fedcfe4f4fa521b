import { fileURLToPath } from 'node:url';
import { mail } from '@graphql-gatehouse/mail';
import { describe, expect, it } from 'vitest';
import config from '../../packages/create-graphql-gatehouse/template/gatehouse.config.ts';
import { composeForReports, createSchemaReport } from '../../src/gatehouse/schema-report.ts';
import type { Domain } from '../../src/schema/domain.ts';
import type { GatehouseConfig } from '../../src/schema/project.ts';
import { CompositionError } from '../../src/schema/sdl/composition-error.ts';

const directory = fileURLToPath(
  new URL('../../packages/create-graphql-gatehouse/template', import.meta.url),
);
const compose = (changed: Partial<GatehouseConfig>) =>
  composeForReports({ directory, config: { ...config, ...changed } });
/** What a coordinate of the invoice project requires, with this configuration. */
const requirementAt = (coordinate: string, changed: Partial<GatehouseConfig> = {}) =>
  compose(changed)
    .requirements.at(coordinate)
    .map(({ requires, maxAge, factors }) => [requires.join(), maxAge, factors]);
const problemsOf = (changed: Partial<GatehouseConfig>): readonly string[] => {
  try {
    compose(changed);
    return [];
  } catch (error) {
    if (!(error instanceof CompositionError)) throw error;
    return error.problems;
  }
};

describe('a guard of Gatehouse', () => {
  it.each([
    'Mutation.createUser',
    'Mutation.disableUser',
    'Mutation.enableUser',
    'Mutation.deleteUser',
    'Mutation.resetPassword',
    'Mutation.createApiClient',
    'Mutation.rotateApiClientSecret',
    'Mutation.disableApiClient',
    'UpdateUserInput.username',
  ])('of %s asks for a proof of the last 15 minutes', (coordinate) => {
    expect(requirementAt(coordinate)).toEqual([['ADMIN', 900, undefined]]);
  });

  it.each([
    {
      what: 'groups, and keeps the rest',
      guard: ['AUDITOR'],
      found: [['AUDITOR', 900, undefined]],
    },
    {
      what: 'an age, and keeps the groups',
      guard: { maxAge: 60 },
      found: [['ADMIN', 60, undefined]],
    },
    {
      what: 'all of it',
      guard: { requires: ['STAFF'], maxAge: 30, factors: 2 },
      found: [['STAFF', 30, 2]],
    },
    {
      what: 'no proof at all',
      guard: { maxAge: null },
      found: [['ADMIN', undefined, undefined]],
    },
  ])('is replaced by $what', ({ guard, found }) => {
    const guards = { 'Mutation.createUser': guard };
    expect(requirementAt('Mutation.createUser', { guards })).toEqual(found);
  });

  it.each(['UpdateUserInput.email', 'Group.ADMIN'])('is replaced at %s too', (coordinate) => {
    const guards = { [coordinate]: { maxAge: 60 } };
    expect([requirementAt(coordinate), requirementAt(coordinate, { guards })]).toEqual([
      [['', 900, undefined]],
      [['', 60, undefined]],
    ]);
  });

  it.each([
    { coordinate: 'User.displayName', guard: ['ADMIN'], found: [['ADMIN', undefined, undefined]] },
    { coordinate: 'User.createdAt', guard: { maxAge: 60 }, found: [['', 60, undefined]] },
    { coordinate: 'User.username', guard: { maxAge: null }, found: [['', undefined, undefined]] },
  ])('is added at $coordinate, which has none', ({ coordinate, guard, found }) => {
    expect(requirementAt(coordinate)).toEqual([]);
    expect(requirementAt(coordinate, { guards: { [coordinate]: guard } })).toEqual(found);
  });

  it('is not added to what is public', () => {
    const guards = { 'Query.serverInfo': ['ADMIN'], 'Mutation.login': { maxAge: 60 } };
    expect(problemsOf({ guards })).toEqual([
      expect.stringContaining('Query.serverInfo'),
      expect.stringContaining('Mutation.login'),
    ]);
  });

  it('is replaced at fields and input fields of packages', () => {
    const given = {
      packages: [mail()],
      guards: { 'Mutation.inviteUser': ['ACCOUNTANT'], 'InviteUserInput.groups': ['ACCOUNTANT'] },
    };
    expect(requirementAt('Mutation.inviteUser', given)).toEqual([['ACCOUNTANT', 900, undefined]]);
    expect(requirementAt('InviteUserInput.groups', given)).toEqual([
      ['ACCOUNTANT', undefined, undefined],
    ]);
  });

  it('is not replaced at the argument of a field, or by an age of zero', () => {
    const guards = { 'Mutation.email': ['ADMIN'], 'Mutation.createUser': { maxAge: 0 } };
    expect(problemsOf({ guards })).toEqual([
      'Mutation.email: guards: Gatehouse has no such field',
      expect.stringContaining('Mutation.createUser'),
    ]);
  });
});

describe('a group', () => {
  const ofGroups = (sdl: string): Domain => ({ name: 'more', typeDefs: sdl });
  it('that implies ADMIN is granted as ADMIN is, and no other', () => {
    const domains = [
      ...(config.domains ?? []),
      ofGroups(
        'extend enum Group { OWNER @implies(groups: [CHIEF]) CHIEF @implies(groups: [ADMIN]) }',
      ),
    ];
    const found = ['OWNER', 'CHIEF', 'ADMIN', 'STAFF'].map((name) =>
      requirementAt(`Group.${name}`, { domains }),
    );
    const fresh = [['', 900, undefined]];
    expect(found).toEqual([fresh, fresh, fresh, []]);
  });

  it('that a package names is noted in the access matrix', () => {
    const packages = [{ name: 'demanding', groupFactors: { STAFF: 2, ADMIN: 1 } as const }];
    const report = createSchemaReport({ directory, config: { ...config, packages } });
    expect(report.accessMatrix().notes).toEqual([
      '**STAFF** is held by sessions that have confirmed 2 kinds of factors.',
      '**ADMIN** is held by sessions that have confirmed 1 kind of factors.',
    ]);
  });

  it('that a package names is granted after a fresh proof', () => {
    const packages = [{ name: 'demanding', groupFactors: { STAFF: 2 } as const }];
    expect(requirementAt('Group.STAFF', { packages })).toEqual([['', 900, undefined]]);
  });
});

describe('requireMaxAge', () => {
  it('refuses mutations without a fresh proof, and what is no mutation', () => {
    const requireMaxAge = [
      'Mutation.createUser',
      'Mutation.payInvoice',
      'Mutation.payInvoce',
      'Query.users',
    ];
    expect(problemsOf({ requireMaxAge })).toEqual([
      'Mutation.payInvoice: requireMaxAge: its guards have no maxAge',
      'Mutation.payInvoce: requireMaxAge: there is no such mutation',
      'Query.users: requireMaxAge: there is no such mutation',
    ]);
  });
});
