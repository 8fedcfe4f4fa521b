import { describeFinding, findOracles } from '@graphql-gatehouse/authorization/reports';
import { describe, expect, it } from 'vitest';
import { guard, withPolicies } from './fixtures.ts';

const policies = { SELF: () => true, BOSS: () => true };

function oraclesOf(sdl: string): readonly string[] {
  const { source, requirements } = guard(`${withPolicies} ${sdl}`, { policies });
  return findOracles(source, requirements).map(describeFinding);
}

const coordinatesIn = (sdl: string) => oraclesOf(sdl).map((line) => line.split(': ')[0]);

const bill = `type Bill {
  id: ID! total: Int @auth(requires: [ADMIN]) note: String @auth(requires: [ADMIN], or: [SELF])
  paidAt: String holder: Holder
}
type Holder { name: String taxNumber: String @auth(requires: [EDITOR]) }`;

const list = 'type Query { bills(where: BillWhere, orderBy: BillOrderBy): [Bill!] @public }';
const noOrder = 'enum BillOrderBy { PAID_AT }';
const holders = (name: string) => `${bill} input HolderWhere { ${name}: String }
  type Query { bills: [Bill!] @public holders(where: HolderWhere): [Holder!] @public }`;

describe('the search for oracles', () => {
  it('finds an input field of a filter that names a guarded field', () => {
    const sdl = `${bill} ${list} ${noOrder} input BillWhere { id: ID total: Int paidAt: String }`;
    expect(oraclesOf(sdl)).toEqual([
      'BillWhere.total: it reveals Bill.total to viewers who may not read it: add @auth(requires: [ADMIN])',
    ]);
  });

  it.each([
    'BillFilter',
    'BillFilterInput',
    'BillWhere',
    'BillWhereInput',
    'BillWhereUniqueInput',
    'BillOrderBy',
    'BillOrderByInput',
    'BillOrderByWithRelationInput',
  ])('searches a type called %s', (name) => {
    const sdl = `type Query { bills(by: [${name}!]): [Bill!] @public }`;
    expect(coordinatesIn(`${bill} ${sdl} input ${name} { total: Int }`)).toEqual([`${name}.total`]);
  });

  it.each([
    'bills(by: BillCriteria): [Bill!] @public',
    'bill(by: BillCriteria): Bill @public',
    'bills(any: [BillCriteria!]!): Bills @public',
  ])('searches every input type of a query, whatever it is called: %s', (field) => {
    const sdl = `${bill} type Query { ${field} } type Bills { total: Int nodes: [Bill!]! }
      input BillCriteria { total: Int }`;
    expect(coordinatesIn(sdl)).toEqual(['BillCriteria.total']);
  });

  it('searches the input of a subscription', () => {
    const sdl = `${bill} type Query { a: Int @public }
      type Subscription { billPaid(total: Int): Bill @public }`;
    expect(coordinatesIn(sdl)).toEqual(['Subscription.billPaid(total:)']);
  });

  it('takes other input of a mutation for what it writes', () => {
    const sdl = `${bill} type Query { bill: Bill @public }
      type Mutation { addBill(data: BillInput, total: Int): Bill @public }
      input BillInput { total: Int }`;
    expect(oraclesOf(sdl)).toEqual([]);
  });

  it('finds a filter of a mutation', () => {
    const sdl = `${bill} type Query { bill: Bill @public }
      type Mutation { payBills(where: BillWhere): [Bill] @public } input BillWhere { total: Int }`;
    expect(coordinatesIn(sdl)).toEqual(['BillWhere.total']);
  });

  it.each(['total: Int', 'minTotal: Int', 'total_in: [Int!]'])(
    'finds a plain argument that names a guarded field: %s',
    (arg) => {
      expect(coordinatesIn(`${bill} type Query { bills(${arg}): [Bill!] @public }`)).toEqual([
        `Query.bills(${arg.split(':')[0]}:)`,
      ]);
    },
  );

  it('finds a value of a plain argument that names a guarded field', () => {
    const sdl = `${bill} type Query { bills(sort: Sort): [Bill!] @public } enum Sort { ID TOTAL }`;
    expect(coordinatesIn(sdl)).toEqual(['Sort.TOTAL']);
  });

  it('accepts a plain argument that is guarded as strictly as the field', () => {
    const sdl = 'type Query { bills(total: Int @auth(requires: [ADMIN])): [Bill!] @public }';
    expect(oraclesOf(`${bill} ${sdl}`)).toEqual([]);
  });

  it.each(['holderTaxNumber', 'holder_taxNumber_in'])(
    'finds %s, which names a guarded field of another object',
    (name) => {
      expect(
        oraclesOf(
          `${bill} type Query { bills(${name}: String, holderName: String): [Bill!] @public }`,
        ),
      ).toEqual([
        `Query.bills(${name}:): it reveals Holder.taxNumber to viewers who may not read it: add @auth(requires: [EDITOR])`,
      ]);
    },
  );

  it('finds an enum value by which a list is ordered', () => {
    const sdl = `${bill} ${list} input BillWhere { id: ID }
      enum BillOrderBy { ID_ASC TOTAL TOTAL_ASC total_DESC TOTAL_DESC_NULLS_LAST PAID_AT }`;
    expect(coordinatesIn(sdl)).toEqual([
      'BillOrderBy.TOTAL',
      'BillOrderBy.TOTAL_ASC',
      'BillOrderBy.total_DESC',
      'BillOrderBy.TOTAL_DESC_NULLS_LAST',
    ]);
  });

  it('finds an enum value inside the input type of an order', () => {
    const sdl = `type Query { bills(orderBy: [BillOrderBy!]): [Bill!] @public }
      input BillOrderBy { field: BillField! direction: Direction }
      enum BillField { ID TOTAL } enum Direction { ASC DESC }`;
    expect(coordinatesIn(`${bill} ${sdl}`)).toEqual(['BillField.TOTAL']);
  });

  it.each([
    'total_gte',
    'totalGte',
    'minTotal',
    'TOTAL_NOT_IN',
    'has_total',
    'totalIsNull',
    'total__gte',
    '_total',
    'total_startsWith',
    'some_total',
    'total_icontains',
    'order_total',
  ])('reads %s as the field with an operator', (name) => {
    const sdl = `${bill} ${list} ${noOrder} input BillWhere { ${name}: Int }`;
    expect(coordinatesIn(sdl)).toEqual([`BillWhere.${name}`]);
  });

  it.each(['taxNumber', 'TAX_NUMBER', 'tax_number_in'])(
    'reads %s as a name of two words',
    (name) => {
      expect(coordinatesIn(holders(name))).toEqual([`HolderWhere.${name}`]);
    },
  );

  it.each(['tax', 'number', 'numberTax', 'taxMinNumber', 'taxNumbers'])(
    'reads %s as another name than taxNumber',
    (name) => {
      expect(oraclesOf(holders(name))).toEqual([]);
    },
  );

  it.each(['subtotal', 'totals', 'totalOfHolder', 'grandTotal'])(
    'reads %s as another name',
    (name) => {
      const sdl = `${bill} ${list} ${noOrder} input BillWhere { ${name}: Int }`;
      expect(oraclesOf(sdl)).toEqual([]);
    },
  );

  it('accepts a member that is guarded as strictly as the field', () => {
    const members = 'total: Int @auth(requires: [ADMIN]) note: String @auth(requires: [ADMIN])';
    expect(oraclesOf(`${bill} ${list} ${noOrder} input BillWhere { ${members} }`)).toEqual([]);
  });

  it('finds a member that is guarded less strictly', () => {
    const members = 'total: Int @auth(requires: [ADMIN, USER])';
    expect(coordinatesIn(`${bill} ${list} ${noOrder} input BillWhere { ${members} }`)).toEqual([
      'BillWhere.total',
    ]);
  });

  it.each([
    { where: 'the list', sdl: 'bills(where: BillWhere): [Bill!] @auth(requires: [ADMIN])' },
    {
      where: 'the argument',
      sdl: 'bills(where: BillWhere @auth(requires: [ADMIN])): [Bill!] @public',
    },
  ])('accepts a filter when $where has the guard', ({ sdl }) => {
    expect(oraclesOf(`${bill} type Query { ${sdl} } input BillWhere { total: Int }`)).toEqual([]);
  });

  it('finds a filter that one of several lists leaves open', () => {
    const sdl = `${bill} input BillWhere { total: Int } type Query {
      a(where: BillWhere): [Bill] @auth(requires: [ADMIN]) b(where: BillWhere): [Bill] @auth
    }`;
    expect(coordinatesIn(sdl)).toEqual(['BillWhere.total']);
  });

  it('finds once a filter that several lists leave open', () => {
    const sdl = `${bill} input BillWhere { total: Int } type Query {
      a(where: BillWhere): [Bill] @auth(requires: [USER]) b(where: BillWhere): [Bill] @auth
    }`;
    expect(coordinatesIn(sdl)).toEqual(['BillWhere.total']);
  });

  it('does not take a policy of the list for one of its items', () => {
    const sdl = `type Query { bills(where: BillWhere): [Bill!] @auth(requires: [ADMIN], or: [SELF]) }
      input BillWhere { note: String }`;
    expect(coordinatesIn(`${bill} ${sdl}`)).toEqual(['BillWhere.note']);
  });

  it('advises to remove what only a policy could guard', () => {
    const sdl = `type Query { notes(where: NoteWhere): [Note!] @auth }
      type Note { text: String @auth(or: [SELF]) } input NoteWhere { text: String }`;
    expect(oraclesOf(sdl)).toEqual([
      'NoteWhere.text: it reveals Note.text to viewers who may not read it: remove it, because a policy cannot guard it',
    ]);
  });

  it.each([
    'type Bills { total: Int edges: [BillEdge!]! } type BillEdge { node: Bill! }',
    'type Bills { total: Int nodes: [Bill!]! }',
  ])('compares with the nodes of a connection: %s', (connection) => {
    const sdl = `${bill} type Query { bills(where: BillWhere): Bills! @public } ${connection}
      input BillWhere { total: Int }`;
    expect(coordinatesIn(sdl)).toEqual(['BillWhere.total']);
  });

  it('compares a nested filter with the type of the field that it names', () => {
    const sdl = `${bill} ${list} ${noOrder}
      input BillWhere { holder: HolderRelationFilter AND: [BillWhere!] OR: [BillWhere!] }
      input HolderRelationFilter { is: HolderWhere isNot: HolderWhere }
      input HolderWhere { total: Int taxNumber: StringFilter NOT: HolderWhere }
      input StringFilter { equals: String }`;
    expect(coordinatesIn(sdl)).toEqual(['HolderWhere.taxNumber']);
  });

  it('compares with every implementation of an interface', () => {
    const sdl = `type Query { things(where: ThingFilter): [Thing] @public } interface Thing { id: ID }
      type Box implements Thing { id: ID weight: Int @auth } input ThingFilter { weight: Int }`;
    expect(oraclesOf(sdl)).toEqual([
      'ThingFilter.weight: it reveals Box.weight to viewers who may not read it: add @auth',
    ]);
  });

  it('reads each way through input types that refer to each other once', () => {
    const names = Array.from({ length: 40 }, (_, index) => `T${index}`);
    const types = names.map(
      (name) =>
        `type ${name} { n: Int ${name === 'T39' ? 'secret: Int @auth' : ''}
          ${names.map((other) => `to${other}: ${other}`).join(' ')} }
        input ${name}Where { n: Int secret: Int
          ${names.map((other) => `to${other}: ${other}Where`).join(' ')} }`,
    );
    const root = 'type Query { list(where: T0Where): [T0] @public }';
    expect(coordinatesIn(`${root} ${types.join(' ')}`)).toEqual(['T39Where.secret']);
  });

  describe('with rows', () => {
    const mine = 'bills(where: BillWhere): [Bill!] @auth(requires: [ADMIN], rows: [SELF])';
    const both = { reads: [], admits: () => true, where: () => ({}) };
    const found = (sdl: string) => {
      const guarded = guard(`${withPolicies} ${sdl}`, { policies: { SELF: both, BOSS: both } });
      return findOracles(guarded.source, guarded.requirements).map(describeFinding);
    };

    it('accepts a filter by a field that the policies of the rows admit the viewer to', () => {
      expect(found(`${bill} type Query { ${mine} } input BillWhere { note: String }`)).toEqual([]);
    });

    it('finds a filter by a field that those who get all rows may not read', () => {
      const sdl = `type Query { ${mine} } type Bill { note: String @auth(or: [SELF]) }
        input BillWhere { note: String }`;
      expect(found(sdl)).toEqual([expect.stringMatching(/^BillWhere.note: .* remove it/)]);
    });

    it('finds a filter by a field that other policies guard', () => {
      const sdl = `type Query { ${mine} } type Bill { note: String @auth(or: [BOSS]) }
        input BillWhere { note: String }`;
      expect(found(sdl)).toHaveLength(1);
    });

    it('does not take the policy of a row for one of an object inside it', () => {
      const sdl = `type Query { ${mine} } type Bill { id: ID parent: Bill
          note: String @auth(requires: [ADMIN], or: [SELF]) }
        input BillWhere { note: String parent: BillParentWhere AND: [BillWhere] }
        input BillParentWhere { note: String }`;
      expect(found(sdl)).toEqual([expect.stringMatching(/^BillParentWhere.note: /)]);
    });

    it.each([
      'input BillWhere { holder: HolderWhere } input HolderWhere { name: String }',
      'input BillWhere { holder: ID }',
      'input BillWhere { holderName: String }',
      'enum BillWhere { HOLDER_NAME_ASC }',
    ])('finds what leads through a relation into a type with a rule: %s', (where) => {
      const sdl = `type Query { bills(by: BillWhere): [Bill!] @auth } ${where}
        type Bill { id: ID holder: Holder } type Holder @auth(requires: [ADMIN], rows: [SELF]) { name: String }`;
      expect(found(sdl)).toEqual([
        expect.stringMatching(/^BillWhere.holder.* add @auth\(requires: \[ADMIN\]\)$/i),
      ]);
    });

    it('accepts it where every viewer gets all rows of that type', () => {
      const sdl = `type Query { bills(by: BillWhere): [Bill!] @auth(requires: [ADMIN]) }
        input BillWhere { holder: HolderWhere } input HolderWhere { name: String }
        type Bill { id: ID holder: Holder } type Holder @auth(requires: [ADMIN], rows: [SELF]) { name: String }`;
      expect(found(sdl)).toEqual([]);
    });

    it('accepts an id of that type that is checked', () => {
      const sdl = `directive @references(type: String!) on ARGUMENT_DEFINITION
        type Query { bills(holder: ID @references(type: "Holder")): [Bill!] @auth }
        type Bill { id: ID holder: Holder } type Holder @auth(rows: [SELF]) { name: String }`;
      expect(found(sdl)).toEqual([]);
    });

    it.each(['[Note!]', 'Notes'])(
      'accepts a filter by a field that the rule of the listed type allows the viewer to: %s',
      (list) => {
        const sdl = `type Query { notes(where: NoteWhere): ${list} @auth }
          type Notes { nodes: [Note!]! } type Note @auth(rows: [SELF]) { text: String @auth(or: [SELF]) }
          input NoteWhere { text: String }`;
        expect(found(sdl)).toEqual([]);
      },
    );

    it('finds a filter by a nested list of which the viewer gets a part', () => {
      const sdl = `type Query { holders(where: HolderWhere): [Holder!] @auth }
        type Holder { bills: [Bill!] @auth(requires: [ADMIN], rows: [SELF]) } type Bill { id: ID }
        input HolderWhere { bills: BillWhere } input BillWhere { id: ID }`;
      expect(found(sdl)).toEqual([
        'HolderWhere.bills: it reveals Holder.bills to viewers who may not read it: add @auth(requires: [ADMIN])',
      ]);
    });
  });
});
