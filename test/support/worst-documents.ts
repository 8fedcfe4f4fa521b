import { getIntrospectionQuery } from 'graphql';

/** A request made to cost the server as much as its limits let it. */
export interface WorstDocument {
  readonly what: string;
  readonly query: string;
  /** As JSON, so that it can be deeper than the stack. */
  readonly variables?: string;
}

const times = (count: number, write: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => write(index)).join(' ');

const wrap = (count: number, open: string, inside: string, close: string) =>
  `${open.repeat(count)}${inside}${close.repeat(count)}`;

const chain = ['rooms', 'edges', 'node', 'entries', 'edges', 'node', 'room', 'entries', 'edges'];
/** One chain of fields, eight deep, that ends in many. */
const deep = (leaves: string) => wrapIn(chain, leaves);
const wrapIn = (fields: readonly string[], inside: string): string =>
  fields.reduceRight((set, field) => `${field} { ${set} }`, inside);

/** Documents that have taken GraphQL servers long to parse, to validate, to measure or to answer. */
export const worstDocuments: readonly WorstDocument[] = [
  { what: 'one field 990 times', query: `{ serverInfo { ${times(990, () => 'name')} } }` },
  {
    what: 'one field with other arguments 109 times, all in conflict',
    query: `{ ${times(109, (n) => `rooms(first: ${n}) { __typename }`)} }`,
  },
  { what: '35 chains of fields that overlap', query: `{ ${times(35, () => deep('cursor'))} }` },
  {
    what: 'a tree of fields that overlap at every level',
    query: `{ ${times(3, () => `rooms { ${times(3, () => `edges { ${times(3, () => `node { ${times(3, () => 'entries { __typename }')} }`)} }`)} }`)} }`,
  },
  {
    what: 'fragments that overlap, each with each',
    query: `{ ${times(70, (n) => `...F${n}`)} } ${times(70, (n) => `fragment F${n} on Query { a: me { id } }`)}`,
  },
  {
    what: 'fragments that double eighty times',
    query: `{ me { ...F0 } } ${times(80, (n) => `fragment F${n} on User { ...F${n + 1} ...F${n + 1} }`)} fragment F80 on User { id }`,
  },
  {
    what: 'fields and fragments that double forty times',
    query: `{ room(id: "1") { ...F0 } } ${times(14, (n) => `fragment F${n} on Room { entries { edges { node { room { ...F${n + 1} } } } } e: entries { edges { node { room { ...F${n + 1} } } } } }`)} fragment F14 on Room { id }`,
  },
  {
    what: 'a ring of ninety fragments',
    query: `{ me { ...F0 } } ${times(90, (n) => `fragment F${n} on User { id ...F${(n + 1) % 90} }`)}`,
  },
  {
    what: 'a ring of ninety fragments, each of which holds two',
    query: `{ ...F0 } ${times(90, (n) => `fragment F${n} on Query { ...F${(n + 1) % 90} ...F${(n + 2) % 90} }`)}`,
  },
  {
    what: 'a text full of the words by which suggestions begin',
    query: `{ users(first: "${'Did you mean '.repeat(7_600)}") { edges { node { id } } } }`,
  },
  {
    what: 'a name as long as the body lets it be',
    query: `{ ${'n'.repeat(99_000)} }`,
  },
  {
    what: 'fragments that all hold all others',
    query: `{ me { ...F0 } } ${times(15, (n) => `fragment F${n} on User { ${times(15, (m) => `...F${m}`)} }`)}`,
  },
  { what: '330 fields inside one another', query: wrap(330, '{ me ', '{ id }', '}') },
  {
    what: '330 inline fragments inside one another',
    query: wrap(330, '{ ... ', '{ __typename }', '}'),
  },
  {
    what: '198 type conditions inside one another',
    query: wrap(198, '{ ... on Query ', '{ __typename }', '}'),
  },
  {
    what: 'a list literal 490 deep',
    query: `{ rooms(first: ${wrap(490, '[', '1', ']')}) { edges { cursor } } }`,
  },
  {
    what: 'an object literal 240 deep',
    query: `mutation { createRoom(input: ${wrap(240, '{ name: ', '1', '}')}) { id } }`,
  },
  {
    what: 'a list literal of 980',
    query: `mutation { createApiClient(name: "A", groups: [${times(980, () => 'ADMIN')}]) { secret } }`,
  },
  {
    what: 'a type 450 lists deep',
    query: `query ($a: ${wrap(450, '[', 'Int', ']')}) { rooms(first: $a) { __typename } }`,
  },
  { what: '10,000 directives', query: `{ serverInfo { name ${'@a '.repeat(10_000)} } }` },
  { what: '480 unknown directives', query: `{ serverInfo { name ${'@a '.repeat(480)} } }` },
  {
    what: '140 conditions at one field',
    query: `{ serverInfo { name ${'@include(if: true) '.repeat(140)} } }`,
  },
  {
    what: '123 fields with conditions',
    query: `{ serverInfo { ${'name @include(if: true) '.repeat(123)} } }`,
  },
  {
    what: 'a whole number of 90,000 digits',
    query: `{ rooms(first: ${'9'.repeat(90_000)}) { __typename } }`,
  },
  {
    what: 'a fraction of 90,000 digits',
    query: `{ rooms(first: 1.${'9'.repeat(90_000)}) { __typename } }`,
  },
  { what: 'a string of 95,000 characters', query: `{ user(id: "${'a'.repeat(95_000)}") { id } }` },
  {
    what: 'a string of 12,000 escapes',
    query: `{ user(id: "${'\\u0041'.repeat(12_000)}") { id } }`,
  },
  {
    what: 'a block string of 45,000 lines',
    query: `{ user(id: """${'\n'.repeat(45_000)}""") { id } }`,
  },
  { what: 'a name of 95,000 characters', query: `{ ${'a'.repeat(95_000)} }` },
  { what: '32,000 comments', query: `{ __typename }${'#\n'.repeat(32_000)}` },
  { what: '95,000 commas', query: `{ __typename }${','.repeat(95_000)}` },
  { what: 'an open string of 95,000 characters', query: `{ user(id: "${'a'.repeat(95_000)}` },
  { what: 'an open block string of quotes', query: `{ user(id: """${'\\"""'.repeat(10_000)}` },
  { what: '900 unknown fields', query: `{ ${times(900, (n) => `usr${n}`)} }` },
  { what: '195 operations', query: times(195, (n) => `query A${n} { __typename }`) },
  { what: '330 operations without a name', query: '{ __typename } '.repeat(330) },
  {
    what: '190 variables that are declared',
    query: `query (${times(190, (n) => `$a${n}: Int`)}) { rooms(first: $a0) { __typename } }`,
  },
  {
    what: '98 undeclared variables',
    query: `{ ${times(98, (n) => `rooms(first: $a${n}) { __typename }`)} }`,
  },
  {
    what: '1,000 variables sent',
    query: '{ serverInfo { name } }',
    variables: JSON.stringify(
      Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`a${n}`, n])),
    ),
  },
  {
    what: 'variables 45,000 lists deep',
    query: 'query ($a: Int) { rooms(first: $a) { __typename } }',
    variables: `{"a":${wrap(45_000, '[', '', ']')}}`,
  },
  {
    what: 'variables 15,000 objects deep',
    query: 'mutation ($a: RoomInput!) { createRoom(input: $a) { id } }',
    variables: `{"a":${wrap(15_000, '{"a":', '1', '}')}}`,
  },
  {
    what: 'a variable with 40,000 values that do not fit',
    query: 'mutation ($g: [Group!]!) { createApiClient(name: "A", groups: $g) { secret } }',
    variables: `{"g":[${times(40_000, () => '1').replaceAll(' ', ',')}]}`,
  },
  {
    what: 'a variable with 990 values that do not fit',
    query: 'mutation ($g: [Group!]!) { createApiClient(name: "A", groups: $g) { secret } }',
    variables: `{"g":[${times(990, () => '1').replaceAll(' ', ',')}]}`,
  },
  {
    what: '60 pages by a variable, beside a variable with 900 values that do not fit',
    query: `mutation ($n: Int, $i: RoomInput!) { createRoom(input: $i) { ${times(60, () => 'entries(first: $n) { edges { cursor } }')} } }`,
    variables: `{"n":1,"i":{"name":"A","floor":1,"groups":[${times(900, () => '"NOPE"').replaceAll(' ', ',')}]}}`,
  },
  { what: 'the introspection query', query: getIntrospectionQuery() },
  {
    what: 'all of introspection that may be asked at once',
    query: `{ a: __schema { ...S } b: __schema { ...S } c: __schema { ...S } d: __schema { ...S } }
      fragment S on __Schema { types { ...T fields(includeDeprecated: true) { ...F type { ...T fields { ...F } } } } }
      fragment T on __Type { kind name description specifiedByURL isOneOf ofType { kind name ofType { kind name } }
        interfaces { name description } possibleTypes { name description } enumValues { name description }
        inputFields { name description defaultValue type { name ofType { name } } } }
      fragment F on __Field { name description isDeprecated deprecationReason
        args { name description defaultValue type { kind name ofType { kind name ofType { name } } } } }`,
  },
  {
    what: 'introspection that goes round in circles',
    query: `{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }`,
  },
  {
    what: 'introspection by the types of arguments and possible types',
    query: `{ __schema { types { possibleTypes { interfaces { possibleTypes { name } } } fields { args { type { inputFields { type { inputFields { name } } } } } } } } }`,
  },
];
