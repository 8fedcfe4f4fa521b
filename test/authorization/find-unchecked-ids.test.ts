import { directiveTypeDefs } from '@graphql-gatehouse/authorization';
import { describeFinding, findUncheckedIds } from '@graphql-gatehouse/authorization/reports';
import { describe, expect, it } from 'vitest';
import { guard, withPolicies } from './fixtures.ts';

const both = { reads: [], admits: () => true, where: () => ({}) };
const references =
  'directive @references(type: String!) on ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | SCALAR';

function idsIn(sdl: string, directive = references): readonly string[] {
  const policies = { SELF: both, BOSS: both };
  const { source, requirements } = guard(`${withPolicies} ${directive} ${sdl}`, { policies });
  return findUncheckedIds(source, requirements).map(describeFinding);
}

const coordinatesIn = (sdl: string) => idsIn(sdl).map((line) => line.split(': ')[0]);

const bill = 'type Bill @auth(requires: [ADMIN], rows: [SELF]) { id: ID } type Pen { id: ID }';
const withMutation = (field: string, rest = '') =>
  `${bill} type Query { bill: Bill @auth } type Mutation { ${field} } ${rest}`;

describe('the search for unchecked ids', () => {
  it('finds an argument of a mutation', () => {
    expect(idsIn(withMutation('pay(id: ID!): Bill @auth'))).toEqual([
      'Mutation.pay(id:): nothing checks that the row of this id is visible to the viewer: name the type of the row by @references, or accept it if it names none',
    ]);
  });

  it('finds an argument of a subscription', () => {
    const sdl = `${bill} type Query { a: Int @public } type Subscription { paid(id: ID): Bill @auth }`;
    expect(coordinatesIn(sdl)).toEqual(['Subscription.paid(id:)']);
  });

  it('finds input fields at any depth, once', () => {
    const rest =
      'input Merge { from: ID! into: [Into!]! again: Merge } input Into { ids: [[ID!]!] }';
    expect(
      coordinatesIn(
        withMutation('merge(input: Merge!): Int @auth other(input: Merge): Int @auth', rest),
      ),
    ).toEqual(['Merge.from', 'Into.ids']);
  });

  it.each(['UUID', 'BillId', 'ObjectID', 'bill_id'])('takes values of %s for ids', (name) => {
    expect(coordinatesIn(withMutation(`pay(by: ${name}): Int @auth`, `scalar ${name}`))).toEqual([
      'Mutation.pay(by:)',
    ]);
  });

  it.each(['Grid', 'String', 'Valid'])('takes values of %s for none', (name) => {
    const scalar = name === 'String' ? '' : `scalar ${name}`;
    expect(coordinatesIn(withMutation(`pay(by: ${name}): Int @auth`, scalar))).toEqual([]);
  });

  it.each([
    'pay(id: ID! @references(type: "Bill")): Int @auth',
    'pay(id: BillId!): Int @auth',
    'pay(input: Pay!): Int @auth',
  ])('accepts an id that is checked: %s', (field) => {
    const rest = `scalar BillId @references(type: "Bill") input Pay { id: ID @references(type: "Bill") }`;
    const unused = 'unused(a: BillId, b: Pay): Int @auth';
    expect(coordinatesIn(withMutation(`${field} ${unused}`, rest))).toEqual([]);
  });

  it('accepts a cursor', () => {
    const sdl = `${bill} type Query { pens(after: ID, before: ID): [Pen] @auth bill: Bill @auth }`;
    expect(coordinatesIn(sdl)).toEqual([]);
  });

  it.each([
    { what: 'a type without a rule', field: 'pen(id: ID): Pen @auth', found: true },
    { what: 'a scalar', field: 'count(of: ID): Int @auth', found: true },
    { what: 'a type with a rule', field: 'bill(id: ID): Bill @auth', found: false },
    { what: 'a list of them', field: 'bills(ids: [ID!]): [Bill] @auth', found: false },
    { what: 'a connection of them', field: 'bills(of: ID): Bills @auth', found: false },
    { what: 'a narrowed list', field: 'pens(of: ID): [Pen] @auth(rows: [SELF])', found: false },
    { what: 'an interface', field: 'node(id: ID): Node @auth', found: false },
  ])('decides about a query by what it returns: $what', ({ field, found }) => {
    const rest = 'type Bills { nodes: [Bill] } interface Node { id: ID }';
    const sdl = `${bill.replace('type Bill', 'type Bill implements Node')} ${rest}
      type Query { ${field} other: Bills @public }`;
    expect(coordinatesIn(sdl)).toHaveLength(found ? 1 : 0);
  });

  it('accepts a nested id of an object that has a rule, and finds others', () => {
    const nested = '{ id: ID pen(id: ID): Pen }';
    const ruled = `type Query { bill: Bill @auth } type Pen { id: ID }
      type Bill @auth(rows: [SELF]) ${nested}`;
    expect(coordinatesIn(ruled)).toEqual([]);
    expect(coordinatesIn(ruled.replace('@auth(rows: [SELF])', ''))).toEqual(['Bill.pen(id:)']);
  });

  describe('of places', () => {
    const firms = `${directiveTypeDefs()} enum Group { STAFF @within(type: "Firm") } enum Policy { SELF }
      type Firm @within(type: "Firm", by: "id") @auth(requires: [STAFF]) { id: ID }
      type Car @within(type: "Firm", by: "firmId") @auth(requires: [STAFF]) { id: ID firmId: ID }`;
    const withQuery = (field: string, rest = '') =>
      `${firms} ${rest} type Query { ${field} cars: [Car] @auth firms: [Firm] @auth }`;
    const idsOfPlaces = (sdl: string) => {
      const { requirements, source } = guard(sdl, { policies: { SELF: both } });
      return findUncheckedIds(source, requirements).map(describeFinding);
    };

    it('finds an argument that is called like the place of rows, though its rows have a rule', () => {
      expect(idsOfPlaces(withQuery('carsOf(firmId: String): [Car] @auth'))).toEqual([
        'Query.carsOf(firmId:): it is called like the place of rows, and nothing checks that this place is visible to the viewer: name the type of the place by @references, or accept it if it names none',
      ]);
    });

    it.each(['firm_id', 'firmIds', 'firmId_in', 'byFirmId'])(
      'finds %s in input objects',
      (name) => {
        const input = `input Which { ${name}: [String!] }`;
        const found = idsOfPlaces(withQuery('carsOf(where: Which): [Car] @auth', input));
        expect(found.map((line) => line.split(': ')[0])).toEqual([`Which.${name}`]);
      },
    );

    it.each(['id', 'firm', 'name', 'confirmId'])('accepts %s', (name) => {
      expect(idsOfPlaces(withQuery(`carsOf(${name}: String): [Car] @auth`))).toEqual([]);
    });

    it('accepts one that names its place', () => {
      const field = 'carsOf(firmId: ID @references(type: "Firm")): [Car] @auth';
      expect(idsOfPlaces(withQuery(field))).toEqual([]);
    });
  });

  it('finds nothing in a schema that does not define the directive', () => {
    expect(idsIn(withMutation('pay(id: ID!): Bill @auth'), '')).toEqual([]);
  });
});
