import type { Viewer } from '../authentication/viewer.ts';
import type { Change, ReadOnlyClient, TransactionOf } from '../changes/change.ts';
import type { Rights } from '../changes/rights.ts';
import type { Groups } from './groups.ts';
import type { RequestSource } from './request-source.ts';

/**
 * What a resolver can use. One for each request.
 *
 * `TClient` is the project's data client, such as its `PrismaClient`; `TLoad` the loaders of all domains.
 */
export interface BaseContext<TClient, TLoad> {
  /** Who is asking. Groups that were lost during the operation are gone, once a change has noticed it. */
  readonly viewer: Viewer;
  /** For Gatehouse itself: what the guards decide by. Hosts copy a context, and all copies share this. */
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
  /** For Gatehouse itself: makes the `change` of one mutation field. */
  readonly changeBy: (rights: Rights) => Change<TransactionOf<TClient>>;
  /** Reads by key: those of the same turn are one statement. */
  readonly load: TLoad;
}

/** The context as the server knows it, whatever the project's client and loaders are. */
export type Context = BaseContext<unknown, object>;

/** What seeds and commands work with. Audit events of `change` name no actor: they are of the system. */
export type SeedContext<TContext = Context> =
  TContext extends BaseContext<infer Client, infer Load>
    ? Pick<BaseContext<Client, Load>, 'db' | 'change'>
    : never;
