import {
  buildSchema,
  GraphQLError,
  GraphQLScalarType,
  parse,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { explainInvalid, validateDocument } from '../../src/admission/validate-document.ts';
import { brokenRules, sdl } from './broken-rules.ts';

const schema = buildSchema(sdl);

/** A scalar of a project, which throws texts of its own. */
const time = schema.getType('Time');
if (time instanceof GraphQLScalarType) {
  time.parseLiteral = (node) => {
    if (node.kind === 'IntValue') throw new GraphQLError('not hunter2', { nodes: node });
    throw new TypeError('not hunter2');
  };
}

const options = { schema, maxErrors: 10, namesSchema: true, rules: specifiedRules };
const messagesOf = (text: string, more: Partial<typeof options> = {}) =>
  validateDocument(parse(text), { ...options, ...more }).map(({ message }) => message);

describe('an error of validation', () => {
  it.each(brokenRules)('of $rule: $query', ({ rule, query, shown, hidden = shown }) => {
    const known = specifiedRules.filter(({ name }) => name === rule);
    expect(known).toHaveLength(1);
    expect(messagesOf(query, { rules: known })).toEqual([shown]);
    expect(messagesOf(query, { rules: known, namesSchema: false })).toEqual([hidden]);
  });

  it('has a text for every rule of graphql-js', () => {
    const tested = new Set(brokenRules.map(({ rule }) => rule));
    const others = ['NoFragmentCyclesRule']; // found before: see the next test
    expect(specifiedRules.map(({ name }) => name).filter((name) => !tested.has(name))).toEqual(
      others,
    );
  });

  it('is found before graphql-js would run out of stack', () => {
    const text = '{ users { ...A } } fragment A on User { ...A }';
    expect(messagesOf(text)).toEqual(['Fragments must not form a cycle.']);
    expect(messagesOf('subscription { joined @skip(if: true) { name } }')).toEqual([
      'The root field of a subscription cannot be conditional: remove its @skip and @include.',
    ]);
  });

  it.each(brokenRules)('stands where graphql-js finds it: $query', ({ query }) => {
    const document = parse(query);
    const places = (errors: readonly GraphQLError[]) =>
      [...new Set(errors.map(({ locations }) => JSON.stringify(locations)))].sort();
    const found = validateDocument(document, options);
    expect(places(found)).toEqual(places(validate(schema, document)));
    for (const error of found) {
      expect(error.extensions).toEqual({ code: 'GRAPHQL_VALIDATION_FAILED' });
    }
  });

  it('repeats no word of graphql-js, and no value', () => {
    const foreign = brokenRules.flatMap(({ query }) => validate(schema, parse(query)));
    const own = new Set(brokenRules.flatMap(({ query }) => messagesOf(query)));
    expect(foreign.filter(({ message }) => own.has(message))).toEqual([]);
    expect([...own].join()).not.toContain('hunter2');
  });

  it('of a rule of the host names the rule alone', () => {
    const NoUsersRule: ValidationRule = (context) => ({
      Field: (node) => context.reportError(new GraphQLError('hunter2', { nodes: node })),
    });
    const messages = (rule: ValidationRule) =>
      messagesOf('{ users { name } }', { rules: [...specifiedRules, rule] });
    const named = 'The operation breaks the rule NoUsersRule.';
    expect(messages(NoUsersRule)).toEqual([named, named]);
    const unnamed = 'The operation breaks a rule of this server.';
    expect(messages(Object.defineProperty(NoUsersRule, 'name', { value: '' }))).toEqual([
      unnamed,
      unnamed,
    ]);
  });
});

describe('a document of many errors', () => {
  it('has so many described, and a note that there are more', () => {
    const messages = messagesOf(`{ ${'a '.repeat(50)} }`);
    expect(messages).toHaveLength(11);
    expect(new Set(messages.slice(0, 10))).toEqual(
      new Set(['The field "a" does not exist on the type Query.']),
    );
    expect(messages[10]).toBe('The operation has more errors than these.');
  });

  it('has no note where those are all', () => {
    expect(messagesOf(`{ ${'a '.repeat(10)} }`)).toHaveLength(10);
  });

  it('is given up where it is too complex, and told so', () => {
    expect(messagesOf(`{ ${'users { name } '.repeat(600)} }`)).toEqual([
      'The operation is too complex to be validated.',
    ]);
  });

  it('keeps messages short, however long its names are', () => {
    const [message = ''] = messagesOf(`{ ${'a'.repeat(10_000)} }`);
    expect(message.length).toBeLessThanOrEqual(503);
  });
});

describe('a document that is valid by what the viewer sees, and wrong by the whole schema', () => {
  it('has one error that names nothing', () => {
    const errors = explainInvalid(parse('{ users { name } }'), { visible: schema, maxErrors: 10 });
    expect(errors.map(({ message }) => message)).toEqual(['The operation is not valid.']);
  });
});
