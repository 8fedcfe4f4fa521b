import { createChange } from '../changes/change.ts';
import { originOf, system } from '../changes/origin.ts';
import { createRequestRights } from '../changes/rights.ts';
import type { DataClient } from '../changes/sql-transaction.ts';
import type { Context } from './context.ts';
import type { Groups } from './groups.ts';

export interface ContextDependencies {
  /** The data client for `change`. */
  readonly data: DataClient<unknown>;
  /** The project's data client, for reading. */
  readonly db: object;
  readonly load: object;
  readonly groups: Groups;
  readonly now: () => Date;
}

/** The facts about a request before it runs. */
export type RequestFacts = Pick<Context, 'viewer' | 'client' | 'requestId' | 'browserSession'>;

/** Makes `viewer` of a context, or of a host's copy of one, return the current viewer. */
export const withCurrentViewer = <TContext extends Context>(context: TContext): TContext =>
  Object.defineProperty(context, 'viewer', {
    get: () => context.rights.viewer(),
    enumerable: true,
    configurable: true,
  });

/** Creates the functions that create contexts for requests, and for the system, such as a seed. */
export function createContexts({ data, db, load, groups, now }: ContextDependencies) {
  return {
    createContext({ viewer, client, requestId, browserSession }: RequestFacts): Context {
      const rights = createRequestRights(viewer);
      // Created when called: most requests only read.
      const changeBy: Context['changeBy'] = (by) => (event, work, options) =>
        createChange({
          ...{ data, now, groups },
          originOf: () => originOf({ rights: by, client }),
        })(event, work, options);
      // One literal without spread: V8 creates such an object faster, and Apollo Server copies it in each request.
      return {
        client,
        requestId,
        browserSession,
        groups,
        db,
        load,
        rights,
        changeBy,
        change: changeBy(rights),
        get viewer() {
          return rights.viewer();
        },
      };
    },
    createSystemContext: (): Pick<Context, 'db' | 'change'> => ({
      db,
      change: createChange({ data, now, groups, originOf: () => system }),
    }),
  };
}
