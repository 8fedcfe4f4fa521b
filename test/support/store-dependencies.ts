import type { Database } from '../../src/database/connect.ts';
import { groupsOf } from '../../src/gatehouse/schema-report.ts';
import { createHeldGroups } from '../../src/identity/groups/held-groups.ts';
import { type SessionStoreDependencies, withWrite } from '../../src/identity/store-dependencies.ts';
import { factorTable } from './factor-table.ts';
import { roomsProject } from './rooms-project.ts';

/** What stores of a test work with, beside a server or without one. */
export const storeDependencies = (
  given: { readonly database: Database } & Partial<SessionStoreDependencies>,
): SessionStoreDependencies =>
  withWrite({
    factors: factorTable,
    now: () => new Date(),
    groups: groupsOf(roomsProject),
    heldOf: createHeldGroups({ factors: factorTable, groups: groupsOf(roomsProject), rules: [] })
      .of,
    requireGrantable: async () => {},
    placeGrants: () => ({ grants: new Map(), keptGroups: [] }),
    notify: async () => {},
    renameGroup: async () => {},
    sessionIdleSeconds: 604_800,
    maxSessionsPerUser: 100,
    read: () => Promise.reject(new Error('Only a connection reads without Prisma: pass `read`.')),
    ...given,
  });
