import { fileURLToPath } from 'node:url';
import type { GatehousePackage } from 'graphql-gatehouse';
import { definePackage } from 'graphql-gatehouse/package';
import { rightsUnused } from './commands/unused.ts';
import { createConsoleDomain } from './console-domain.ts';
import { renameUses } from './counts/counts.store.ts';
import { observe } from './observe.ts';
import { openRights, type Parts } from './parts.ts';
import { toNewReads } from './reads/delivered-reads.ts';
import { readLog } from './reads/read-log.ts';
import { createReadsDomain } from './reads/reads-domain.ts';
import { type RightsSettings, settings } from './settings.ts';

const accepts = {
  'Query.recordReads(id:)':
    'its group may read the reads of every record, also of one that is deleted or hidden from it',
};

/** Counts which rights are used, shows those that are not, and records who has read what: `packages: [rights()]`. */
export const rights = (): GatehousePackage<RightsSettings> =>
  definePackage({
    name: 'rights',
    settings,
    migrations: {
      directory: fileURLToPath(new URL('../prisma/migrations', import.meta.url)),
      version: '0.1.0',
      nodeRights: { reads: ['INSERT'] },
    },
    accepts,
    open: openRights,
    observe: async (parts) => observe(await parts()),
    renameGroup: renameUses,
    onDelivered: ({ recordReads }: Parts, delivered) =>
      recordReads({
        reads: toNewReads(delivered),
        isEvent: delivered.operation === 'subscription',
      }),
    logs: { reads: readLog },
    domains: (parts, packages) => [
      createReadsDomain(parts),
      ...(packages.has('console') ? [createConsoleDomain(parts)] : []),
    ],
    commands: { 'rights unused': rightsUnused },
    background: {
      'write the counts of use': {
        intervalSeconds: 60,
        run: ({ writer }: Parts, isStopped) => writer.write(isStopped),
      },
    },
  });
