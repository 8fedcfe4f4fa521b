import { execute, parse } from 'graphql';
import { beforeEach, describe, expect, it } from 'vitest';
import { guardBuilt } from './fixtures.ts';
import { buildSubgraph, federationFields, federationTypeDefs } from './subgraph-schema.ts';
import { selects, viewerFrom } from './within-world.ts';

const invoices = [
  { id: 'ia', organizationId: 'a', totalCents: 1 },
  { id: 'ib', organizationId: 'b', totalCents: 2 },
];
const filters: unknown[] = [];
const { schema } = guardBuilt(
  buildSubgraph(
    `${federationTypeDefs}
     extend enum Group {
       BILLING @within(type: "Organization") @implies(groups: [MEMBER])
       MEMBER @within(type: "Organization")
     }
     type Query { ${federationFields} }
     union _Entity = Organization | Invoice
     type Organization @key(fields: "id") @within(type: "Organization", by: "id") @auth(requires: [MEMBER]) { id: ID! }
     type Invoice @key(fields: "id") @within(type: "Organization", by: "organizationId") @auth(requires: [MEMBER]) {
       id: ID!
       organizationId: ID!
       totalCents: Int @auth(requires: [BILLING])
     }`,
  ),
  {
    policies: { SELF: () => false },
    types: {
      Organization: { byIds: (ids) => ids.map((id) => ({ id })) },
      Invoice: {
        byIds: (ids, { where }) => {
          filters.push(where);
          return invoices.filter(
            (row) => ids.includes(row.id) && (where === undefined || selects(where, row)),
          );
        },
      },
    },
  },
);

type Places = Readonly<Record<string, readonly string[]>>;

async function refer(representations: readonly object[], places: Places, fields = 'id') {
  const { data, errors } = await execute({
    schema,
    document: parse(
      `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Invoice { ${fields} } ... on Organization { id } } }`,
    ),
    variableValues: { of: representations },
    contextValue: { viewer: viewerFrom({ places }) },
  });
  return { found: data?._entities, reasons: errors?.map(({ extensions }) => extensions.reason) };
}

const invoice = (id: string, more: object = {}) => ({ __typename: 'Invoice', id, ...more });
const inA: Places = { MEMBER: ['a'] };

beforeEach(() => {
  filters.length = 0;
});

describe('a reference to a row within a place', () => {
  it('is read for those who belong to the place of the row, and for no others', async () => {
    expect((await refer([invoice('ia'), invoice('ib')], inA)).found).toEqual([{ id: 'ia' }, null]);
    expect((await refer([invoice('ia'), invoice('ib')], {})).found).toEqual([null, null]);
  });

  it.each([
    ['the place of the viewer', { organizationId: 'a' }],
    ['several places', { organizationId: ['a', 'b'] }],
    ['the row of the viewer', { organizationId: 'a', totalCents: 1, organization: { id: 'a' } }],
  ])('brings no place with it: %s', async (_what, more) => {
    expect(await refer([invoice('ib', more)], inA)).toEqual({ found: [null], reasons: undefined });
    const found = await refer([invoice('ia', { organizationId: 'b' })], inA, 'id organizationId');
    expect(found).toEqual({ found: [{ id: 'ia', organizationId: 'a' }], reasons: undefined });
  });

  it('is read with the filter of the places of the viewer', async () => {
    await refer([invoice('ia', { organizationId: 'b' }), invoice('ib')], inA);
    expect(filters).toEqual([{ organizationId: { in: ['a'] } }]);
  });

  it('has its fields decided in the place of the row', async () => {
    const places: Places = { BILLING: ['b'], MEMBER: ['a'] };
    expect(await refer([invoice('ib')], places, 'totalCents')).toEqual({
      found: [{ totalCents: 2 }],
      reasons: undefined,
    });
    const more = { organizationId: 'b', totalCents: 2 };
    expect(await refer([invoice('ia', more)], places, 'totalCents')).toMatchObject({
      found: [{ totalCents: null }],
      reasons: ['GROUP_REQUIRED'],
    });
  });
});
