import type { Policy as AuthorizationPolicy } from '@gatehouse/authorization';
import type { IResolvers } from '@graphql-tools/utils';
import type { DocumentNode } from 'graphql';
import type { Viewer } from '../authentication/viewer.ts';
import type { Bivariant } from './bivariant.ts';
import type { Page } from './connection.ts';
import type { Context, SeedContext } from './context.ts';
import type { DomainCommand } from './domain-command.ts';

/** A predicate for a value of the enum `Policy`. */
export type Policy<TContext = Context> = AuthorizationPolicy<Viewer, TContext>;

/**
 * A policy as a domain writes it: `source` is the record that has the field. A root field has none: reading from it
 * throws an error there, which denies.
 */
type DomainPolicy<TContext> = (
  viewer: Parameters<Policy<TContext>>[0],
  source: Readonly<Record<string, unknown>>,
  args: Parameters<Policy<TContext>>[2],
  context: TContext,
) => ReturnType<Policy<TContext>>;

/** What loaders and events read with: nothing of a request, since they batch over requests. */
export type ReadContext<TContext> = TContext extends { readonly db: infer Db }
  ? { readonly db: Db }
  : { readonly db: unknown };

/**
 * Reads by key, in batches: keys that are asked for in the same turn make one call.
 *
 * - `one`: the record of each id, or null. `key` names its property; absent: `id`.
 * - `many`: the records that belong to each id, in the order in which they were read. `key` names the
 *   property that holds the id.
 * - `page`: one page of what belongs to each owner, by `{ ownerId, page }`. `key` names the property that holds the
 *   owner's id.
 * - `batch`: the values of keys of any form, in their order.
 */
export type LoaderDefinition<TContext = Context> =
  | { readonly one: ReadRows<TContext>; readonly key?: string }
  | { readonly many: ReadRows<TContext>; readonly key: string }
  | {
      readonly page: Bivariant<
        (
          ownerIds: string[],
          page: Page,
          context: ReadContext<TContext>,
        ) => Promise<readonly object[]>
      >;
      readonly key: string;
    }
  | {
      readonly batch: Bivariant<
        (keys: readonly never[], context: ReadContext<TContext>) => Promise<readonly unknown[]>
      >;
    };

type ReadRows<TContext> = Bivariant<
  (ids: string[], context: ReadContext<TContext>) => Promise<readonly object[]>
>;

/** A row that an event is about. Its id is a UUID of version 7. */
export interface EventRow {
  readonly id: string;
}

/**
 * The source of one field of Subscription: rows that a trigger of their table reports, whichever process wrote them:
 * `AFTER INSERT ... FOR EACH ROW EXECUTE FUNCTION gatehouse.notify_inserts('<table>')`.
 *
 * The trigger may also be `AFTER UPDATE OF <column> ... WHEN (...)`: each change is one event, and the row is read as
 * it is then. Inserted rows are caught up after the connection to the database was lost; changes cannot be, so that
 * subscriptions to them then end with EVENTS_LOST.
 */
export interface EventDefinition<TContext = Context> {
  /** The table, and the topic of its trigger. In another schema than `public`: `schema.table`. */
  readonly table: string;
  readonly read: Bivariant<
    (ids: string[], context: ReadContext<TContext>) => Promise<readonly EventRow[]>
  >;
  /**
   * Makes the filter of one subscription from the field's arguments; undefined: every event. It may refuse the
   * subscription by an error.
   */
  readonly filter?: Bivariant<
    (
      args: Readonly<Record<string, never>>,
      context: TContext,
    ) => EventFilter | undefined | Promise<EventFilter | undefined>
  >;
}

export type EventFilter = Bivariant<(row: EventRow) => boolean>;

/**
 * One part of an API: its types with their guards, and what stands behind them.
 *
 * `TContext` is the project's context, `GatehouseContext<PrismaClient>`.
 */
export interface Domain<TContext = Context> {
  /** Names the domain in errors. */
  readonly name: string;
  /** A path or glob from the project's folder, SDL text, or a document. Several: a list. */
  readonly typeDefs: TypeDefs;
  readonly resolvers?: IResolvers;
  /** One predicate for each value that the domain adds to the enum `Policy`. */
  readonly policies?: Readonly<Record<string, Bivariant<DomainPolicy<TContext>>>>;
  /** By name: `load.invoicesOfUser(user.id)`. */
  readonly loaders?: Readonly<Record<string, LoaderDefinition<TContext>>>;
  /** By field of Subscription. */
  readonly events?: Readonly<Record<string, EventDefinition<TContext>>>;
  /** What fields cost, by coordinate: about as many units as rows are read or written. */
  readonly costs?: Readonly<Record<string, number>>;
  /** The HTTP status of each code of the domain's `DomainError`s: `{ ROOM_FULL: 409 }`. */
  readonly errors?: Readonly<Record<string, number>>;
  /**
   * Adds data to try the API with. It may run again. `gatehouse seed` calls it after it added the users for trying
   * the API.
   */
  readonly seed?: Bivariant<(context: SeedContext<TContext>) => Promise<void>>;
  /** By name: `gatehouse import-invoices`. Names have lowercase letters, digits and hyphens. */
  readonly commands?: Readonly<Record<string, DomainCommand<TContext>>>;
}

export type TypeDefs = string | DocumentNode | readonly (string | DocumentNode)[];

/** Declares a domain. It only checks types. */
export const defineDomain = <TContext = Context>(domain: Domain<TContext>): Domain<TContext> =>
  domain;
