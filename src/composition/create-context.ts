import { createChange } from '../changes/change.ts';
import { type ProjectClient, readClientOf, toDataClient } from '../changes/data-client.ts';
import { originOf, system } from '../changes/origin.ts';
import type { Context, Rights } from './context.ts';
import type { Groups } from './groups.ts';

export interface ContextDependencies {
  /** The project's data client; Gatehouse's own where a project has none. */
  readonly client: ProjectClient;
  readonly load: object;
  readonly groups: Groups;
  readonly now: () => Date;
}

/** What is known of a request before anything runs. */
export type RequestFacts = Pick<Context, 'viewer' | 'client' | 'requestId'>;

/** Makes what makes contexts: of a request, and of the system, such as a seed. */
export function createContexts({ client, load, groups, now }: ContextDependencies) {
  const data = toDataClient(client);
  const db = readClientOf(client);
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
