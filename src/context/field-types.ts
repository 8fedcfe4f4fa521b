import type { KeyOf, SchemaTypes } from './schema-types.ts';

/** The row of a type. Undefined for the roots, which have none. */
export type RowOf<TTypes extends SchemaTypes, Type> = Type extends keyof TTypes['rows']
  ? TTypes['rows'][Type]
  : undefined;

/** The objects that have fields, by the coordinates of these. */
export type SourceOf<
  TTypes extends SchemaTypes,
  Field extends string,
> = Field extends `${infer Type}.${string}` ? RowOf<TTypes, Type> : never;

/** The arguments of fields, by the coordinates of these. One that some of several fields do not have is optional. */
export type ArgumentsOf<TTypes extends SchemaTypes, Field extends string> = Joined<
  ArgumentsOfEach<TTypes['resolvers'], Field>
>;

type Joined<Each, Common extends PropertyKey = keyof Each> = Flat<
  { readonly [Name in Common & keyof Each]: Each[Name] } & {
    readonly [Name in Exclude<KeyOf<Each>, Common>]?: ValueOf<Each, Name>;
  }
>;

type ValueOf<Union, Key extends PropertyKey> =
  Union extends Readonly<Record<Key, infer Value>> ? Value : never;

/** As one object in the messages of the compiler. */
type Flat<Joins> = Joins extends infer Join ? { [Name in keyof Join]: Join[Name] } : never;

type ArgumentsOfEach<Resolvers, Field extends string> = Field extends `${infer Type}.${infer Name}`
  ? ArgumentsOfResolver<Member<Member<Resolvers, Type>, Name>>
  : never;

type Member<Members, Name> = Name extends keyof Members ? NonNullable<Members[Name]> : never;

/** A resolver is a function, or for a subscription an object with one. */
type ArgumentsOfResolver<Resolver> = SecondOf<
  [Extract<Resolver, Subscriber>] extends [never]
    ? Extract<Resolver, Resolve>
    : Extract<Resolver, Subscriber>['subscribe']
>;

type Resolve = (...call: never[]) => unknown;
interface Subscriber {
  readonly subscribe: Resolve;
}

/** An index signature stands for no arguments: each name would compile. */
type SecondOf<Called extends Resolve> = Called extends (
  first: never,
  second: infer Second,
  ...rest: never[]
) => unknown
  ? string extends keyof Second
    ? Readonly<Record<never, never>>
    : Second
  : never;
