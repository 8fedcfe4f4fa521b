import type { BaseContext } from '../context/context.ts';
import type { ReadLists } from '../context/read-lists.ts';
import type { RuledReads, SchemaTypes, TypedSchema } from '../context/schema-types.ts';
import type { ApiClientRecord } from './api-clients/api-client.records.ts';
import type { SessionRecord } from './sessions/session.records.ts';
import type { MembershipRecord, UserRecord } from './users/user.records.ts';

/** Gatehouse's own loaders, which all domains can use. */
export interface IdentityLoad {
  users(id: string): Promise<UserRecord | null>;
  /** Loads the current memberships of a user. */
  memberships(userId: string): Promise<readonly MembershipRecord[]>;
  /** Loads when a user was last here, by the sessions that are kept, or null. */
  lastSeenAtOfUser(userId: string): Promise<Date | null>;
  /** Loads a session by id, also an ended one, or null. */
  sessions(id: string): Promise<SessionRecord | null>;
  apiClients(id: string): Promise<ApiClientRecord | null>;
}

/** Loaders whose types a project has not declared. */
type UntypedLoad = Readonly<Record<string, <Value>(key: string) => Promise<Value>>>;

/**
 * The context of a project's resolvers.
 *
 * `TClient` is the project's data client, such as its `PrismaClient`; `TLoad` the loaders of its domains; `TTypes` the
 * `SchemaTypes` that the plugin `@graphql-gatehouse/codegen/server` generates.
 */
export interface GatehouseContext<
  TClient = unknown,
  TLoad = UntypedLoad,
  TTypes extends SchemaTypes | undefined = undefined,
> extends BaseContext<TClient, IdentityLoad & TLoad> {
  /**
   * Returns the filter of the rows that a field with `@auth(rows: ...)` may return to the viewer, or undefined for all
   * rows. `info` is the last argument of the field's resolver, or of a resolver of its connection. The second argument
   * names the object type of the rows: where types of an interface or union have different rules, and for the type of
   * the filter.
   *
   * Without generated types, `Where` is the filter of the data client, such as `Prisma.InvoiceWhereInput`.
   */
  readonly rows: RuledReads<TClient, TTypes>['rows'];
  /**
   * Reads one row of a type by its id, if it exists for the viewer: null for a hidden row too. Ids that are asked for in
   * one turn of the event loop are read with one statement.
   *
   * Without generated types, `Row` says what `byIds` returns.
   */
  readonly find: RuledReads<TClient, TTypes>['find'];
  /** Returns the filter of the rows of a type, for what no field returns: see `rows`. */
  readonly filterOf: RuledReads<TClient, TTypes>['filterOf'];
  readonly page: ReadLists['page'];
  readonly list: ReadLists['list'];
  /** Never present: it carries the types. */
  readonly schemaTypes?: TypedSchema<TClient, TTypes>;
}

/** The context of Gatehouse's own resolvers. */
export interface IdentityContext extends BaseContext<unknown, IdentityLoad> {
  readonly page: ReadLists['page'];
  readonly list: ReadLists['list'];
}
