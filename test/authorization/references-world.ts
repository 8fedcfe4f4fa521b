import type { Policies, Viewer } from '@graphql-gatehouse/authorization';
import fc from 'fast-check';
import type { TestContext } from './fixtures.ts';
import {
  buildSubgraph,
  federationFields,
  federationTypeDefs,
  referenceResolvers,
} from './subgraph-schema.ts';
import { type DeliveredValue, deliveredValue, marker, produce } from './values-world.ts';

/** The types whose resolvers of references return and throw values. The rows of `Owned` have a policy. */
const resolved = ['Bill', 'Item', 'Paper', 'Typed', 'Owned'] as const;
const fields = 'size: Int part: Part parts: [Part!]';

const sdl = `${federationTypeDefs}
  extend enum Policy { OWNER }
  type Query { ${federationFields} }
  union _Entity = Bill | Item | Typed | Owned | Unresolved
  interface Paper @key(fields: "id") { id: ID! }
  type Part { size: Int owned: [Owned!] @auth(rows: [OWNER]) }
  type Bill implements Paper @key(fields: "id") {
    id: ID! note: String @auth(requires: [ADMIN]) ${fields}
  }
  type Item @key(fields: "id") { id: ID! ${fields} }
  type Typed implements Paper @key(fields: "id") { id: ID! ${fields} }
  type Owned @key(fields: "id") { id: ID! ${fields} }
  "Its source is the representation itself."
  type Unresolved @key(fields: "id") { id: ID! ${fields} }
`;

/** Fields whose types no value of a resolver fits. */
const selection = ['Bill', 'Item', 'Typed', 'Owned', 'Unresolved']
  .map((type) => `... on ${type} { size part { size } parts { size } }`)
  .join(' ');

export const referencesQuery = `query ($of: [_Any!]!) {
  _entities(representations: $of) { __typename ${selection} }
}`;

/** A reference whose resolver gives a value: as the entity itself, or as properties of it. */
interface ResolvedReference extends DeliveredValue {
  readonly type: (typeof resolved)[number];
  readonly place: 'entity' | 'getter' | 'method';
}

/** The references of one operation: representations of any shape, and those whose resolvers give values. */
export type Reference = { readonly odd: unknown } | ResolvedReference;

const names = [...resolved, 'Unresolved', 'Query', 'Part', '_Entity', '__proto__', 'constructor'];
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(marker, { marker }, [marker]),
);
const typename = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...names) },
  fc.constantFrom(...names).map((name) => [name]),
  anything,
);
const part = { size: anything, part: anything, parts: anything };
const representation = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record(
      { __typename: typename, id: fc.oneof(fc.string(), anything), ...part },
      { requiredKeys: ['__typename', 'id'] },
    ),
  },
  fc.record({ __typename: typename, id: anything, note: anything }, { requiredKeys: [] }),
  fc.record({ __typename: typename, id: fc.string() }, { noNullPrototype: false }),
  anything,
);
const odd = representation.map((each): Reference => ({ odd: each }));
const known: fc.Arbitrary<Reference> = fc.record({
  type: fc.constantFrom(...resolved),
  value: deliveredValue.value,
  delivery: deliveredValue.delivery,
  place: fc.constantFrom('entity', 'getter', 'method'),
});
/** Small, since Express refuses bodies of more than 100 kB. */
const small = fc.oneof(
  fc.constant(marker),
  fc.record({ __typename: fc.constantFrom(...names), id: fc.constant(marker) }),
);
const many = fc
  .tuple(small, fc.integer({ min: 990, max: 1010 }))
  .map(([each, length]) => Array.from({ length }, (): Reference => ({ odd: each })));

/** The lists of references of one operation: of all sizes around the largest one that is allowed. */
export const referenceLists: fc.Arbitrary<readonly Reference[]> = fc.oneof(
  { weight: 30, arbitrary: fc.array(known, { minLength: 1, maxLength: 5 }) },
  { weight: 20, arbitrary: fc.array(odd, { maxLength: 5 }) },
  { weight: 10, arbitrary: fc.array(fc.oneof(known, odd), { maxLength: 5 }) },
  many,
);

const asked: ResolvedReference[] = [];

/** Returns the variables of {@link referencesQuery} that ask for references. */
export const variablesOf = (references: readonly Reference[]): { readonly of: unknown } => ({
  of: references.map((each) =>
    'odd' in each ? each.odd : { __typename: each.type, id: `case ${asked.push(each) - 1}` },
  ),
});

function resolve({ id }: { readonly id: unknown }): unknown {
  const [, index] = /^case (\d+)$/.exec(String(id)) ?? [];
  const found = index === undefined ? undefined : asked[Number(index)];
  if (found === undefined) return { __typename: 'Bill', id: '1', note: marker, isStrict: true };
  if (found.place === 'entity') return produce(found);
  const get = () => produce(found);
  const property = found.place === 'method' ? { value: get } : { get };
  return Object.defineProperties(
    { __typename: 'Typed', id: '1', isStrict: true },
    { size: property, part: property, parts: property },
  );
}

/** Builds the schema of the subgraph, without a guard. */
export const buildReferences = () =>
  buildSubgraph(
    sdl,
    Object.assign(referenceResolvers(Object.fromEntries(resolved.map((type) => [type, resolve]))), {
      Typed: {
        __resolveReference: resolve,
        __isTypeOf: (value: unknown) => Object(value).isStrict === true,
      },
    }),
  );

/** A policy that reads rows, which can be values of any kind. */
export const ownerPolicy: Policies<Viewer, TestContext>[string] = {
  reads: [],
  admits: (_viewer, row) => Object(row).size !== 7,
  where: () => ({}),
};

/** Whether a valid reference can resolve to values that do not fit. */
const canFail = (reference: Reference): boolean =>
  !('odd' in reference) || Object(reference.odd).__typename === 'Unresolved';

/**
 * Returns what is wrong with an answer: a value of a resolver or a client in it, or a wrong representation that is not
 * refused as a mistake of the client.
 */
export function findProblemOf(references: readonly Reference[], text: string): string | undefined {
  if (text.includes(marker)) return `quotes a value: ${text}`;
  const { data, errors = [] } = JSON.parse(text);
  // A null in the list is found in the variable, before anything runs.
  if (data === undefined || references.some(canFail)) return undefined;
  const other = errors.find(
    ({ extensions }: { extensions?: { code?: string } }) => extensions?.code !== 'BAD_USER_INPUT',
  );
  return other === undefined ? undefined : `has another error: ${text}`;
}
