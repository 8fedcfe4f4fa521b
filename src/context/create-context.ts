import type { Authorization } from '@graphql-gatehouse/authorization';
import type { Viewer } from '../authentication/viewer.ts';
import type { AskOutcome } from '../changes/ask-outcome.ts';
import { createChange } from '../changes/change.ts';
import { originOf, system } from '../changes/origin.ts';
import { type AddPlaces, createRequestRights, type Rights } from '../changes/rights.ts';
import { createRowLocks } from '../changes/row-locks.ts';
import type { Groups, HeldOf } from '../values/groups.ts';
import type { PlaceRules } from '../values/held-places.ts';
import { requireGoingOn } from '../values/require-going-on.ts';
import type { DataClient } from '../values/sql-transaction.ts';
import type { Context, RowReads } from './context.ts';
import { createLists } from './lists.ts';
import type { ReadPage } from './read-page.ts';
import { hasSettled, type ReplicaAccess } from './replica-reads.ts';

export interface ContextDependencies {
  readonly data: DataClient<unknown>;
  readonly askOutcome: AskOutcome;
  readonly db: object;
  /** Returns the loaders for one execution. */
  readonly createLoad: () => object;
  readonly groups: Groups;
  readonly heldOf: HeldOf;
  readonly rows: Context['rows'];
  /** Reads rows by the rule of their type. */
  readonly reader: Pick<Authorization<Context>, 'find' | 'filterOf'>;
  readonly readPage: ReadPage;
  /** The maximum number of rows that a list reads at once. */
  readonly maxRows: number;
  readonly now: () => Date;
  /** Whether changes run in serializable transactions: see `createWrite`. */
  readonly isSerializable: () => boolean;
  /** What says and reads which groups are held in places. Absent: no group of the schema is. */
  readonly places?: { readonly rules: PlaceRules; readonly add: AddPlaces } | undefined;
  /** Absent: everything is read from the primary. */
  readonly replica?: ReplicaAccess<Context> | undefined;
}

/** Creates the function that gives a context those that read rows for its viewer. */
const createWithRows =
  ({
    reader: { find, filterOf },
    createLoad,
    places,
  }: Pick<ContextDependencies, 'reader' | 'createLoad' | 'places'>): Context['withRows'] =>
  (base) => {
    const context = Object.assign(base, {
      load: checkedBefore(createLoad(), () => requireGoingOn(base)),
      readPlaces: () => context.rights.readPlaces(),
      filterOf(typeName: string) {
        if (places !== undefined) requirePlaces(context.viewer, typeName);
        return filterOf(typeName, context);
      },
      async find(typeName: string, id: unknown) {
        await context.rights.readPlaces();
        const row = await find(typeName, id, context);
        return row === undefined ? null : Object(row);
      },
    });
    return context;
  };

/** @throws {Error} a mistake in the code that asks: without its places, the viewer would have no rows. */
function requirePlaces(viewer: Viewer, typeName: string): void {
  if (!viewer.isAuthenticated || viewer.placesOf !== undefined) return;
  throw new Error(
    `filterOf('${typeName}'): the places of the viewer are not read yet. Call \`await context.readPlaces()\` first.`,
  );
}

export interface RequestFacts
  extends Pick<Context, 'viewer' | 'client' | 'requestId' | 'browserSession'> {
  /** Returns the `signal` of the context, the same each time. Called when it is first used. */
  readonly openSignal: () => AbortSignal;
  /** Whether nothing is left to answer. Default: the signal says it. */
  readonly hasEnded?: () => boolean;
}

/** How many changes of one viewer may wait for one row on a node. */
const maxWaitingPerViewer = 64;

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

/** Copies a context for the viewer who was read again, such as for one event of a subscription. */
export function withViewer<TContext extends Context>(context: TContext, viewer: Viewer): TContext {
  const rights = context.rights.ofViewer(viewer);
  const change = context.changeBy(rights);
  return context.withRows(withCurrentViewer(Object.assign({}, context, { rights, change })));
}

type ReplicaDependencies = Pick<ContextDependencies, 'db' | 'replica'>;

/** Creates the function that reads lists for requests of `viewer`, as it was read from the primary. */
function createFromReplica(
  { db, replica }: ReplicaDependencies,
  viewer: Viewer,
  contextOf: () => Context,
): Context['fromReplica'] {
  return (info, read) => {
    const fromPrimary = () => read(db, 'primary');
    const mayBeOld =
      replica !== undefined &&
      info.operation.operation === 'query' &&
      hasSettled(viewer) &&
      !replica.dependsOnData(info, contextOf());
    return mayBeOld ? replica.read(() => read(replica.db, 'replica'), fromPrimary) : fromPrimary();
  };
}

/** Returns a view of the loaders that calls `check` whenever one of them is taken. */
const checkedBefore = (load: object, check: () => void): object =>
  new Proxy(load, {
    get(target, name): unknown {
      check();
      return Reflect.get(target, name);
    },
  });

/** Creates the functions that create contexts for requests, and for the system, such as a seed. */
export function createContexts(dependencies: ContextDependencies) {
  const { data, askOutcome, db, groups, heldOf, rows, now, isSerializable, places } = dependencies;
  const withRows = createWithRows(dependencies);
  const { page, list } = createLists(dependencies);
  const withRowLocks = createRowLocks(maxWaitingPerViewer);
  return {
    createContext({ viewer, ...facts }: RequestFacts): Context {
      const rights = createRequestRights(viewer, places?.add);
      const { client, openSignal, hasEnded = () => openSignal().aborted } = facts;
      const check = () => requireGoingOn({ hasEnded });
      // Created when called: most requests only read.
      const changeBy: Context['changeBy'] = (by, named) => (event, work, options) =>
        createChange({
          data,
          askOutcome,
          now,
          groups,
          heldOf,
          named,
          places: places?.rules,
          withRowLocks,
          requireGoingOn: check,
          isSerializable,
          originOf: () => originOf({ rights: by, client }),
        })(event, work, options);
      const made: Omit<Context, RowReads> = Object.assign(new RequestContext(), facts, {
        groups,
        db,
        hasEnded,
        rows,
        page,
        list,
        rights,
        changeBy,
        change: changeBy(rights),
        withRows,
        fromReplica: createFromReplica(dependencies, viewer, () => context),
      });
      const context: Context = withRows(made);
      return context;
    },
    createSystemContext: (): Pick<Context, 'db' | 'change'> => ({
      db,
      change: createChange({
        data,
        askOutcome,
        now,
        groups,
        heldOf,
        isSerializable,
        originOf: () => system,
      }),
    }),
  };
}
