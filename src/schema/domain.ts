import type { IResolvers } from '@graphql-tools/utils';
import type { DocumentNode } from 'graphql';
import type { Context, SeedContext } from '../context/context.ts';
import type { FilterOf, SchemaOf, SchemaTypes, TypedSchema } from '../context/schema-types.ts';
import type { Bivariant } from './bivariant.ts';
import type { DomainCommand } from './domain-command.ts';
import type { AnyPolicy, PoliciesOf } from './policies/policy.ts';

/** The context of loaders and events. It contains nothing of a request, since they batch across requests. */
type ReadContext<TContext> = TContext extends { readonly db: infer Db }
  ? { readonly db: Db }
  : { readonly db: unknown };

/**
 * Reads by key, in batches: keys that are loaded in the same turn of the event loop are passed to one call.
 *
 * - `one`: the record of each id, or null. `key` is the property with the id. Default: `id`.
 * - `many`: the records that belong to each id, in the order in which they were read. `key` is the property with the
 *   id.
 * - `batch`: the values of keys of any type, in the order of the keys.
 */
export type LoaderDefinition<TContext = Context> =
  | { readonly one: ReadRows<TContext>; readonly key?: string }
  | { readonly many: ReadRows<TContext>; readonly key: string }
  | {
      readonly batch: Bivariant<
        (keys: readonly never[], context: ReadContext<TContext>) => Promise<readonly unknown[]>
      >;
    };

/** `limit` is the number of rows after which to stop reading: with so many, the ids are refused as too large. */
type ReadRows<TContext> = Bivariant<
  (
    ids: string[],
    context: ReadContext<TContext> & { readonly limit: number },
  ) => Promise<readonly object[]>
>;

/** How the rows of a type are read by their ids: for `@references`, `context.find` and events. */
export interface TypeDefinition<TContext = Context, Row = object, Where = never> {
  /**
   * Returns rows with these ids, in any order. It may return fewer. `where` is the filter of the rows that exist for the
   * viewer, or undefined for all rows; `db` is the transaction in a change. Ids are texts, or values of their scalar.
   */
  readonly byIds: Bivariant<
    (
      ids: never[],
      context: ReadContext<TContext> & { readonly where?: Where },
    ) => Promise<readonly Row[]>
  >;
  /** Returns the id of a row. Default: its `id`. */
  readonly idOf?: Bivariant<(row: Row) => unknown>;
  /** Returns the name of the object type of a row of an interface or union. Default: its `__typename`. */
  readonly typeOf?: Bivariant<(row: Row) => unknown>;
  /** Returns the id of a place of this type for filters, by its text, such as `Number`. Default: the text. */
  readonly toId?: (text: string) => unknown;
  /**
   * To which places the rows belong, by the type of the places (`@within`), where no property of a row says it. `of` returns
   * the id of the place of a row by the properties in `reads`, and `where` the filter of the rows in places.
   */
  readonly within?: Readonly<Record<string, PlaceDefinition<Row>>>;
}

/** To which place of one type a row belongs. `of` and `where` must agree. */
export interface PlaceDefinition<Row = object> {
  readonly reads: readonly string[];
  /** Returns the id of the place. Null: the row is in none. */
  readonly of: Bivariant<(row: Row) => unknown>;
  /** Returns the filter of the rows in these places, in the terms of the data client. */
  readonly where: (ids: unknown[]) => object;
}

type TypesOf<TContext> = [SchemaOf<TContext>] extends [never]
  ? Readonly<Record<string, TypeDefinition<TContext>>>
  : TypeDefinitions<TContext, SchemaOf<TContext>>;

type TypeDefinitions<TContext, TSchema extends TypedSchema<unknown, SchemaTypes>> = {
  readonly [Name in keyof TSchema['types']['rows']]?: TypeDefinition<
    TContext,
    TSchema['types']['rows'][Name],
    FilterOf<TSchema, Name>
  >;
};

/** The row of an event. Its id is a UUID. */
export interface EventRow {
  readonly id: string;
}

/**
 * The source of one field of Subscription: rows that a trigger of their table reports, from any process:
 * `AFTER INSERT ... FOR EACH ROW EXECUTE FUNCTION gatehouse.notify_inserts('<table>')`.
 *
 * The trigger may also be `AFTER UPDATE OF <column> ... WHEN (...)`: each update is one event with the current row.
 */
export interface EventDefinition<TContext = Context> {
  /** The table, which is also the topic of its trigger. Outside the schema `public`: `schema.table`. */
  readonly table: string;
  /** Reads the rows of events. Or `type`: the type in `types` of a domain whose `byIds` reads them. */
  readonly read?: Bivariant<
    (ids: string[], context: ReadContext<TContext>) => Promise<readonly EventRow[]>
  >;
  readonly type?: string;
  /**
   * Creates the filter of one subscription from the field's arguments. Undefined: all events. An error refuses the
   * subscription.
   */
  readonly filter?: Bivariant<
    (
      args: Readonly<Record<string, never>>,
      context: TContext,
    ) => EventFilter | undefined | Promise<EventFilter | undefined>
  >;
}

type EventFilter = Bivariant<(row: EventRow) => boolean>;

/**
 * One part of an API: its types with their guards, and their implementation.
 *
 * `TContext` is the project's context, `GatehouseContext<PrismaClient>`.
 */
export interface Domain<
  TContext = Context,
  TPolicies = PoliciesOf<TContext>,
  TTypes = TypesOf<TContext>,
> {
  /** Names the domain in errors. */
  readonly name: string;
  /** A path or glob relative to the project's folder, SDL text, a document, or a list of these. */
  readonly typeDefs: TypeDefs;
  readonly resolvers?: IResolvers;
  /** One policy for each value that the domain adds to the enum `Policy`: a predicate, or a `definePolicy`. */
  readonly policies?: TPolicies;
  /** Loaders by name: `load.invoicesOfUser(user.id)`. */
  readonly loaders?: Readonly<Record<string, LoaderDefinition<TContext>>>;
  /** How rows are read by their ids, by type. */
  readonly types?: TTypes;
  /** Event sources by field of Subscription. */
  readonly events?: Readonly<Record<string, EventDefinition<TContext>>>;
  /** Costs of fields by coordinate: about one unit for each row that is read or written. */
  readonly costs?: Readonly<Record<string, number>>;
  /** The HTTP status of each code of the domain's `DomainError`s: `{ ROOM_FULL: 409 }`. */
  readonly errors?: Readonly<Record<string, number>>;
  /**
   * The argument or input field with the value that a unique index or a foreign key refuses, by the name of the
   * constraint: `{ rooms_name_key: 'RoomInput.name' }`. A list, if mutations have different ones. Errors then have its
   * path as their `argument`.
   */
  readonly constraints?: Readonly<Record<string, string | readonly string[]>>;
  /**
   * Adds sample data. It may run more than once. `gatehouse seed` calls it after adding the sample users.
   */
  readonly seed?: Bivariant<(context: SeedContext<TContext>) => Promise<void>>;
  /** Commands by name: `gatehouse import-invoices`. Names have lowercase letters, digits and hyphens. */
  readonly commands?: Readonly<Record<string, DomainCommand<TContext>>>;
}

/** A domain of any project. */
export type AnyDomain = Domain<
  Context,
  Readonly<Record<string, AnyPolicy>>,
  Readonly<Record<string, TypeDefinition>>
>;

type TypeDefs = string | DocumentNode | readonly (string | DocumentNode)[];

/** Declares a domain. Only checks types. */
export const defineDomain = <TContext = Context>(domain: Domain<TContext>): Domain<TContext> =>
  domain;
