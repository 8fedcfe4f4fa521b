import type { Viewer } from '../authentication/viewer.ts';
import type { Change, ChangeOutcomes, ReadOnlyClient, TransactionOf } from '../changes/change.ts';
import type { Groups } from './groups.ts';
import type { RequestSource } from './request-source.ts';

/** What the guards decide by in one request. A mutation that finds that it has changed brings it up to date. */
export interface Rights extends ChangeOutcomes {
  viewer: Viewer;
  /** Whether the guards have just decided again about the mutation that runs: their decision holds. */
  isDecidedAnew: boolean;
}

/**
 * What a resolver can use. One for each request.
 *
 * `TClient` is the project's data client, such as its `PrismaClient`; `TLoad` the loaders of all domains.
 */
export interface BaseContext<TClient, TLoad> {
  /** Who is asking. */
  viewer: Viewer;
  /** Gatehouse's own. Hosts copy a context, and all copies share this. */
  readonly rights: Rights;
  readonly client: RequestSource;
  /** The groups of the composed schema. */
  readonly groups: Groups;
  /** Identifies the request in the log. */
  readonly requestId: string;
  /** The project's data client, for reading. */
  readonly db: ReadOnlyClient<TClient>;
  /** The only way to write. */
  readonly change: Change<TransactionOf<TClient>>;
  /** Reads by key: those of the same turn are one statement. */
  readonly load: TLoad;
}

/** The context as the server knows it, whatever the project's client and loaders are. */
export type Context = BaseContext<unknown, object>;
