import { describeFinding, findRowHints } from '@graphql-gatehouse/authorization/reports';
import { describe, expect, it } from 'vitest';
import { guard, withPolicies } from './fixtures.ts';

const both = { reads: [], admits: () => true, where: () => ({}) };

function hintsIn(sdl: string): readonly string[] {
  const policies = { SELF: both, BOSS: both };
  const { source, requirements } = guard(`${withPolicies} ${sdl}`, { policies });
  const findings = findRowHints(source, requirements);
  expect(findings.filter(({ certainty }) => certainty !== 'hint')).toEqual([]);
  return findings.map(describeFinding);
}

const coordinatesIn = (sdl: string) => hintsIn(sdl).map((line) => line.split(':')[0]);

const bill = 'type Bill @auth(requires: [ADMIN], rows: [SELF]) { id: ID! }';
const payment = (fields: string, { guard = '', root = '@auth' } = {}) =>
  `${bill} type Query { payment: Payment ${root} bills: [Bill!]! @auth } type Payment ${guard} { ${fields} }`;

describe('the hints about types with rules', () => {
  describe('a non-null field', () => {
    it('is reported with what to do', () => {
      expect(hintsIn(payment('bill: Bill!'))).toEqual([
        'Payment.bill: one hidden row denies the whole operation, because the field cannot be null: make it nullable, or give Payment a rule that hides it as well',
      ]);
    });

    it.each([
      { what: 'it is nullable', sdl: payment('bill: Bill') },
      { what: 'it is a list', sdl: payment('bills: [Bill!]!') },
      {
        what: 'its parent has a rule',
        sdl: payment('bill: Bill!', { guard: '@auth(rows: [BOSS])' }),
      },
      { what: 'its viewers get all rows', sdl: payment('bill: Bill! @auth(requires: [ADMIN])') },
      {
        what: 'it is the node of an edge',
        sdl: `${bill} type Query { bills: Bills @auth } type Bills { edges: [Edge!]! } type Edge { node: Bill! }`,
      },
      {
        what: 'it is a field of the root',
        sdl: `${bill} type Query { bills: [Bill!] @auth } type Mutation { add: Bill! @auth }`,
      },
    ])('is not reported where $what', ({ sdl }) => {
      expect(coordinatesIn(sdl)).toEqual([]);
    });
  });

  describe('a number beside a list', () => {
    it.each([
      'totalCents: Int',
      'total: Float',
      'billCount: Int!',
      'count: BigInt',
      'sum_open: Int',
      'sumOpen: Int',
    ])('is reported: %s', (field) => {
      const [name] = field.split(':');
      expect(hintsIn(`${payment(`bills: [Bill!] ${field}`)} scalar BigInt`)).toEqual([
        `Payment.${name}: it may include rows that are hidden in bills: compute it with the filter of the rule`,
      ]);
    });

    it('is reported in a connection', () => {
      const sdl = `${bill} type Query { bills: Bills @auth } type Edge { node: Bill! }
        type Bills { edges: [Edge!]! totalCount: Int! }`;
      expect(coordinatesIn(sdl)).toEqual(['Bills.totalCount']);
    });

    it.each([
      { what: 'it is another number', sdl: payment('bills: [Bill!] account: Int discount: Int') },
      { what: 'it is no number', sdl: payment('bills: [Bill!] totalText: String') },
      { what: 'no list is beside it', sdl: payment('bill: Bill totalCents: Int') },
      {
        what: 'its viewers get all rows',
        sdl: payment('bills: [Bill!] total: Int @auth(requires: [ADMIN])'),
      },
    ])('is not reported where $what', ({ sdl }) => {
      expect(coordinatesIn(sdl)).toEqual([]);
    });
  });

  describe('an id', () => {
    it.each(['billId: ID!', 'bill_id: ID', 'billIds: [ID!]'])('is reported: %s', (field) => {
      expect(hintsIn(payment(field))).toEqual([
        `Payment.${field.split(':')[0]}: it reveals the id of a row that may be hidden: remove it, and let clients request the relation`,
      ]);
    });

    it('is reported if it is named like a relation whose type has a rule', () => {
      expect(coordinatesIn(payment('forBill: Bill forBillId: ID'))).toEqual(['Payment.forBillId']);
    });

    it.each([
      { what: 'it is of the object', sdl: payment('id: ID') },
      { what: 'it is of a type without a rule', sdl: payment('paymentId: ID') },
      {
        what: 'its viewers get all rows',
        sdl: payment('billId: ID', { root: '@public', guard: '@auth(requires: [ADMIN])' }),
      },
    ])('is not reported where $what', ({ sdl }) => {
      expect(coordinatesIn(sdl)).toEqual([]);
    });
  });
});
