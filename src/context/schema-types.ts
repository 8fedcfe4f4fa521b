import type { Authorization } from '@graphql-gatehouse/authorization';
import type { WhereOf } from './read-lists.ts';

/** The types of a project's schema, which the plugin `@graphql-gatehouse/codegen/server` generates. */
export interface SchemaTypes {
  /** The rows of types: what their resolvers get. */
  readonly rows: object;
  /** The resolvers of types. */
  readonly resolvers: object;
  /** The names of the models of Prisma whose rows types have. */
  readonly models: object;
  /** The filters of types whose rows are of no model. */
  readonly filters: object;
  /** By policy, the fields that ask it and the types about whose rows it decides. */
  readonly policies: Readonly<Record<string, { readonly fields: string; readonly rows: string }>>;
  /** By mutation field, the rows that ids in its arguments name. */
  readonly found: object;
}

/** A project's data client, and the types of its schema. `types` is undefined where they are not generated. */
export interface TypedSchema<TClient, TTypes extends SchemaTypes | undefined> {
  readonly client: TClient;
  readonly types: TTypes;
}

/** The types that a project's context carries. Never: they are not generated. */
export type SchemaOf<TContext> = TContext extends { readonly schemaTypes?: infer Schema }
  ? NonNullable<Schema> extends TypedSchema<infer Client, infer Types extends SchemaTypes>
    ? TypedSchema<Client, Types>
    : never
  : never;

/**
 * The rows that the arguments of a mutation field name by `@references`, as the work of `change` gets them:
 * `Found<Context, 'Mutation.payInvoice'>`.
 */
export type Found<
  TContext,
  Field extends keyof SchemaOf<TContext>['types']['found'],
> = SchemaOf<TContext>['types']['found'][Field];

/** The filter of the rows of a type. Unknown: the types do not say it. */
export type FilterOf<
  TSchema extends TypedSchema<unknown, SchemaTypes>,
  Name,
> = Name extends keyof TSchema['types']['filters']
  ? TSchema['types']['filters'][Name]
  : Name extends keyof TSchema['types']['models']
    ? FilterOfModel<TSchema['client'], TSchema['types']['models'][Name]>
    : unknown;

/** The mappers name types that need not be of a model. */
type FilterOfModel<TClient, Model> = Model extends keyof TClient
  ? [ModelFilter<TClient[Model]>] extends [never]
    ? unknown
    : ModelFilter<TClient[Model]>
  : unknown;

/** The filter of a model of Prisma, without `Prisma.skip`. Never: it is no model. */
type ModelFilter<TModel> = Extract<WhereOf<TModel>, { readonly AND?: unknown }>;

/** The columns of all models of a data client, by which it can filter. */
export type ColumnOf<TClient> = {
  [Model in keyof TClient]: KeyOf<ModelFilter<TClient[Model]>>;
}[keyof TClient];

/** The keys of all members of a union. */
export type KeyOf<Union> = Union extends unknown ? keyof Union : never;

/** The functions of the context that read by rules, bound to the types of the schema where they are generated. */
export type RuledReads<TClient, TTypes> = TTypes extends SchemaTypes
  ? TypedReads<TypedSchema<TClient, TTypes>>
  : UntypedReads;

type RowInfo = Parameters<Authorization<unknown>['rowsOf']>[0];

interface TypedReads<TSchema extends TypedSchema<unknown, SchemaTypes>> {
  readonly rows: {
    <Name extends keyof TSchema['types']['rows'] & string>(
      info: RowInfo,
      typeName: Name,
    ): FilterOf<TSchema, Name> | undefined;
    <Where>(info: RowInfo): Where | undefined;
  };
  readonly find: <Name extends keyof TSchema['types']['rows'] & string>(
    typeName: Name,
    id: unknown,
  ) => Promise<TSchema['types']['rows'][Name] | null>;
  readonly filterOf: <Name extends keyof TSchema['types']['rows'] & string>(
    typeName: Name,
  ) => FilterOf<TSchema, Name> | undefined;
}

interface UntypedReads {
  readonly rows: <Where>(info: RowInfo, typeName?: string) => Where | undefined;
  readonly find: <Row extends object = Readonly<Record<string, unknown>>>(
    typeName: string,
    id: unknown,
  ) => Promise<Row | null>;
  readonly filterOf: <Where>(typeName: string) => Where | undefined;
}
