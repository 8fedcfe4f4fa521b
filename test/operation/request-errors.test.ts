import fc from 'fast-check';
import {
  buildSchema,
  GraphQLError,
  GraphQLScalarType,
  getOperationAST,
  getVariableValues,
  parse,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { findRequestErrors } from '../../src/operation/errors/request-errors.ts';

const sdl = `
  type Query { find(by: By, all: [By!], ids: [ID!], n: Int!, at: Time, one: One): Int }
  input By { name: String!  age: Int  next: By  tags: [String!] }
  input One @oneOf { id: ID  name: String }
  scalar Time
`;
const schema = buildSchema(`${sdl} enum Rank { LOW HIGH } extend input By { rank: Rank }`);
const visible = buildSchema(sdl);
const time = schema.getType('Time');
if (time instanceof GraphQLScalarType) {
  time.parseValue = (value) => {
    throw value === 1 ? new GraphQLError('no hunter2') : new TypeError('no hunter2');
  };
}

const options = { schema, visible: () => visible, maxErrors: 3 };

function errorsOf(declared: string, variableValues: Readonly<Record<string, unknown>>) {
  const names = [...declared.matchAll(/\$(\w+)/g)].map(([, name]) => `${name}: $${name}`);
  const document = parse(`query (${declared}) { find(${names.join(', ')}) }`);
  return findRequestErrors({ document, variableValues }, options);
}

describe('a variable that does not match its type', () => {
  it.each<[string, Readonly<Record<string, unknown>>, string, string]>([
    ['$n: Int!', {}, 'n', 'Int!'],
    ['$n: Int!', { n: null }, 'n', 'Int!'],
    ['$n: Int!', { n: 'hunter2' }, 'n', 'Int!'],
    ['$n: Int', { n: { hunter2: 1 } }, 'n', 'Int'],
    ['$by: By', { by: 'hunter2' }, 'by', 'By'],
    ['$by: By', { by: {} }, 'by', 'By'],
    ['$by: By', { by: { name: 'a', hunter2: 1 } }, 'by', 'By'],
    ['$by: By', { by: { name: 17 } }, 'by.name', 'String!'],
    ['$by: By', { by: { name: null } }, 'by.name', 'String!'],
    ['$by: By', { by: { name: 'a', next: { name: 'b', age: 'hunter2' } } }, 'by.next.age', 'Int'],
    ['$by: By', { by: { name: 'a', tags: ['b', null] } }, 'by.tags[1]', 'String!'],
    ['$by: By', { by: { name: 'a', tags: 17 } }, 'by.tags', '[String!]'],
    ['$all: [By!]', { all: [{ name: 'a' }, { name: 1 }] }, 'all[1].name', 'String!'],
    ['$all: [By!]', { all: { name: 1 } }, 'all.name', 'String!'],
    ['$ids: [ID!]', { ids: ['a', true] }, 'ids[1]', 'ID!'],
    ['$one: One', { one: { id: 'hunter2', name: 'b' } }, 'one', 'One'],
    ['$one: One', { one: { id: null } }, 'one.id', 'ID'],
    ['$at: Time', { at: 1 }, 'at', 'Time'],
    ['$at: Time', { at: 'hunter2' }, 'at', 'Time'],
  ])('%s, given %j', (declared, values, argument, type) => {
    const errors = errorsOf(declared, values);
    expect(errors.map(({ message }) => message)).toEqual([
      `The variable "$${argument}" does not match its type ${type}.`,
    ]);
    expect(errors[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', argument });
    expect(errors[0]?.locations).toEqual([{ line: 1, column: 8 }]);
  });

  it('is described without a type that the viewer cannot see', () => {
    const [error] = errorsOf('$by: By', { by: { name: 'a', rank: 'hunter2' } });
    expect(error?.message).toBe('The variable "$by.rank" does not match its type.');
  });

  it('is one of so many that are described, with a note that there are more', () => {
    const messages = (count: number) =>
      errorsOf('$ids: [ID!]', { ids: Array.from({ length: count }, () => true) }).map(
        ({ message }) => message,
      );
    expect(messages(3)).toHaveLength(3);
    expect(messages(4)).toHaveLength(4);
    expect(messages(900)).toEqual([
      'The variable "$ids[0]" does not match its type ID!.',
      'The variable "$ids[1]" does not match its type ID!.',
      'The variable "$ids[2]" does not match its type ID!.',
      'More variables do not match their types than these.',
    ]);
  });

  it.each<[string, Readonly<Record<string, unknown>> | null | undefined]>([
    ['query { find(n: 1) }', undefined],
    ['query { find(n: 1) }', { n: true, other: 1 }],
    ['query ($n: Int! = 1) { find(n: $n) }', {}],
    ['query ($n: Int! = 1) { find(n: $n) }', null],
    ['query ($by: By) { find(n: 1, by: $by) }', { by: null }],
    ['query ($ids: [ID!]) { find(n: 1, ids: $ids) }', { ids: 'a' }],
  ])('is not seen in %s, given %j', (text, variableValues) => {
    const errors = findRequestErrors({ document: parse(text), variableValues }, options);
    expect(errors).toEqual([]);
  });

  it('is found whenever the executor finds one', () => {
    const document = parse('query ($by: By!, $ids: [ID!], $n: Int! = 1) { find }');
    const operation = getOperationAST(document);
    const definitions = operation?.variableDefinitions ?? [];
    const leaf = fc.constantFrom<unknown>(null, 'a', 1, 1.5, true, [], {});
    const by = fc.record({ name: leaf, age: leaf, tags: fc.array(leaf) }, { requiredKeys: [] });
    const values = fc.record(
      { by: fc.oneof(by, leaf), ids: fc.oneof(fc.array(leaf), leaf), n: leaf },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(values, (variableValues) => {
        const { errors: expected = [] } = getVariableValues(schema, definitions, variableValues);
        const found = findRequestErrors(
          { document, variableValues },
          { ...options, maxErrors: 50 },
        );
        expect(found).toHaveLength(expected.length);
      }),
    );
  });
});

describe('an operation that is asked for', () => {
  const document = parse('query A { find(n: 1) } query B { find(n: 1) }');
  const messageOf = (operationName: string | null | undefined) =>
    findRequestErrors({ document, operationName }, options).map(
      ({ message, extensions: { code } }) => [code, message],
    );
  const unresolved = 'OPERATION_RESOLUTION_FAILURE';

  it.each([
    [undefined, 'The document has several operations: choose one with `operationName`.'],
    [null, 'The document has several operations: choose one with `operationName`.'],
    ['', 'The document has no operation with the requested name.'],
    ['hunter2', 'The document has no operation with the requested name.'],
  ])('by the name %j is not found', (operationName, message) => {
    expect(messageOf(operationName)).toEqual([[unresolved, message]]);
  });

  it('by its name is found', () => {
    expect(messageOf('B')).toEqual([]);
  });
});
