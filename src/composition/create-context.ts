import { createChange } from '../changes/change.ts';
import { originOf, system } from '../changes/origin.ts';
import { createRequestRights, type Rights } from '../changes/rights.ts';
import type { DataClient } from '../changes/sql-transaction.ts';
import type { Context } from './context.ts';
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

/** Makes `viewer` of a context, or of a host's copy of one, follow the rights. */
export const withCurrentViewer = <TContext extends Context>(context: TContext): TContext =>
  Object.defineProperty(context, 'viewer', {
    get: () => context.rights.viewer(),
    enumerable: true,
    configurable: true,
  });

/** Makes what makes contexts: of a request, and of the system, such as a seed. */
export function createContexts({ data, db, load, groups, now }: ContextDependencies) {
  return {
    createContext(facts: RequestFacts): Context {
      const { client } = facts;
      const rights = createRequestRights(facts.viewer, (viewer) =>
        viewer.isAuthenticated
          ? { ...viewer, groups: new Set(groups.inSchemaOrder(viewer.groups)) }
          : viewer,
      );
      const changeBy = (by: Rights) =>
        createChange({ data, now, originOf: () => originOf({ rights: by, client }) });
      const context = { ...facts, rights, groups, db, load, changeBy, change: changeBy(rights) };
      return withCurrentViewer(context);
    },
    createSystemContext: (): Pick<Context, 'db' | 'change'> => ({
      db,
      change: createChange({ data, now, originOf: () => system }),
    }),
  };
}
