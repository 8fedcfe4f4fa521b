import {
  buildSchema,
  GraphQLError,
  type GraphQLErrorOptions,
  GraphQLScalarType,
  parse,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import {
  explainInvalid,
  validateDocument,
  validateForEveryone,
} from '../../src/operation/read/validate-document.ts';

const openSdl = `
  type Query { user(id: ID!, as: View): User  users(first: Int): [User!]!  at(t: Time): Int }
  type User { name: String  friends(first: Int!): [User!] }
  enum View { FULL SHORT }
  scalar Time
`;
const schema = buildSchema(`${openSdl}
  extend type Query { find(by: Filter, one: Choice): Finding  rank(of: Rank): Int }
  type Finding { label: String  origin(depth: Int!): Place! }
  type Place { label: String }
  input Filter { label: String!  amount: Int!  tags: [String!] }
  input Choice @oneOf { id: ID  label: String }
  enum Rank { LOW HIGH }
  directive @needs(many: Int!) on FIELD
`);
/** The part of `schema` that everyone can see. */
const visible = buildSchema(openSdl);

for (const shown of [schema, visible]) {
  const time = shown.getType('Time');
  if (time instanceof GraphQLScalarType) {
    time.parseLiteral = (node) => {
      if (node.kind === 'IntValue') throw new GraphQLError('It is not a time.', { nodes: node });
      throw new TypeError('fault-31');
    };
  }
}

const options = { schema, maxErrors: 10 };
const messagesOf = (text: string, rules?: readonly ValidationRule[]) =>
  validateDocument(parse(text), { ...options, rules }).map(({ message }) => message);
const placesOf = (errors: readonly GraphQLError[]) => errors.map(({ locations }) => locations);

/** Each names a part of the schema that not everyone can see, or is about one. */
const aboutHidden = [
  '{ find }',
  '{ find { label { a } } }',
  '{ find { lable } }',
  '{ find { origin } }',
  '{ find { origin(depth: 1) { lable } } }',
  '{ find(by: 1) { label } }',
  '{ find(by: {}) { label } }',
  '{ find(by: { label: "a", amount: 1, size: 2 }) { label } }',
  '{ find(by: { label: 1, amount: 1 }) { label } }',
  '{ find(one: { id: 1, label: "a" }) { label } }',
  '{ find(bye: 1) { label } }',
  '{ rank(of: 1) }',
  '{ rank(of: MIDDLE) }',
  '{ users { ... on Place { label } } }',
  '{ find { ... on User { name } } }',
  '{ users { name @needs } }',
  'query ($a: Place) { users { name } }',
  'query ($a: Int) { find(by: $a) { label } }',
  '{ a: find { label } a: users { name } }',
];

describe('an error of validation', () => {
  it.each([
    '{ users { nam } }',
    '{ users(frist: 1) { name } }',
    '{ user(id: 1, as: FUL) { name } }',
    '{ find(by: { label: "a", amount: 1, lable: "b" }) { label } }',
    'query ($a: Use) { users { name } }',
    '{ find { ... on Plase { label } } }',
  ])('has the message of graphql-js, without its suggestions: %s', (query) => {
    const found = validate(schema, parse(query));
    expect(found.map(({ message }) => message).join()).toContain('Did you mean');
    const shortened = found.map(({ message }) => message.replace(/ Did you mean .*/, ''));
    expect(messagesOf(query)).toEqual(shortened);
  });

  it.each(aboutHidden)('has the place of graphql-js, and its code alone: %s', (query) => {
    const found = validateDocument(parse(query), options);
    expect(placesOf(found)).toEqual(placesOf(validate(schema, parse(query))));
    for (const error of found) {
      expect(error.extensions).toEqual({ code: 'GRAPHQL_VALIDATION_FAILED' });
    }
  });

  it('is found before graphql-js would run out of stack', () => {
    const text = '{ users { ...A } } fragment A on User { ...A }';
    expect(messagesOf(text)).toEqual(['Fragments must not form a cycle.']);
  });

  it('has the message that a scalar has written for clients, and none of its faults', () => {
    expect(messagesOf('{ at(t: 17) }')).toEqual(['It is not a time.']);
    expect(messagesOf('{ at(t: "now") }')).toEqual(['A value does not match its type.']);
  });

  it('has the message of a rule of the host, and neither its code nor its cause', () => {
    const failing =
      (given: GraphQLErrorOptions): ValidationRule =>
      (context) => ({
        Field: (nodes) => context.reportError(new GraphQLError('No.', { nodes, ...given })),
      });
    const errorsOf = (rule: ValidationRule) =>
      validateDocument(parse('{ at }'), { ...options, rules: [...specifiedRules, rule] }).map(
        (error) => error.toJSON(),
      );
    const locations = [{ line: 1, column: 3 }];
    const extensions = { code: 'GRAPHQL_VALIDATION_FAILED' };
    const coded = failing({ extensions: { code: 'OTHER', http: { status: 200 } } });
    expect(errorsOf(coded)).toEqual([{ message: 'No.', locations, extensions }]);
    const caused = failing({ originalError: new TypeError('fault-31') });
    expect(errorsOf(caused)).toEqual([
      { message: 'The operation is not valid.', locations, extensions },
    ]);
  });
});

describe('a document of many errors', () => {
  const note = 'Too many validation errors, error limit reached. Validation aborted.';

  it('has some of them described, and a note that there are more', () => {
    const messages = messagesOf(`{ ${'a '.repeat(50)} }`);
    expect(messages).toHaveLength(11);
    expect(new Set(messages.slice(0, 10))).toEqual(
      new Set(['Cannot query field "a" on type "Query".']),
    );
    expect(messages[10]).toBe(note);
  });

  it('has no note if no error is left out', () => {
    expect(messagesOf(`{ ${'a '.repeat(10)} }`)).toHaveLength(10);
  });

  it('is not validated further if it is too complex', () => {
    expect(messagesOf(`{ ${'users { name } '.repeat(600)} }`)).toEqual(['Validation aborted.']);
  });

  it('has the note also before the viewer is known', () => {
    const document = parse(`{ find { ${'a '.repeat(50)} } }`);
    const errors = validateForEveryone(document, { ...options, visible });
    expect(errors.map(({ message }) => message)).toEqual([
      ...Array.from({ length: 10 }, () => 'The operation is not valid.'),
      note,
    ]);
  });

  it('has short messages, however long its names and values are', () => {
    for (const text of [`{ ${'a'.repeat(10_000)} }`, `{ rank(of: "${'a'.repeat(10_000)}") }`]) {
      const [message = ''] = messagesOf(text);
      expect(message).toMatch(/a{100}/);
      expect(message.length).toBeLessThanOrEqual(503);
    }
  });
});

it('describes a document that is valid by what the viewer sees, without a name', () => {
  const errors = explainInvalid(parse('{ users { name } }'), { visible, maxErrors: 10 });
  expect(errors.map(({ message }) => message)).toEqual(['The operation is not valid.']);
});

describe('an error of validation before the viewer is known', () => {
  const errorsOf = (query: string) =>
    validateForEveryone(parse(query), { ...options, visible, rules: specifiedRules });
  const wordsOf = (text: string) => new Set(text.match(/\w+/g));

  it.each([
    '{ userz }',
    '{ users }',
    '{ users { friends } }',
    '{ user(id: 1, as: "FULL") { name } }',
    '{ user(id: {}) { name } find(by: { label: "a", amount: 1 }) { label } }',
    'query ($n: Int) { find { label } }',
    '{ at(t: 17) }',
  ])('has its message, if it is about what everyone can see: %s', (query) => {
    const errors = errorsOf(query);
    expect(errors).not.toEqual([]);
    expect(errors).toEqual(validateDocument(parse(query), options));
  });

  it.each(aboutHidden)('names only what the document names, at the same place: %s', (query) => {
    const errors = errorsOf(query);
    expect(placesOf(errors)).toEqual(placesOf(validateDocument(parse(query), options)));
    const written = wordsOf(query);
    const hidden = ['Filter', 'Finding', 'Place', 'Choice', 'Rank', 'origin', 'amount', 'many'];
    for (const { message } of errors) {
      const named = wordsOf(message);
      expect(hidden.filter((name) => named.has(name) && !written.has(name))).toEqual([]);
    }
  });

  it('is found by no other rules than those of the host', () => {
    expect(validateForEveryone(parse('{ a }'), { ...options, visible, rules: [] })).toEqual([]);
  });
});
