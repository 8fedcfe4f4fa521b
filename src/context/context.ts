import type { Authorization } from '@graphql-gatehouse/authorization';
import type { Viewer } from '../authentication/viewer.ts';
import type { Change, ReadOnlyClient, TransactionOf } from '../changes/change.ts';
import type { NamedRows } from '../changes/named-rows.ts';
import type { Rights } from '../changes/rights.ts';
import type { BrowserSession } from '../values/browser-session.ts';
import type { Groups } from '../values/groups.ts';
import type { RequestSource } from '../values/request-source.ts';
import type { Lists } from './lists.ts';
import type { FromReplica } from './replica-reads.ts';

/**
 * The context of resolvers. One for each request.
 *
 * `TClient` is the project's data client, such as its `PrismaClient`; `TLoad` the loaders of all domains.
 */
export interface BaseContext<TClient, TLoad> {
  /** The viewer. When a change finds that groups were lost during the operation, they are removed here too. */
  readonly viewer: Viewer;
  /** For internal use: the rights that the guards check. Hosts copy a context, and all copies share them. */
  readonly rights: Rights;
  readonly client: RequestSource;
  /** For internal use: sets and clears the session cookie. */
  readonly browserSession: BrowserSession;
  readonly groups: Groups;
  /** Identifies the request in the log. */
  readonly requestId: string;
  /**
   * Aborts when nothing is left to answer: the time of the request is over, its client has disconnected, or it was
   * answered. Pass it to `fetch` and to other work outside of the database. In an existing server on Node.js it aborts
   * when the connection closes, and that of a subscription also when the subscription ends. No resolver, policy, loader or
   * change of the operation begins after that.
   */
  readonly signal: AbortSignal;
  /** For internal use: whether nothing is left to answer, so that no resolver, read or change may begin. */
  readonly hasEnded: () => boolean;
  /** The project's data client, for reading. */
  readonly db: ReadOnlyClient<TClient>;
  /** Reads a list that may be a little old from a replica, if there is one. */
  readonly fromReplica: FromReplica<ReadOnlyClient<TClient>>;
  /** The only way to write. */
  readonly change: Change<TransactionOf<TClient>>;
  /** For internal use: creates the `change` of one mutation field. `rows`: those that its ids name. */
  readonly changeBy: (rights: Rights, rows?: NamedRows) => Change<TransactionOf<TClient>>;
  /**
   * Returns the filter of the rows that a field with `@auth(rows: ...)` may return to the viewer, or undefined for all
   * rows. `info` is the last argument of the field's resolver, or of a resolver of its connection.
   */
  rows(...field: Parameters<Authorization<unknown>['rowsOf']>): unknown;
  /** For internal use: gives a copy of a context, which has another viewer, its own `find`, `filterOf` and `load`. */
  readonly withRows: WithRows;
  /**
   * Reads one row of a type by its id, if it exists for the viewer: null for a hidden row too. Ids that are asked for in
   * one turn of the event loop are read with one statement.
   */
  find(typeName: string, id: unknown): Promise<unknown>;
  /**
   * Reads in which places the viewer holds groups, for code that asks `viewer.placesOf` or `filterOf` in an operation whose
   * guards ask for no places. Does nothing where they were read, and in a schema without groups in places.
   */
  readPlaces(): Promise<void>;
  /**
   * Returns the filter of the rows of a type that exist for the viewer, or undefined for all rows: for what no field
   * returns, such as a sum. Nothing checks what is read with it. Where groups are held in places, call `readPlaces` first.
   */
  filterOf(typeName: string): unknown;
  /** Reads one page of the connection that a field returns, with the filter of its rows. */
  readonly page: Lists['page'];
  /** Reads all rows of one owner, with the filter of the field's rows. The owners of a field are read together. */
  readonly list: Lists['list'];
  /** Loaders by name. Keys that are loaded in the same turn of the event loop are read with one statement. */
  readonly load: TLoad;
}

/** Gives a context the functions that read rows for its viewer. */
export type WithRows = <TContext extends Omit<Context, RowReads>>(
  context: TContext,
) => TContext & Pick<Context, RowReads>;

/** The parts of a context that read rows for one execution. */
export type RowReads = 'find' | 'filterOf' | 'load' | 'readPlaces';

/** The context for code that does not depend on the project's client and loaders. */
export type Context = BaseContext<unknown, object>;

/** The context of seeds and commands. Audit events of `change` have no actor: the system makes them. */
export type SeedContext<TContext = Context> =
  TContext extends BaseContext<infer Client, infer Load>
    ? Pick<BaseContext<Client, Load>, 'db' | 'change'>
    : never;
