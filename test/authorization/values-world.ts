import type { IResolvers } from '@graphql-tools/utils';
import fc from 'fast-check';
import { GraphQLError, GraphQLScalarType } from 'graphql';
import { callable } from './fixtures.ts';

/** A text in each value that a resolver returns or throws. No error of an answer may contain it. */
export const marker = 'SECRET-7f3a';
/** The message of errors that a resolver wrote for clients. */
export const purpose = 'The shop is closed.';

const named = ['Int', 'Float', 'Boolean', 'ID', 'String', 'Size', 'Odd', 'Mean', 'Thing', 'Typed'];
const abstract = ['Node', 'Either', 'Asked'];
const types = [...named, ...abstract].flatMap((name) => [
  name,
  `${name}!`,
  `[${name}]`,
  `[${name}!]!`,
  `[[${name}!]]`,
]);

/** The fields of each type. All of them take the number of a case. */
const fields = types.map((type, index) => ({ name: `f${index}`, type }));

/** The types and fields of a schema, without the directives and groups of its application. */
export const valueTypeDefs = `
  enum Size { SMALL LARGE }
  scalar Odd
  scalar Mean
  type Thing { text: String }
  type Typed { text: String }
  interface Node { text: String }
  type Left implements Node { text: String }
  type Right implements Node { text: String }
  union Either = Left | Right
  interface Asked { text: String }
  type Strict implements Asked { text: String }
  type Holder { ${fields.map(({ name, type }) => `${name}: ${type}`).join(' ')} }
  type Query {
    holder(case: Int!): Holder @public
    ${fields.map(({ name, type }) => `${name}(case: Int!): ${type} @public`).join(' ')}
  }
  type Mutation { ${fields.map(({ name, type }) => `${name}(case: Int!): ${type} @public`).join(' ')} }
`;

/** Nothing awaits a promise inside a value that does not fit. A proxy can reject the promise that resolves to it. */
function handled<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined);
  return promise;
}

const resolve = (value: unknown) => handled(Promise.resolve(value));
const reject = (value: unknown) => handled(Promise.reject(value));

/** How a value gets from a resolver to the executor. */
const deliveries = {
  returned: (value: unknown) => value,
  resolved: (value: unknown) => resolve(value),
  thrown: (value: unknown) => {
    throw value;
  },
  rejected: (value: unknown) => reject(value),
  'resolved by a callable promise': (value: unknown) => callable(resolve(value)),
  'rejected by a callable promise': (value: unknown) => callable(reject(value)),
  listed: (value: unknown) => [value, value],
  'listed twice': (value: unknown) => [[value], [value]],
  'listed and resolved': (value: unknown) => [resolve(value)],
  'listed and rejected': (value: unknown) => [reject(value)],
  'listed and resolved by a callable promise': (value: unknown) => [callable(resolve(value))],
  'listed and rejected by a callable promise': (value: unknown) => [callable(reject(value))],
  generated: function* (value: unknown) {
    yield value;
  },
  'generated, then thrown': function* (value: unknown) {
    yield value;
    throw value;
  },
  'generated late': async function* (value: unknown) {
    yield value;
  },
  'generated late, then thrown': async function* (value: unknown) {
    yield value;
    throw value;
  },
  'by an odd promise': (value: unknown) => ({
    // biome-ignore lint/suspicious/noThenProperty: applications have such values.
    then: (_fulfil: unknown, onRejected: (reason: unknown) => void) => onRejected(value),
  }),
  'by a promise that throws': (value: unknown) => ({
    // biome-ignore lint/suspicious/noThenProperty: applications have such values.
    get then() {
      throw value;
    },
  }),
} as const satisfies Record<string, (value: unknown) => unknown>;

type Delivery = keyof typeof deliveries;

const foreign = () => Object.assign(new Error(marker), { extensions: { response: marker } });

const failWithMarker = (): never => {
  throw new Error(marker);
};

const throwingTraps: ProxyHandler<object> = {
  get: failWithMarker,
  has: failWithMarker,
  ownKeys: failWithMarker,
  getPrototypeOf: failWithMarker,
  getOwnPropertyDescriptor: failWithMarker,
  defineProperty: failWithMarker,
};

/** Values that fit few types or none, and errors. Each call makes new ones. */
const values = {
  text: () => marker,
  'a number': () => 2 ** 40 + 0.5,
  'not a number': () => Number.NaN,
  null: () => null,
  nothing: () => undefined,
  'a large integer': () => 7n,
  'a symbol': () => Symbol(marker),
  'a function': () => () => ({ marker }),
  'a record': () => ({ id: 1, note: marker }),
  'a record of a type': () => ({ __typename: 'Left', text: marker }),
  'a record of a type that is not possible': () => ({ __typename: 'Thing', text: marker }),
  'a record of an unknown type': () => ({ __typename: marker, text: marker }),
  'a record of a type in a list': () => ({ __typename: ['Left'], text: marker }),
  'a record of a type that refuses it': () => ({ __typename: 'Strict', text: marker }),
  'a text object': () => Object(marker),
  'an object that throws as a text': () => ({
    toString() {
      throw new Error(marker);
    },
    valueOf() {
      throw new Error(marker);
    },
  }),
  'an object that throws when read': () => ({
    get text() {
      throw { marker };
    },
  }),
  'a proxy that throws': () => new Proxy({}, throwingTraps),
  'a proxy of an error that throws': () => new Proxy(new Error(marker), throwingTraps),
  'a proxy of an error whose properties throw': () =>
    new Proxy(new Error(marker), { get: failWithMarker }),
  'a proxy of an error on purpose whose properties throw': () =>
    new Proxy(new GraphQLError(marker), { get: failWithMarker }),
  'a proxy that was revoked': () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  'an error': () => new Error(marker),
  'an error with extensions': foreign,
  'an error with a path': () => Object.assign(new Error(marker), { path: ['a', 1] }),
  'an error with a node': () => Object.assign(new Error(marker), { nodes: [], extensions: 1 }),
  'an error that repeats another': () =>
    new GraphQLError(marker, { originalError: new Error(marker) }),
  'an error that repeats another twice': () =>
    new GraphQLError(marker, {
      originalError: new GraphQLError(marker, { originalError: new Error(marker) }),
      extensions: { code: 'DOWN' },
    }),
  'an error on purpose': () => new GraphQLError(purpose, { extensions: { code: 'CLOSED' } }),
  'an error on purpose with a foreign cause': () =>
    new GraphQLError(purpose, { originalError: foreign() }),
  'an error on purpose around another': () =>
    new GraphQLError(purpose, {
      originalError: new GraphQLError('inner', { originalError: foreign() }),
    }),
} as const satisfies Record<string, () => unknown>;

/** One value, and how a resolver gives it to the executor. */
export interface DeliveredValue {
  readonly value: keyof typeof values;
  readonly delivery: Delivery;
}

/** One value of one field. */
export interface ValueCase extends DeliveredValue {
  readonly field: { readonly name: string; readonly type: string };
  readonly place: 'query' | 'mutation' | 'property' | 'method';
}

const keysOf = <Key extends string>(record: Readonly<Record<Key, unknown>>): Key[] =>
  Object.keys(record).filter((key): key is Key => key in record);

export const deliveredValue = {
  value: fc.constantFrom(...keysOf(values)),
  delivery: fc.constantFrom(...keysOf(deliveries)),
} as const;

export const valueCases: fc.Arbitrary<ValueCase> = fc.record({
  field: fc.constantFrom(...fields),
  value: deliveredValue.value,
  delivery: deliveredValue.delivery,
  place: fc.constantFrom('query', 'mutation', 'property', 'method'),
});

const cases: ValueCase[] = [];

/** Returns the operation that asks for a value. */
export function operationOf(valueCase: ValueCase): string {
  const number = cases.push(valueCase) - 1;
  const { name, type } = valueCase.field;
  const base = type.replaceAll(/[[\]!]/g, '');
  const isLeaf = named.indexOf(base) >= 0 && !['Thing', 'Typed'].includes(base);
  const selection = isLeaf ? '' : base === 'Either' ? '{ __typename }' : '{ __typename text }';
  if (valueCase.place === 'mutation') return `mutation { ${name}(case: ${number}) ${selection} }`;
  return valueCase.place === 'query'
    ? `{ ${name}(case: ${number}) ${selection} }`
    : `{ holder(case: ${number}) { ${name} ${selection} } }`;
}

/** Makes the value, as a resolver returns or throws it. */
export const produce = ({ delivery, value }: DeliveredValue): unknown =>
  deliveries[delivery](values[value]());

const caseAt = (number: number): ValueCase => {
  const found = cases[number];
  if (found === undefined) throw new Error('There is no such case.');
  return found;
};

const resolveField = (_source: unknown, args: { case: number }) => produce(caseAt(args.case));
const resolvers = Object.fromEntries(fields.map(({ name }) => [name, resolveField]));

/** An object with the value as a property with a getter, or as a method. */
function holderOf(valueCase: ValueCase): object {
  const { field, place } = valueCase;
  const get = () => produce(valueCase);
  return Object.defineProperty({}, field.name, place === 'method' ? { value: get } : { get });
}

export const valueResolvers: IResolvers = {
  Query: { ...resolvers, holder: (_query, args: { case: number }) => holderOf(caseAt(args.case)) },
  Mutation: resolvers,
  Odd: new GraphQLScalarType({
    name: 'Odd',
    serialize(value) {
      throw new GraphQLError(`It cannot be ${String(value)}.`, { extensions: { marker } });
    },
  }),
  Mean: new GraphQLScalarType({ name: 'Mean', serialize: () => null }),
  Typed: { __isTypeOf: () => false },
  Strict: { __isTypeOf: (value: unknown) => Object(value).isStrict === true },
  Either: {
    __resolveType(value: unknown) {
      if (typeof value !== 'object') throw { marker, value };
      return Object(value).__typename;
    },
  },
};

/** Fields of Subscription, each with one event whose result is the value. For hosts that have subscriptions. */
export const valueSubscriptions = {
  typeDefs: `extend type Subscription {
    eventsThenError: String @public
    noEvents: String @public
    ${fields.map(({ name, type }) => `${name}(case: Int!): ${type} @public`).join(' ')}
  }`,
  resolvers: {
    ...Object.fromEntries(
      fields.map(({ name }) => [name, { subscribe: oneEvent, resolve: resolveField }]),
    ),
    eventsThenError: {
      async *subscribe() {
        yield { eventsThenError: 'first' };
        throw new Error(marker);
      },
    },
    noEvents: { subscribe: () => ({ marker }) },
  },
};

async function* oneEvent(): AsyncGenerator<object> {
  yield {};
}

/** Returns the subscription whose only event has the value. */
export function subscriptionOf(valueCase: ValueCase): string {
  return operationOf({ ...valueCase, place: 'query' }).replace('{', 'subscription {');
}

/** What is wrong with an answer: an error that quotes a value, or a missing message of an error on purpose. */
export function findQuote({
  data,
  ...rest
}: Readonly<Record<string, unknown>>): string | undefined {
  const text = JSON.stringify(rest);
  return text.includes(marker) ? `quotes a value: ${text}` : undefined;
}
