import { execute, parse } from 'graphql';
import { beforeEach, expect, it } from 'vitest';
import { guardBuilt } from './fixtures.ts';
import { at, clock } from './proofs-world.ts';
import {
  buildSubgraph,
  federationFields,
  federationTypeDefs,
  referenceResolvers,
} from './subgraph-schema.ts';

const owners: Readonly<Record<string, string>> = { mine: 'me', other: 'you' };
const read: string[] = [];
const resolve = ({ id }: { readonly id: string }) => {
  read.push(id);
  return { __typename: 'Vault', id, owner: owners[id] };
};
const { schema } = guardBuilt(
  buildSubgraph(
    `${federationTypeDefs}
     type Query { ${federationFields} }
     union _Entity = Vault
     interface Paper @key(fields: "id") { id: ID! }
     type Vault implements Paper @key(fields: "id") @auth(requires: [ADMIN], rows: [SELF], factors: 2) { id: ID! }`,
    referenceResolvers({ Vault: resolve, Paper: resolve }),
  ),
  {
    now: clock.now,
    policies: {
      SELF: { reads: ['owner'], admits: (_viewer, { owner }) => owner === 'me', where: () => ({}) },
    },
  },
);

async function refer(__typename: string, id: string, groups: readonly string[]) {
  const authenticatedAt = { PASSWORD: at(-10) };
  const viewer = { isAuthenticated: true, groups: new Set(groups), authenticatedAt } as const;
  const { data, errors } = await execute({
    schema,
    document: parse('query ($of: [_Any!]!) { _entities(representations: $of) { __typename } }'),
    variableValues: { of: [{ __typename, id }] },
    contextValue: { viewer },
  });
  return { found: data?._entities, reasons: errors?.map(({ extensions }) => extensions.reason) };
}

beforeEach(() => {
  read.length = 0;
});

it.each([[[]], [['ADMIN']]])(
  'a reference by the type is not read without the proof: %j',
  async (groups) => {
    for (const id of ['mine', 'other']) {
      expect(await refer('Vault', id, groups)).toEqual({
        found: [null],
        reasons: ['FACTORS_MISSING'],
      });
    }
    expect(read).toEqual([]);
  },
);

it('a reference by an interface is refused for a row that is not hidden', async () => {
  expect(await refer('Paper', 'other', [])).toEqual({ found: [null], reasons: undefined });
  expect(await refer('Paper', 'mine', [])).toEqual({ found: [null], reasons: ['FACTORS_MISSING'] });
  expect(await refer('Paper', 'other', ['ADMIN'])).toMatchObject({ reasons: ['FACTORS_MISSING'] });
});
