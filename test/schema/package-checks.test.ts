import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { GatehousePackage } from '../../src/index.ts';
import { checkPackages } from '../../src/schema/packages/package-calls.ts';
import type { Check } from '../../src/values/check.ts';
import { createGroups } from '../../src/values/groups.ts';

const rooms: Check = { name: 'rooms', state: 'ok', found: '3 rooms' };
const healthy: GatehousePackage = { name: 'healthy', doctor: async () => [rooms] };

/** What `doctor` finds in these packages, when each check has a tenth of a second. */
const findingsIn = (packages: readonly GatehousePackage[]) => {
  const log = { info() {}, warn() {}, error() {} };
  const config = {
    isProduction: false,
    origins: [],
    ofPackages: {},
    operationLimits: { maxTokens: 1000 },
  };
  const project = { directory: '.', config: { packages } };
  return checkPackages({ project, config, logger: log, groups: () => createGroups([]) }, 100);
};

describe('the checks of packages', () => {
  it('name a package whose check throws, and run the others', async () => {
    const broken: GatehousePackage = {
      name: 'broken',
      doctor: () => Promise.reject(new Error('no answer')),
    };
    expect(await findingsIn([broken, { name: 'quiet' }, healthy])).toEqual([
      {
        name: 'broken',
        state: 'problem',
        found: 'its check failed: no answer',
        advice: 'report this to its authors',
      },
      rooms,
    ]);
  });

  it('name a package whose check does not end, and run the others', async () => {
    const endless: GatehousePackage = { name: 'endless', doctor: () => new Promise(() => {}) };
    expect(await findingsIn([endless, healthy])).toEqual([
      {
        name: 'endless',
        state: 'problem',
        found: 'its check failed: no response within 100 ms',
        advice: 'report this to its authors',
      },
      rooms,
    ]);
  });

  it('run at the same time', async () => {
    const meeting = new EventTarget();
    const hasMet = once(meeting, 'met');
    const first: GatehousePackage = {
      name: 'first',
      doctor: async () => hasMet.then(() => [rooms]),
    };
    const second: GatehousePackage = {
      name: 'second',
      async doctor() {
        meeting.dispatchEvent(new Event('met'));
        return [];
      },
    };
    expect(await findingsIn([first, second])).toEqual([rooms]);
  });
});
