import { createChange } from '../changes/change.ts';
import { originOf, system } from '../changes/origin.ts';
import type { DataClient } from '../changes/sql-transaction.ts';
import type { Context, Rights } from './context.ts';
import type { Groups } from './groups.ts';

export interface ContextDependencies {
  /** What `change` writes with. */
  readonly data: DataClient<unknown>;
  /** The project's data client, for reading. */
  readonly db: object;
  readonly load: object;
  readonly groups: Groups;
  readonly now: () => Date;
}

/** What is known of a request before anything runs. */
export type RequestFacts = Pick<Context, 'viewer' | 'client' | 'requestId'>;

/** Makes what makes contexts: of a request, and of the system, such as a seed. */
export function createContexts({ data, db, load, groups, now }: ContextDependencies) {
  return {
    createContext(facts: RequestFacts): Context {
      const { client } = facts;
      const rights: Rights = { viewer: facts.viewer, isDecidedAnew: false, hasCommitted: false };
      const change = createChange({
        data,
        now,
        outcomes: rights,
        originOf: () => originOf({ rights, client }),
      });
      return { ...facts, rights, groups, db, load, change };
    },
    createSystemContext: (): Pick<Context, 'db' | 'change'> => ({
      db,
      change: createChange({ data, now, originOf: () => system }),
    }),
  };
}
