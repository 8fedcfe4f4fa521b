import type { Viewer } from '@graphql-gatehouse/authorization';
import { getOperationAST, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import {
  isOfIntrospection,
  showIntrospection,
  withIntrospection,
} from '../../packages/authorization/src/visibility/introspected-result.ts';
import {
  createIntrospect,
  type IntrospectionMode,
} from '../../packages/authorization/src/visibility/introspection.ts';
import { anonymous, groupsOnly, guard, holding } from './fixtures.ts';

const { schema, visibleTo } = guard(`${groupsOnly}
  interface Node { query: Query }
  type Query implements Node {
    open(hidden: Hidden, text: String, bit: Boolean): String @public
    secret: Secret @auth(requires: [ADMIN])
    node: Node @public
    query: Query @public
    known: String @auth
  }
  type Mutation { free: Free @auth }
  type Free { query: Query }
  type Secret { id: Int }
  input Hidden @auth(requires: [ADMIN]) { id: Int }`);
const admin = holding('ADMIN');
const user = holding('USER');

interface Asked {
  readonly viewer?: Viewer;
  readonly mode?: IntrospectionMode;
  readonly variables?: Readonly<Record<string, unknown>> | null;
  readonly operationName?: string;
}

function introspect(
  text: string,
  { viewer = user, mode = 'viewer', variables, operationName }: Asked = {},
) {
  const document = parse(text);
  const operation = getOperationAST(document, operationName);
  if (!operation) throw new Error('There is no such operation.');
  const answer = createIntrospect({ schema, mode, visibleTo });
  return answer({ document, operation, variableValues: variables, viewer });
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const codeOf = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return error instanceof Error && 'extensions' in error ? error.extensions : error;
  }
  return undefined;
};

const secretIsHidden = { s: null };
const secretIsShown = { s: { name: 'Secret' } };
const s = 's: __type(name: "Secret") { name }';

describe('the introspection of an operation', () => {
  it.each([
    `{ ${s} }`,
    `{ ... { ... on Query { ${s} } } }`,
    `{ ... on Node { ... on Query { ${s} } } }`,
    `{ ...F } fragment F on Query { ${s} }`,
    `fragment F on Query { ${s} } query A { ...F }`,
    `query ($n: String!) { s: __type(name: $n) { name } }`,
    `query ($n: String = "Secret") { s: __type(name: $n) { ...T } } fragment T on __Type { name }`,
    `query ($b: Boolean!, $n: String) { s: __type(name: "Secret") @skip(if: $b) { name } }`,
    `{ s: __type(name: "Secret") { name } s: __type(name: "Secret") { ... { name } } }`,
    `{ ${s} known @skip(if: true) }`,
    `query ($h: Hidden) { ${s} open(hidden: $h) @skip(if: true) }`,
  ])('is answered from what the viewer can reach: %s', (text) => {
    const variables = { n: 'Secret', b: false };
    expect(plain(introspect(text, { variables })?.whole)).toEqual(secretIsHidden);
    expect(plain(introspect(text, { variables, viewer: anonymous })?.data)).toEqual(secretIsHidden);
    expect(plain(introspect(text, { variables, viewer: admin })?.whole)).toEqual(secretIsShown);
  });

  it('is that of the operation that is asked for', () => {
    const text = `query A { ${s} } query B { known } query C { __schema { queryType { name } } }`;
    expect(introspect(text, { operationName: 'A' })?.data).toEqual(secretIsHidden);
    expect(introspect(text, { operationName: 'B' })).toBeUndefined();
    expect(plain(introspect(text, { operationName: 'C' })?.data)).toEqual({
      __schema: { queryType: { name: 'Query' } },
    });
  });

  it('answers __typename beside it', () => {
    const answer = introspect(`{ a: __typename ${s} __typename }`);
    expect(plain(answer)).toEqual({
      data: secretIsHidden,
      whole: { a: 'Query', s: null, __typename: 'Query' },
    });
    expect(Object.keys(answer?.whole ?? {})).toEqual(['a', 's', '__typename']);
  });

  it.each([
    '{ known }',
    '{ __typename }',
    `{ known ${s.replace('{', '@skip(if: true) {')} }`,
    `query ($b: Boolean = true) { known ... @skip(if: $b) { ${s} } }`,
    'mutation { free { query { known } } }',
    `query ($n: Int!) { ${s} }`,
    `query ($b: Boolean = true) { known ${s.replace('{', '@skip(if: $b) {')} }`,
    `subscription { known } fragment F on Query { ${s} }`,
  ])('is not answered where nothing is selected, or nothing will run: %s', (text) => {
    expect(introspect(text, { variables: null })).toBeUndefined();
    expect(introspect(text, { mode: 'off' })).toBeUndefined();
  });

  it('beside other fields is put in the place of what the executor found, in order', () => {
    const answer = introspect(`{ known ${s} }`);
    expect(answer).toEqual({ data: secretIsHidden, whole: undefined });
    if (answer === undefined) throw new Error('It is answered.');
    const data = withIntrospection({ known: 'k', s: { name: 'Secret' }, z: 1 }, answer);
    expect(JSON.stringify(data)).toBe('{"known":"k","s":null,"z":1}');
    expect(isOfIntrospection({ path: ['s', 'name'] }, answer)).toBe(true);
    expect(isOfIntrospection({ path: ['known'] }, answer)).toBe(false);
    expect(isOfIntrospection({ path: [] }, answer)).toBe(false);
    expect(isOfIntrospection({}, answer)).toBe(false);
  });

  it('adds no data to an answer that has only errors', () => {
    const error = { path: ['known'] };
    expect(showIntrospection({ errors: [error] }, { data: { s: null }, whole: undefined })).toEqual(
      {
        errors: [error],
      },
    );
  });

  it('is answered for a document that was made by a program, without a list of variables', () => {
    const document = parse(`{ ${s} }`);
    const operation = getOperationAST(document);
    if (!operation) throw new Error('There is an operation.');
    const { variableDefinitions: _none, ...made } = operation;
    const answer = createIntrospect({ schema, mode: 'viewer', visibleTo });
    expect(plain(answer({ document, operation: made, viewer: admin })?.data)).toEqual(
      secretIsShown,
    );
  });

  it('fails as a whole, before anything runs', () => {
    const text = 'query ($n: String = "x") { known __type(name: $n) { name } }';
    expect(codeOf(() => introspect(text, { variables: { n: null } }))).toEqual({
      code: 'INTROSPECTION_FAILED',
      http: { status: 400 },
    });
    const nested = 'query ($b: Boolean = true) { __schema { types @skip(if: $b) { name } } }';
    expect(codeOf(() => introspect(nested, { variables: { b: null } }))).toMatchObject({
      code: 'INTROSPECTION_FAILED',
    });
  });
});

describe('introspection below the root', () => {
  const nested = [
    `{ query { ${s} } }`,
    `{ query { query { ... { ... on Query { ${s} } } } } }`,
    `{ node { ... on Query { __schema { types { name } } } } }`,
    `{ ${s} query { ${s} } }`,
    `{ ...F } fragment F on Query { known query { ...G } } fragment G on Query { ${s} }`,
    `{ ...F query { ...F } } fragment F on Query { ${s} }`,
    `mutation { free { query { ${s} } } }`,
    `query ($b: Boolean!) { query { ${s.replace('{', '@include(if: $b) {')} } }`,
  ];

  it.each(nested)('is refused, since the executor would show all: %s', (text) => {
    const run = (asked: Asked) =>
      codeOf(() => introspect(text, { variables: { b: true }, ...asked }));
    expect(run({})).toEqual({ code: 'INTROSPECTION_NESTED', http: { status: 400 } });
    expect(run({ viewer: admin })).toMatchObject({ code: 'INTROSPECTION_NESTED' });
    expect(run({ mode: 'off' })).toMatchObject({ code: 'INTROSPECTION_DISABLED' });
    expect(run({ mode: 'full' })).toBeUndefined();
  });

  it.each([
    `query ($b: Boolean!) { query { ${s.replace('{', '@include(if: $b) {')} known } }`,
    `{ query { known ...F ...F } } fragment F on Query { open }  fragment G on Query { ${s} }`,
    `{ query { ...Missing } } fragment G on Query { ${s} }`,
  ])('is no matter where it is not selected: %s', (text) => {
    expect(introspect(text, { variables: { b: false } })).toBeUndefined();
  });
});

describe('without introspection', () => {
  it.each(['{ __schema { types { name } } }', `{ known ...F } fragment F on Query { ${s} }`])(
    '%s is refused',
    (text) => {
      expect(codeOf(() => introspect(text, { mode: 'off', viewer: admin }))).toEqual({
        code: 'INTROSPECTION_DISABLED',
        http: { status: 400 },
      });
    },
  );
});
