import { factors } from '@graphql-gatehouse/factors';
import { describe, expect, it } from 'vitest';
import { createSchemaReport } from '../../src/gatehouse/schema-report.ts';
import type { GatehouseConfig } from '../../src/index.ts';
import { roomsProject } from '../support/rooms-project.ts';

/** What is found at the fields that the guards of a configuration open. */
function found(guards: GatehouseConfig['guards'] = {}, changed: Partial<GatehouseConfig> = {}) {
  const { directory, config } = roomsProject;
  const report = createSchemaReport({ directory, config: { ...config, ...changed, guards } });
  return report
    .findings()
    .filter(({ problem }) => problem.startsWith('`guards`'))
    .map(({ coordinate, problem }) => [coordinate, problem.replace(/^[^:]+: /, '')]);
}

describe('a guard that the configuration opens', () => {
  it.each(['resetPassword', 'updateUser', 'enableUser', 'rotateApiClientSecret'])(
    'gives accounts of others, by %s',
    (field) => {
      expect(found({ [`Mutation.${field}`]: ['ADMIN', 'MANAGER'] })).toEqual([
        [`Mutation.${field}`, 'MANAGER gets into accounts of others without groups'],
      ]);
    },
  );

  it('gives them by a field of a package too, with the groups that its holder may grant', () => {
    const guards = {
      'Mutation.resetFactors': ['ADMIN', 'MANAGER'],
      'Mutation.grantGroup': ['ADMIN', 'MANAGER'],
      'Group.ADMIN': { requires: ['ADMIN'] },
    };
    expect(found(guards, { packages: [factors()] })).toEqual([
      ['Mutation.grantGroup', expect.stringContaining('MANAGER may grant')],
      ['Mutation.resetFactors', expect.not.stringContaining('ADMIN')],
    ]);
  });

  it('gives groups that its holder does not hold', () => {
    expect(found({ 'Mutation.grantGroup': ['ADMIN', 'MANAGER'] })).toEqual([
      [
        'Mutation.grantGroup',
        expect.stringMatching(/^MANAGER may grant ADMIN, AUDITOR, .* does not hold them$/),
      ],
    ]);
  });

  it('gives the groups of new users, unless its holder has them or may grant them', () => {
    const guards = { 'Mutation.createUser': ['ADMIN', 'MANAGER'] };
    const problem = 'MANAGER makes accounts in STAFF, which it neither holds nor may grant';
    expect(found(guards)).toEqual([['Mutation.createUser', problem]]);
    expect(found(guards, { newUserGroups: [] })).toEqual([]);
    expect(found({ 'Mutation.createUser': ['ADMIN', 'STAFF'] })).toEqual([]);
  });

  it('gives nothing more where it is closed further, or names who is admitted anyway', () => {
    expect(
      found({ 'Mutation.resetPassword': ['ADMIN'], 'Mutation.createUser': { maxAge: 60 } }),
    ).toEqual([]);
    expect(found()).toEqual([]);
  });
});
