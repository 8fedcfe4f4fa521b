import { setImmediate } from 'node:timers/promises';
import { createAdmit } from '@graphql-gatehouse/authorization';
import fc from 'fast-check';
import { execute, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { guardBuilt, holding } from './fixtures.ts';
import { seed } from './property-run.ts';
import { buildSubgraph, federationFields, federationTypeDefs } from './subgraph-schema.ts';

/** The most reads that look for malformed ids of one type in one execution. */
const maxReads = 64;
const tooMany = { code: 'OPERATION_TOO_COMPLEX', http: { status: 400 } };

const isMalformed = (id: unknown): boolean => String(id).startsWith('malformed');

/** Two types whose rows exist for each well-formed id, and how they were read. */
function world() {
  const reads: (readonly unknown[])[] = [];
  let running = 0;
  const inParallel: number[] = [];
  const type = {
    async byIds(ids: readonly unknown[]) {
      reads.push(ids);
      running += 1;
      inParallel.push(running);
      await setImmediate();
      running -= 1;
      if (ids.some(isMalformed)) throw new TypeError('malformed');
      return ids.map((id) => ({ id }));
    },
    isWrongId: (error: unknown) => error instanceof TypeError,
  };
  const schema = buildSubgraph(`${federationTypeDefs}
    type Query { ${federationFields} bill(id: ID @references(type: "Bill")): Int @auth }
    union _Entity = Bill
    type Bill @key(fields: "id") { id: ID! }
    type Item { id: ID! bills: [Bill!] }
    type Mutation {
      pay(ids: [ID!]! @references(type: "Bill")): Int @auth
      both(bills: [ID!]! @references(type: "Bill"), items: [ID!]! @references(type: "Item")): Item @auth
    }`);
  const authorization = guardBuilt(schema, {
    types: { Bill: type, Item: type },
    policies: { SELF: () => true },
  });
  const contextValue = { viewer: holding('STAFF') };

  /** Admits an operation. Returns the arguments that name no row, or undefined if it may run. */
  async function admit(text: string, variableValues: Readonly<Record<string, unknown>>) {
    const request = { document: parse(text), variableValues, contextValue };
    const admission = await createAdmit(authorization)(request);
    if (admission.kind !== 'answered') return undefined;
    return admission.result.errors?.map(({ extensions }) => extensions?.argument);
  }
  /** Reads each of these ids alone, one after the other. Returns those that were found, until the first error. */
  async function findInOrder(ids: readonly string[], context = contextValue, of = 'Bill') {
    const found: unknown[] = [];
    for (const id of ids) found.push(await authorization.find(of, id, context));
    return found;
  }
  return { authorization, contextValue, reads, inParallel, admit, findInOrder };
}

/** Ids, of which those at some places are malformed. */
const idsOf = (length: number, malformed: readonly number[] = [], of = 'text '): string[] =>
  Array.from({ length }, (_, index) =>
    malformed.includes(index) ? `malformed ${index}` : `${of}${index}`,
  );

const pay = 'mutation ($ids: [ID!]!) { pay(ids: $ids) }';

describe('a malformed id', () => {
  it.each([0, 1, 489, 490, 979])(
    'is found among 980 by few reads, one at a time, at place %i',
    async (place) => {
      const { admit, reads, inParallel } = world();
      expect(await admit(pay, { ids: idsOf(980, [place]) })).toEqual([`ids.${place}`]);
      expect(reads.length).toBeLessThanOrEqual(21);
      expect(Math.max(...inParallel)).toBe(1);
      expect(await admit(pay, { ids: idsOf(980) })).toBeUndefined();
    },
  );

  it.each([
    { title: 'UUIDs', of: '0196f3b0-4f4e-7d3a-9b1c-2a5d8e7f6' },
    { title: 'numbers', of: '' },
  ])('is found among $title by two reads', async ({ of }) => {
    const { admit, reads } = world();
    const ids = Array.from({ length: 899 }, (_, index) => `${of}${index + 100}`);
    expect(await admit(pay, { ids: ids.with(700, 'malformed') })).toEqual(['ids.700']);
    expect(reads.map(({ length }) => length)).toEqual([899, 898]);
  });

  it('is found for each type, and the others are well-formed', async () => {
    const { admit } = world();
    const text =
      'mutation ($of: [ID!]!) { a: both(bills: $of, items: []) { id } both(bills: [1], items: $of) { id } }';
    expect(await admit(text, { of: idsOf(40, [7]) })).toEqual(['bills.7', 'items.7']);
  });

  it('is missing, alone or with others, exactly if few enough reads find all', async () => {
    const { authorization, ...calls } = world();
    const lists = fc
      .integer({ min: 1, max: 300 })
      .chain((length) =>
        fc.tuple(fc.constant(length), fc.uniqueArray(fc.nat(length - 1), { maxLength: 30 })),
      );
    const property = fc.asyncProperty(lists, async ([length, malformed]) => {
      const contextValue = { ...calls.contextValue };
      const reads = calls.reads.length;
      const ids = idsOf(length, malformed);
      const settled = await Promise.allSettled(
        ids.map((id) => authorization.find('Bill', id, contextValue)),
      );
      const isRefused = settled.some(({ status }) => status === 'rejected');
      expect(Math.max(...calls.inParallel)).toBe(1);
      const most = malformed.length === 0 ? 1 : maxReads;
      expect(calls.reads.length - reads).toBeLessThanOrEqual(most);
      if (isRefused) {
        expect(malformed.length).toBeGreaterThan(3);
        const refused = { status: 'rejected', reason: { extensions: tooMany } };
        expect(settled).toMatchObject(ids.map(() => refused));
        return;
      }
      expect(settled).toEqual(
        ids.map((id) => ({ status: 'fulfilled', value: isMalformed(id) ? undefined : { id } })),
      );
    });
    await fc.assert(property, { seed, numRuns: 100 });
  });
});

describe('malformed ids of which there are too many', () => {
  const many = idsOf(
    980,
    Array.from({ length: 490 }, (_, index) => 2 * index),
  );

  it('are refused before anything runs, after 64 reads', async () => {
    const { admit, reads } = world();
    await expect(admit(pay, { ids: many })).rejects.toMatchObject({ extensions: tooMany });
    expect(reads).toHaveLength(maxReads);
  });

  it('are counted over the fields of an execution, for each type', async () => {
    const { findInOrder, reads, contextValue } = world();
    const malformed = (count: number) =>
      Array.from({ length: count }, (_, at) => `malformed ${at}`);
    await findInOrder(malformed(maxReads));
    await findInOrder(['well-formed']);
    await expect(findInOrder(malformed(1))).rejects.toMatchObject({ extensions: tooMany });
    await findInOrder(malformed(maxReads), contextValue, 'Item');
    await findInOrder(malformed(maxReads), { ...contextValue });
    expect(reads).toHaveLength(3 * maxReads + 2);
  });

  it('are an error of the fields that the schema alone reads them for', async () => {
    const { authorization, contextValue } = world();
    const fields = Array.from({ length: 80 }, (_, at) => `f${at}: pay(ids: ["malformed"])`);
    const document = parse(`mutation { ${fields.join(' ')} }`);
    const { errors = [] } = await execute({ schema: authorization.schema, document, contextValue });
    const codes = errors.map(({ extensions }) => extensions.code);
    expect(codes.slice(0, maxReads)).toEqual(Array(maxReads).fill('NOT_FOUND'));
    expect(codes.slice(maxReads)).toEqual(Array(80 - maxReads).fill(tooMany.code));
  });

  it('are an error of the references of a subgraph, of which fewer resolve to null', async () => {
    const resolve = async (ids: readonly string[]) => {
      const { authorization, contextValue, reads } = world();
      const { data, errors = [] } = await execute({
        schema: authorization.schema,
        document: parse(
          'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Bill { id } } }',
        ),
        variableValues: { of: ids.map((id) => ({ __typename: 'Bill', id })) },
        contextValue,
      });
      return { data: JSON.parse(JSON.stringify(data)), errors, reads };
    };
    const few = await resolve(idsOf(980, [7]));
    expect(few.errors).toEqual([]);
    expect(few.data._entities).toEqual(
      idsOf(980, [7]).map((id) => (isMalformed(id) ? null : { id })),
    );
    expect(few.reads.length).toBeLessThanOrEqual(21);
    const { errors, reads } = await resolve(many);
    expect(reads).toHaveLength(maxReads);
    expect(errors[0]).toMatchObject({ path: ['_entities', 0], extensions: tooMany });
  });
});
