import type { Viewer } from '../authentication/viewer.ts';
import { createChange } from '../changes/change.ts';
import { originOf, system } from '../changes/origin.ts';
import { createRequestRights, type Rights } from '../changes/rights.ts';
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
  readonly rows: Context['rows'];
  readonly now: () => Date;
}

/** The facts about a request before it runs. */
export type RequestFacts = Pick<Context, 'viewer' | 'client' | 'requestId' | 'browserSession'>;

/**
 * The prototype of contexts. A getter there, in place of one in each context, survives the copies that Apollo Server and
 * mutations make, and keeps the objects fast.
 */
class RequestContext {
  declare readonly rights: Rights;

  get viewer(): Viewer {
    return this.rights.viewer();
  }
}

const currentViewer: PropertyDescriptor & ThisType<RequestContext> = {
  get() {
    return this.rights.viewer();
  },
  enumerable: true,
  configurable: true,
};

/**
 * Gives a plain copy of a context a `viewer` of its own, which returns the current viewer. Existing servers and the
 * spread of a project copy only own properties, with the values of their getters: call it again for each copy.
 */
export const withCurrentViewer = <TContext extends Context>(context: TContext): TContext =>
  Object.defineProperty(context, 'viewer', currentViewer);

/** Creates the functions that create contexts for requests, and for the system, such as a seed. */
export function createContexts({ data, db, load, groups, rows, now }: ContextDependencies) {
  return {
    createContext({ viewer, client, requestId, browserSession }: RequestFacts): Context {
      const rights = createRequestRights(viewer);
      // Created when called: most requests only read.
      const changeBy: Context['changeBy'] = (by) => (event, work, options) =>
        createChange({
          ...{ data, now, groups },
          originOf: () => originOf({ rights: by, client }),
        })(event, work, options);
      return Object.assign(new RequestContext(), {
        ...{ client, requestId, browserSession, groups, db, load, rows, rights, changeBy },
        change: changeBy(rights),
      });
    },
    createSystemContext: (): Pick<Context, 'db' | 'change'> => ({
      db,
      change: createChange({ data, now, groups, originOf: () => system }),
    }),
  };
}
