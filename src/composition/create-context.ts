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
export interface RequestFacts
  extends Pick<Context, 'viewer' | 'client' | 'requestId' | 'browserSession'> {
  /** Returns the `signal` of the context, the same each time. Called when it is first used. */
  readonly openSignal: () => AbortSignal;
}

/**
 * The prototype of contexts. Getters there, in place of some in each context, survive the copies that Apollo Server and
 * mutations make, and keep the objects fast.
 */
class RequestContext {
  declare readonly rights: Rights;
  declare readonly openSignal: RequestFacts['openSignal'];

  get signal(): AbortSignal {
    return this.openSignal();
  }

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
    createContext({ viewer, ...facts }: RequestFacts): Context {
      const rights = createRequestRights(viewer);
      const { client } = facts;
      // Created when called: most requests only read.
      const changeBy: Context['changeBy'] = (by) => (event, work, options) =>
        createChange({
          ...{ data, now, groups },
          originOf: () => originOf({ rights: by, client }),
        })(event, work, options);
      return Object.assign(new RequestContext(), {
        ...facts,
        ...{ groups, db, load, rows, rights, changeBy },
        change: changeBy(rights),
      });
    },
    createSystemContext: (): Pick<Context, 'db' | 'change'> => ({
      db,
      change: createChange({ data, now, groups, originOf: () => system }),
    }),
  };
}
