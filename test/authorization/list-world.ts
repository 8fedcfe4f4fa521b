import { propertyOr } from '@graphql-gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type {
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLResolveInfo,
  GraphQLSchema,
} from 'graphql';
import { getNullableType, isAbstractType, isEnumType, isListType, isObjectType } from 'graphql';
import { createRandom, type Random } from '../support/fuzz/random.ts';
import { callable } from './fixtures.ts';
import type { Choices } from './generators.ts';

const guards = [
  '',
  '',
  '',
  '',
  '@auth',
  '@auth',
  '@auth',
  '@auth(requires: [G1])',
  '@auth(requires: [G2])',
  '@auth(requires: [G1, G2])',
  '@auth(requires: [G1], or: [OWN])',
] as const;
const types = [
  'ID',
  'String',
  'Int',
  'Float',
  'Boolean',
  'Day',
  'Kind',
  'Secret',
  '[String]',
  '[[Int]]',
  'Item',
  '[Item]',
  '[Edge]',
  '[Page]',
  'Page',
  'Named',
  '[Named]',
] as const;

/** Generates a schema of lists: of objects with guarded and unguarded fields, nullable and not, nested in all ways. */
export function generateLists(choices: Choices): string {
  const guard = () => choices.oneOf(guards);
  const strict = (type: string) =>
    `${type.replace(/(?<=\w)(?=\])/, () => choices.oneOf(['', '!']))}${choices.oneOf(['', '!'])}`;
  const field = (name: string) => {
    const argument = choices.rarely(12) ? '(by: Int = 1)' : '';
    return `${name}${argument}: ${strict(choices.oneOf(types))} ${guard()}`;
  };
  const fields = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, index) => field(`${prefix}${index}`)).join('\n  ');
  const rootGuard = (type: string) =>
    /^\[+(Item|Named)/.test(type) && choices.rarely(3)
      ? choices.oneOf(['@auth(rows: [EVERY])', '@auth(rows: [LATER])'])
      : choices.oneOf(['@public', '@auth']);
  const roots = ['[Item]', '[Item]', '[Edge]', '[[Item]]', 'Page', 'Item', '[Named]', '[[Secret]]']
    .map((type, index) => `r${index}: ${strict(type)} ${rootGuard(type)}`)
    .join('\n  ');
  return `# data ${choices.upTo(1000)}
enum Group { G1 G2 G3 }
enum Policy { OWN EVERY LATER }
directive @auth(requires: [Group!], or: [Policy!], rows: [Policy!]) repeatable on OBJECT | FIELD_DEFINITION | ENUM_VALUE
directive @public on FIELD_DEFINITION
scalar Day
enum Kind { A B }
enum Secret { OPEN CLOSED @auth(requires: [G1]) }
type Query {
  ${roots}
}
type Mutation {
  ${roots}
}
interface Named { name: String }
type Item implements Named {
  name: String
  secret: Secret
  own: String @auth(requires: [G1], or: [OWN])
  ${fields('i', 8)}
}
type Edge implements Named ${choices.oneOf(['', '', '@auth(requires: [G1])'])} {
  name: String
  ${fields('e', 2)}
  node: ${strict('Item')}
}
type Page {
  edges: ${strict('[Edge]')}
  nodes: ${strict('[Item]')} ${guard()}
  ${fields('p', 2)}
}`;
}

/** The policies of every generated schema. */
export const listPolicies = {
  OWN: (_viewer: unknown, source: unknown) => JSON.stringify(source).length % 2 === 0,
  EVERY: { reads: [], admits: () => true, where: () => ({}) },
  LATER: { reads: [], admits: async () => true, where: () => ({}) },
} as const;

/** Internal values of enums, of which some are lists themselves. */
const enumValues = {
  Kind: { A: 'A', B: ['A'] },
  Secret: { OPEN: new Set(['OPEN']), CLOSED: 7 },
};

/** How a value is not plain. */
type Oddity = (value: unknown) => unknown;

const quiet = (promise: Promise<unknown>): Promise<unknown> => {
  promise.catch(() => undefined);
  return promise;
};

/** A promise of another kind. */
class Later {
  private readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }

  // biome-ignore lint/suspicious/noThenProperty: executors wait for whatever has this method.
  then(resolve: (late: unknown) => unknown): unknown {
    return resolve(this.value);
  }
}

/** An array that is iterated in another order. */
class Backwards extends Array<unknown> {
  override *[Symbol.iterator](): ArrayIterator<unknown> {
    for (let index = this.length - 1; index >= 0; index -= 1) yield this[index];
  }
}

/** Values that are not plain, and how many there can be of a thousand. */
interface Oddities {
  readonly all: readonly Oddity[];
  readonly inThousand: readonly number[];
}

/** What executors treat in ways of their own. */
const oddities: readonly Oddity[] = [
  () => null,
  () => undefined,
  () => new Error('heron-1'),
  (value) => Promise.resolve(value),
  () => Promise.resolve(null),
  () => quiet(Promise.reject(new Error('heron-2'))),
  (value) => new Later(value),
  (value) => callable(Promise.resolve(value)),
  () => callable(quiet(Promise.reject(new Error('heron-5')))),
  (value) => () => value,
  (value) => async () => value,
  () => () => {
    throw new Error('heron-3');
  },
  () => ({ notAScalar: true }),
  () => Number.NaN,
  () => 7,
  (value) => (Array.isArray(value) ? new Set(value) : value),
  (value) => (Array.isArray(value) ? value.values() : value),
  (value) => (Array.isArray(value) ? new Backwards(...value) : value),
];

class IterableError extends Error {
  *[Symbol.iterator]() {
    yield 'A';
  }
}

/** Begins to list the items of a value, and then throws. */
function* broken(value: unknown, error: unknown = new Error('heron-6')) {
  if (Array.isArray(value)) yield* value.slice(0, 1);
  throw error;
}

/** Of more values, graphql-js drops promises without guards. */
export const brokenOddities: Oddities = {
  inThousand: [20, 60, 150],
  all: [
    ...oddities,
    () => new IterableError('heron-7'),
    () => Promise.reject('heron-8'),
    () => ({ [Symbol.iterator]: 'none' }),
    () => 'text',
    (value) => broken(value),
    (value) => broken(value, 'heron-9'),
    (value) => Object.assign([], { [Symbol.iterator]: () => broken(value) }),
    async function* (value) {
      if (Array.isArray(value)) yield* value;
    },
  ],
};

/**
 * Builds a schema whose lists have objects of their own, with properties for most fields. The same schema has the same
 * data in every execution. The resolvers of root fields call `ask`, as those of narrowed fields must.
 */
export function createListWorld(
  sdl: string,
  ask: (info: GraphQLResolveInfo) => unknown = () => {},
  { all, inThousand }: Oddities = { all: oddities, inThousand: [0, 0, 5, 20, 100] },
): GraphQLSchema {
  const schema = makeExecutableSchema({ typeDefs: sdl, resolvers: enumValues });
  const number = Number(/^# data (\d+)/.exec(sdl)?.[1] ?? 0);
  const oddness = inThousand[number % inThousand.length] ?? 0;
  const roots: readonly unknown[] = [schema.getQueryType(), schema.getMutationType()];

  /** The numbers of one place. */
  const randomAt = (place: string): Random => {
    let hash = number;
    for (const character of place) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003;
    return createRandom(hash);
  };

  function valueAt(given: GraphQLOutputType, place: string): unknown {
    const random = randomAt(place);
    const value = plainAt(given, place, random);
    const isOdd = random.below(1_000) < oddness;
    return isOdd ? random.pick(all)(value) : value;
  }

  function plainAt(given: GraphQLOutputType, place: string, random: Random): unknown {
    const type = getNullableType(given);
    if (type === given && random.below(9) === 0) return null;
    if (isListType(type)) {
      const items = Array.from({ length: random.below(5) }, (_, index) => index);
      return items.map((index) => valueAt(type.ofType, `${place}.${index}`));
    }
    if (isEnumType(type)) return random.pick(type.getValues()).value;
    if (isObjectType(type)) return objectAt(type, place);
    if (isAbstractType(type)) return objectAt(random.pick(schema.getPossibleTypes(type)), place);
    return random.pick([place, 12, true]);
  }

  /** Its properties are read late: types contain each other. */
  function objectAt(type: GraphQLObjectType, place: string): object {
    const object = { __typename: type.name };
    for (const field of Object.values(type.getFields())) {
      const get = () => {
        if (randomAt(`${place} ${field.name} throws`).below(1_000) * 4 < oddness) {
          throw new Error('heron-4');
        }
        return valueAt(field.type, `${place}.${field.name}`);
      };
      Object.defineProperty(object, field.name, { get });
    }
    return object;
  }

  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const coordinate = `${type.name}.${field.name}`;
      const isRoot = roots.includes(type);
      if (!isRoot && randomAt(coordinate).below(12) > 0) {
        const readsFirst = randomAt(`${coordinate} first`).below(4) === 0;
        if (readsFirst) field.resolve = propertyOr(field.name, () => 'absent');
        continue;
      }
      const isLate = randomAt(`${coordinate} late`).below(2) === 0;
      field.resolve = (source, args, _context, info) => {
        if (isRoot) ask(info);
        const place = `${coordinate} ${info.path.key} ${JSON.stringify([source, args])}`;
        const value = valueAt(field.type, place);
        return isLate ? quiet(Promise.resolve(value)) : value;
      };
    }
  }
  return schema;
}
