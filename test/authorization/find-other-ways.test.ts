import { describeFinding, findOtherWays } from '@graphql-gatehouse/authorization/reports';
import { describe, expect, it } from 'vitest';
import { guard, withPolicies } from './fixtures.ts';

const both = { reads: [], admits: () => true, where: () => ({}) };

function waysIn(sdl: string): readonly string[] {
  const policies = { SELF: both, BOSS: both };
  const { source, requirements } = guard(`${withPolicies} ${sdl}`, { policies });
  return findOtherWays(source, requirements).map(describeFinding);
}

const coordinatesIn = (sdl: string) => waysIn(sdl).map((line) => line.split(':')[0]);

const narrowed = 'bills: [Bill!] @auth(requires: [ADMIN], rows: [SELF])';
const query = (fields: string, rest = '') =>
  `type Query { ${narrowed} ${fields} } type Bill { id: ID } ${rest}`;

describe('the search for other ways to narrowed rows', () => {
  it('finds a field that returns one row without narrowing it', () => {
    expect(waysIn(query('bill(id: ID): Bill @auth'))).toEqual([
      'Query.bill: it returns Bill to viewers for whom Query.bills is filtered: put the rule on the type: type Bill @auth(requires: [ADMIN], rows: [SELF])',
    ]);
  });

  it.each([
    { what: 'another list', fields: 'all: [Bill!] @auth' },
    { what: 'a public field', fields: 'all: [Bill!] @public' },
    { what: 'a list that more groups get', fields: 'all: [Bill!] @auth(requires: [ADMIN, USER])' },
    {
      what: 'a policy about something else',
      fields: 'all: [Bill!] @auth(requires: [ADMIN], or: [SELF])',
    },
  ])('finds $what', ({ fields }) => {
    expect(coordinatesIn(query(fields))).toEqual(['Query.all']);
  });

  it.each([
    {
      what: 'a list that is narrowed by the same policies',
      fields: 'all: [Bill!] @auth(requires: [ADMIN], rows: [SELF])',
    },
    {
      what: 'a list that is narrowed by other policies',
      fields: 'all: [Bill!] @auth(rows: [BOSS])',
    },
    { what: 'a field for those who get all rows', fields: 'all: Bill @auth(requires: [ADMIN])' },
    { what: 'a field of another type', fields: 'text: String @auth' },
  ])('accepts $what', ({ fields }) => {
    expect(coordinatesIn(query(fields))).toEqual([]);
  });

  it('finds nothing where the rule stands on the type', () => {
    const sdl = `type Query { ${narrowed} bill(id: ID): Bill @auth }
      type Bill @auth(requires: [ADMIN], rows: [SELF]) { id: ID }`;
    expect(coordinatesIn(sdl)).toEqual([]);
  });

  it('finds ways through mutations, subscriptions, interfaces, unions and other objects', () => {
    const rest = `type Mutation { pay: Paid @auth } type Paid { bill: Bill }
      type Subscription { paid: Bill @auth }
      interface Thing { id: ID } type Pen implements Thing { id: ID } union Any = Bill | Pen`;
    const sdl = query('thing: Thing @auth any: [Any!] @auth', rest).replace(
      'type Bill',
      'type Bill implements Thing',
    );
    expect(coordinatesIn(sdl)).toEqual([
      'Query.thing',
      'Query.any',
      'Subscription.paid',
      'Paid.bill',
    ]);
  });

  it('accepts a field that only viewers who get all rows can reach', () => {
    const rest = 'type Holder { bills: [Bill!] }';
    expect(coordinatesIn(query('holder: Holder @auth(requires: [ADMIN])', rest))).toEqual([]);
    const open = query('holder: Holder @auth(requires: [ADMIN]) me: Holder @auth', rest);
    expect(coordinatesIn(open)).toEqual(['Holder.bills']);
  });

  describe('in connections', () => {
    const types = `type Bills { edges: [BillEdge!]! nodes: [Bill!]! last: Bill } type Bill { id: ID }
      type BillEdge { node: Bill! }`;
    const page = 'page: Bills @auth(requires: [ADMIN], rows: [SELF])';

    it('judges the rows at the field that returns the connection', () => {
      const sdl = `type Query { ${page} all: Bills @auth } ${types}`;
      expect(coordinatesIn(sdl)).toEqual(['Query.all', 'Bills.last']);
    });

    it('finds an edge that is returned alone', () => {
      const sdl = `type Query { ${page} } ${types.replace('last: Bill', '')}
        type Mutation { add: BillEdge @auth }`;
      expect(coordinatesIn(sdl)).toEqual(['BillEdge.node']);
    });
  });

  it('ends in types that refer to each other', () => {
    const rest = 'type Holder { bills: [Bill!] friends: [Holder!] }';
    const sdl = query('holder: Holder @auth', rest).replace(
      '{ id: ID }',
      '{ id: ID holder: Holder }',
    );
    expect(coordinatesIn(sdl)).toEqual(['Holder.bills']);
  });
});
