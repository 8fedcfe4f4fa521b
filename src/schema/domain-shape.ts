import type { Shape, ShapesOf } from '@graphql-gatehouse/authorization/options';
import type { Context } from '../context/context.ts';
import type {
  Domain,
  EventDefinition,
  LoaderDefinition,
  PlaceDefinition,
  TypeDefinition,
} from './domain.ts';
import type { CommandArgument, CommandOption, DomainCommand } from './domain-command.ts';
import type { DomainRowPolicy } from './policies/policy.ts';

/** The options of an argument of a command, and of an option with a value. */
const parameterShapes = {
  type: 'any',
  description: 'any',
  required: 'any',
  default: 'any',
} satisfies ShapesOf<Exclude<CommandOption, { readonly type: 'boolean' }>>;

const argumentShape: Shape = {
  keys: { ...parameterShapes, variadic: 'any' } satisfies ShapesOf<CommandArgument>,
};

const switchShapes = { type: 'any', description: 'any' } satisfies ShapesOf<
  Extract<CommandOption, { readonly type: 'boolean' }>
>;

const optionShape: Shape = {
  choose: (option) => ({
    keys: 'type' in option && option.type === 'boolean' ? switchShapes : parameterShapes,
  }),
};

export const commandShape: Shape = {
  keys: {
    description: 'any',
    arguments: { each: argumentShape },
    options: { each: optionShape },
    run: 'any',
  } satisfies ShapesOf<DomainCommand>,
};

type LoaderBy<Key extends string> = Extract<LoaderDefinition, Readonly<Record<Key, unknown>>>;

const loaderShapes = {
  one: { one: 'any', key: 'any' } satisfies ShapesOf<LoaderBy<'one'>>,
  many: { many: 'any', key: 'any' } satisfies ShapesOf<LoaderBy<'many'>>,
  batch: { batch: 'any' } satisfies ShapesOf<LoaderBy<'batch'>>,
};

/** Of one that has none of them: to name the one that was meant. */
const anyLoaderShapes = { ...loaderShapes.one, ...loaderShapes.many, ...loaderShapes.batch };

const batched =
  'a loader reads for several viewers at once, so it has no filter: use `context.list`';
const loaderHints = { type: batched, where: batched };

const loaderShape: Shape = {
  choose: (loader) => {
    const kind = (['batch', 'one', 'many'] as const).find((each) => each in loader);
    const keys = kind === undefined ? anyLoaderShapes : loaderShapes[kind];
    return { keys, hints: loaderHints };
  },
};

const placeShapes = { reads: 'any', of: 'any', where: 'any' } satisfies ShapesOf<PlaceDefinition>;

const typeShapes = {
  byIds: 'any',
  idOf: 'any',
  typeOf: 'any',
  toId: 'any',
  within: { each: { keys: placeShapes } },
} satisfies ShapesOf<TypeDefinition>;

const eventShapes = {
  table: 'any',
  read: 'any',
  type: 'any',
  filter: 'any',
} satisfies ShapesOf<EventDefinition>;

const policyShapes = { reads: 'any', admits: 'any', where: 'any' } satisfies ShapesOf<
  DomainRowPolicy<Context>
>;

export const domainShape: Shape = {
  keys: {
    name: 'any',
    typeDefs: 'any',
    resolvers: 'any',
    policies: { each: { keys: policyShapes } },
    loaders: { each: loaderShape },
    types: { each: { keys: typeShapes } },
    events: { each: { keys: eventShapes } },
    costs: 'any',
    errors: 'any',
    constraints: 'any',
    seed: 'any',
    commands: { each: commandShape },
  } satisfies ShapesOf<Domain>,
};
