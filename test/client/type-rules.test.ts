import { buildSchema } from 'graphql';
import { expect, it } from 'vitest';
import { createFrontEnd } from '../support/client-documents.ts';

const frontEnd = createFrontEnd(
  buildSchema(`
    enum Group { ACCOUNTANT STAFF }
    enum Policy { OWN NOTED }
    directive @auth(requires: [Group!], or: [Policy!], rows: [Policy!]) repeatable on OBJECT | FIELD_DEFINITION
    directive @public on FIELD_DEFINITION
    directive @references(type: String!, rows: [Policy!]) on ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | SCALAR
    type Query {
      invoices: [Invoice!] @auth
      payments: [Payment!] @auth(requires: [ACCOUNTANT, STAFF])
      results: Results @auth
      invoice(id: ID! @references(type: "Invoice")): Invoice @auth
      search(filter: Filter, first: Int = 10): [Invoice!] @auth
    }
    type Mutation { newInvoice: Invoice! @auth(requires: [STAFF]) }
    input Filter { text: String  payment: ID @references(type: "Payment", rows: [OWN]) }
    type Invoice @auth(requires: [ACCOUNTANT], rows: [OWN]) {
      id: ID!
      total: Int @auth(requires: [ACCOUNTANT], or: [OWN, NOTED])
      note: String @auth(requires: [STAFF], or: [OWN])
    }
    type Payment { amount: Int  invoice: Invoice! }
    type Results { nodes: [Result!] }
    union Result = Invoice | Payment
  `),
);

const decide = (text: string, variables = {}, groups = ['STAFF']) =>
  frontEnd.clientOf(groups).can(frontEnd.document(text), variables);

it('decides the coordinate of a type with a rule: all of its rows, some of them, or none', () => {
  const outcomes = [['ACCOUNTANT'], ['STAFF'], [], null].map((groups) =>
    frontEnd.clientOf(groups).can('Invoice'),
  );
  expect(outcomes).toEqual(['allowed', 'narrowed', 'narrowed', 'denied']);
});

it('depends where a hidden value must not be null, but not for rows or the result of a mutation', () => {
  const strict = '{ payments { invoice { id } } }';
  expect([decide(strict), decide(strict, {}, ['ACCOUNTANT'])]).toEqual(['depends', 'allowed']);
  expect(decide('{ invoices { id } }')).toBe('narrowed');
  expect(decide('mutation { newInvoice { id } }')).toBe('narrowed');
});

it('asks no policy that the rows have passed, and asks for those whom no rule narrows', () => {
  expect(decide('{ invoices { total } }', {}, [])).toBe('narrowed');
  expect(decide('{ invoices { total } }', {}, ['ACCOUNTANT'])).toBe('allowed');
  const note = '{ invoices { note } }';
  expect(decide(note, {}, [])).toBe('narrowed');
  expect(decide(note, {}, ['ACCOUNTANT'])).toBe('depends');
  expect(decide(note, {}, ['ACCOUNTANT', 'STAFF'])).toBe('allowed');
});

it('narrows a connection of which one type has a rule', () => {
  const text = '{ results { nodes { __typename } } }';
  expect([decide(text), decide(text, {}, ['ACCOUNTANT'])]).toEqual(['narrowed', 'allowed']);
});

it('depends where ids name rows that may be hidden, if the operation supplies some', () => {
  const byId = 'query ($id: ID!) { invoice(id: $id) { id } }';
  expect(decide(byId, { id: '1' })).toBe('depends');
  expect(decide('{ invoice(id: 1) { id } }')).toBe('depends');
  expect(decide(byId, { id: '1' }, ['ACCOUNTANT'])).toBe('allowed');
  const search = 'query ($filter: Filter) { search(filter: $filter) { id } }';
  const outcomes = [{}, { filter: { payment: '1' } }].map((variables) =>
    decide(search, variables, ['ACCOUNTANT']),
  );
  expect(outcomes).toEqual(['allowed', 'depends']);
  expect(decide('{ search(first: 1, filter: null) { id } }', {}, ['ACCOUNTANT'])).toBe('allowed');
});
