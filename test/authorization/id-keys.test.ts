import { isDeepStrictEqual } from 'node:util';
import {
  createAdmit,
  createAuthorization,
  directiveTypeDefs,
  type RowType,
} from '@graphql-gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import fc from 'fast-check';
import { GraphQLScalarType, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { idKey } from '../../packages/authorization/src/enforcement/references/id-key.ts';
import { seed } from './property-run.ts';
import { type NamedViewer, named } from './rows-world.ts';

interface Context {
  readonly viewer: NamedViewer;
}

interface Thing {
  readonly id: unknown;
  readonly owner: string;
}

const ada = named('ada');

/**
 * A domain whose ids are made by a scalar from what the client sends. `remove` returns the ids that its resolver got, and
 * `byIds` returns the things whose ids are equal by `isSame`.
 */
function world(
  things: readonly Thing[],
  {
    parseId = (given) => given,
    isSame = Object.is,
    ...type
  }: {
    readonly parseId?: (given: unknown) => unknown;
    readonly isSame?: (left: unknown, right: unknown) => boolean;
  } & Partial<RowType<Context>> = {},
) {
  const log: string[] = [];
  const reads: (readonly unknown[])[] = [];
  const schema = makeExecutableSchema({
    typeDefs: `${directiveTypeDefs()}
      enum Group { ADMIN }
      enum Policy { OWNER }
      scalar ThingId
      type Thing @auth(rows: [OWNER]) { owner: String }
      type Query { a: Thing @auth }
      type Mutation {
        remove(ids: [ThingId!]! @references(type: "Thing"), plain: [ID!] @references(type: "Thing")): Int @auth
      }`,
    resolvers: {
      ThingId: new GraphQLScalarType({ name: 'ThingId', parseValue: parseId }),
      Mutation: {
        remove: (_source, { ids, plain = [] }) => ids.length + plain.length,
      },
    },
  });
  const authorization = createAuthorization<NamedViewer, Context>(schema, {
    policies: {
      OWNER: {
        reads: ['owner'],
        admits: (viewer, { owner }) => owner === viewer.name,
        where: (viewer) => ({ owner: viewer.name }),
      },
    },
    viewerOf: ({ viewer }) => viewer,
    onRowsError: ({ message }) => void log.push(message),
    types: {
      Thing: {
        byIds: (ids, { where }) => {
          reads.push(ids);
          const { owner }: { owner?: string } = Object(where);
          return things.filter(
            (thing) =>
              ids.some((id) => isSame(id, thing.id)) &&
              (owner === undefined || thing.owner === owner),
          );
        },
        ...type,
      },
    },
  });

  /** Returns how many ids the resolver got, or the first argument that names no row. */
  async function remove(ids: readonly unknown[], plain: readonly string[] = []): Promise<unknown> {
    const request = {
      document: parse(
        'mutation ($ids: [ThingId!]!, $plain: [ID!]) { remove(ids: $ids, plain: $plain) }',
      ),
      variableValues: { ids, plain },
      contextValue: { viewer: ada },
    };
    const admission = await createAdmit(authorization)(request);
    if (admission.kind === 'answered') {
      return admission.result.errors?.map(({ extensions }) => extensions?.argument);
    }
    const { data } = await authorization.execute({ schema: authorization.schema, ...request });
    return data?.remove;
  }

  const find = (id: unknown) => authorization.find('Thing', id, { viewer: ada });
  return { remove, find, log, reads };
}

/** An id of a class without a `toString`. */
class Opaque {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

/** An id whose text leaves out the type. */
class GlobalId {
  readonly type: string;
  readonly id: string;
  constructor(text: string) {
    const [type = '', id = ''] = text.split(':');
    this.type = type;
    this.id = id;
  }
  toString(): string {
    return this.id;
  }
}

class OtherGlobalId extends GlobalId {}

/** Values of which another can have the same text. */
const withoutText: readonly {
  readonly title: string;
  readonly make: (given: unknown) => unknown;
}[] = [
  { title: 'an object of a class without toString', make: (given) => new Opaque(given) },
  { title: 'a Map', make: (given) => new Map([['id', given]]) },
  { title: 'a Set', make: (given) => new Set([given]) },
  { title: 'bytes without a view', make: (given) => new TextEncoder().encode(`${given}`).buffer },
  { title: 'a function', make: (given) => () => given },
  { title: 'a symbol', make: (given) => Symbol(`${given}`) },
  { title: 'an invalid date', make: (given) => new Date(`none ${given}`) },
  { title: 'not a number', make: () => Number.NaN },
  {
    title: 'an object that has no text',
    make: (given) => Object.create(Object.create(null, { given: { value: given } })),
  },
  {
    title: 'an object whose toString throws',
    make: (given) => ({ given, toString: 1, [Symbol.toPrimitive]: 1, self: new Opaque(given) }),
  },
];

describe('an id without a text of its own', () => {
  const places: readonly { readonly place: string; readonly wrap: (id: unknown) => unknown }[] = [
    { place: 'alone', wrap: (id) => id },
    { place: 'in a list', wrap: (id) => ['a', [id]] },
    { place: 'as a part', wrap: (id) => ({ a: 'a', part: id }) },
  ];
  const cases = withoutText.flatMap((each) => places.map((place) => ({ ...each, ...place })));

  it.each(cases)('is missing and logged once, as $title $place', async ({ make, wrap }) => {
    const made = new Map<unknown, unknown>();
    const parseId = (given: unknown) => {
      const id = made.get(given) ?? wrap(make(given));
      made.set(given, id);
      return id;
    };
    const [hidden, own] = [parseId('hidden'), parseId('own')];
    const { remove, find, log, reads } = world(
      [
        { id: hidden, owner: 'bob' },
        { id: own, owner: 'ada' },
      ],
      { parseId },
    );
    expect(await remove(['hidden', 'own'])).toEqual(['ids.0']);
    expect(log).toEqual([
      expect.stringContaining('Thing: an id is missing, because it has no text'),
    ]);
    expect(await Promise.all([find(hidden), find(own), find('null')])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(reads).toEqual([['null']]);
  });

  it('leaves a row out, which is logged', async () => {
    const things = [{ id: '1', owner: 'ada' }];
    const { find, log } = world(things, { idOf: ({ id }) => new Opaque(id) });
    expect(await find('1')).toBeUndefined();
    expect(log).toEqual([expect.stringContaining('Thing: a row was left out')]);
  });

  it('is not the text null, nor is null', async () => {
    const things = [{ id: 'null', owner: 'ada' }];
    const { find, reads } = world(things);
    expect(await find('null')).toEqual(things[0]);
    expect(await find(null)).toBeUndefined();
    expect(await find(undefined)).toBeUndefined();
    expect(await find({ part: null })).toBeUndefined();
    expect(reads).toEqual([['null'], [{ part: null }]]);
  });
});

describe('ids of one read that have one text', () => {
  const isSame = (left: unknown, right: unknown) => `${left}` === `${right}`;
  const things = [{ id: '1', owner: 'ada' }];

  it.each([
    { title: 'another type', make: (given: string) => new GlobalId(given) },
    {
      title: 'another class',
      make: (given: string) => new (given[0] === 'A' ? GlobalId : OtherGlobalId)('A:1'),
    },
    {
      title: 'a part that differs',
      make: (given: string) => Object.assign(new GlobalId('A:1'), { part: { of: [given[0]] } }),
    },
    {
      title: 'a property that one of them has',
      make: (given: string) =>
        Object.assign(new GlobalId('A:1'), given[0] === 'A' ? { part: 1 } : {}),
    },
    {
      title: 'a function that differs',
      make: (given: string) => Object.assign(new GlobalId('A:1'), { get: () => given }),
    },
    {
      title: 'a part that has no end',
      make: () => {
        const id = new GlobalId('A:1');
        return Object.assign(id, { self: id });
      },
    },
  ])('are missing and logged, if they have $title', async ({ make }) => {
    const parseId = (given: unknown) => make(String(given));
    const { remove, log } = world(things, { parseId, isSame });
    expect(await remove(['A:1'])).toBe(1);
    expect(await remove(['A:1', 'B:1'])).toEqual(['ids.0']);
    expect(log).toEqual([
      expect.stringContaining('Thing: ids are missing, because they have one text'),
    ]);
  });

  it('name the row, if they are equal', async () => {
    const parseId = (given: unknown) =>
      Object.assign(new GlobalId(String(given)), { at: [new Date(0), { of: 1n }], by: undefined });
    const { remove, log, reads } = world(things, { parseId, isSame });
    expect(await remove(['A:1', 'A:1'])).toBe(2);
    expect(reads).toHaveLength(1);
    expect(reads[0]).toHaveLength(1);
    expect(log).toEqual([]);
  });

  it('are read apart, if one is a text and the other an object', async () => {
    const parseId = (given: unknown) => new GlobalId(String(given));
    const byType = (id: unknown, of: unknown) => `${id}` === of && Object(id).type !== 'B';
    const { remove, find, reads } = world(things, { parseId, isSame: byType });
    expect(await remove(['B:1'], ['1'])).toEqual(['ids.0']);
    expect(await remove(['A:1'], ['1'])).toBe(2);
    expect(reads).toEqual([[new GlobalId('B:1')], ['1'], [new GlobalId('A:1')], ['1']]);
    expect(await Promise.all([find('1'), find(new GlobalId('B:1'))])).toEqual([
      things[0],
      undefined,
    ]);
  });
});

describe('rows with one id', () => {
  it('do not exist for a viewer from whom one of them is hidden', async () => {
    const byIds = () => [
      { id: '1', owner: 'ada' },
      { id: '1', owner: 'bob' },
      { id: 2, owner: 'ada' },
      { id: '2', owner: 'ada', isSecond: true },
    ];
    const { find } = world([], { byIds });
    expect(await find('1')).toBeUndefined();
    expect(await find('2')).toEqual({ id: 2, owner: 'ada' });
  });
});

describe('a UUID in another case', () => {
  const lower = '0196f3b0-4f4e-7d3a-9b1c-2a5d8e7f6c4b';
  const upper = lower.toUpperCase();
  const exactly = Object.is;
  const inAnyCase = (left: unknown, right: unknown) =>
    String(left).toLowerCase() === String(right).toLowerCase();

  it('names the row, where the database compares UUIDs', async () => {
    const own = { id: lower, owner: 'ada' };
    const { remove, find, reads } = world([own], { isSame: inAnyCase });
    expect(await remove([upper, lower])).toBe(2);
    expect(await find(upper)).toEqual(own);
    expect(reads.length).toBeLessThanOrEqual(4);
    const hidden = world([{ id: lower, owner: 'bob' }], { isSame: inAnyCase });
    expect(await hidden.remove([upper])).toEqual(['ids.0']);
  });

  it('is another row where the database compares texts, hidden or shown', async () => {
    const own = { id: lower, owner: 'ada' };
    const hidden = world([own, { id: upper, owner: 'bob' }], { isSame: exactly });
    expect(await hidden.remove([lower, upper])).toEqual(['ids.1']);
    expect(await Promise.all([hidden.find(upper), hidden.find(lower)])).toEqual([undefined, own]);
    const shown = world([own, { id: upper, owner: 'ada' }], { isSame: exactly });
    expect(await Promise.all([shown.find(upper), shown.find(lower)])).toEqual([
      { id: upper, owner: 'ada' },
      own,
    ]);
  });

  it('is another row also where `byIds` ignores its filter', async () => {
    const things = [
      { id: lower, owner: 'ada' },
      { id: upper, owner: 'bob' },
    ];
    const { remove } = world([], { byIds: () => things });
    expect(await remove([lower, upper])).toEqual(['ids.1']);
  });

  it('is the only text that is looked for in lower case', async () => {
    const { remove } = world([{ id: 'abc', owner: 'ada' }], { isSame: inAnyCase });
    expect(await remove(['ABC'])).toEqual(['ids.0']);
  });
});

describe('the key of an id', () => {
  const text = fc.oneof(
    fc.constantFrom(
      '',
      '1',
      'null',
      'true',
      '[]',
      '{}',
      '["1"]',
      '{"bytes":[]}',
      '[object Object]',
    ),
    fc.string({ maxLength: 2 }),
  );
  const leaf = fc.oneof(
    text,
    fc.integer({ min: -1, max: 2 }),
    fc.bigInt({ min: 0n, max: 2n }),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 2 }),
    fc.constantFrom(new Date(0), new Date(1), new Date(0).toJSON()),
  );
  const { id } = fc.letrec<{ id: unknown }>((tie) => ({
    id: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      leaf,
      fc.array(tie('id'), { maxLength: 2 }),
      fc.dictionary(fc.constantFrom('a', 'b', '0', '__proto__', 'parts'), tie('id'), {
        maxKeys: 2,
      }),
    ),
  }));

  /** The oracle: an id of which equal values are equal ids. */
  function normalized(value: unknown): unknown {
    if (value instanceof Date) return value.toJSON();
    if (value === null || value instanceof Uint8Array) return value;
    if (Array.isArray(value)) return value.map(normalized);
    if (typeof value !== 'object') return String(value);
    return new Map(Object.entries(value).map(([name, part]) => [name, normalized(part)]));
  }

  it('is that of another exactly if both are equal', () => {
    const pair = fc.oneof(
      fc.tuple(id, id),
      id.map((each) => [each, structuredClone(each)] as const),
    );
    fc.assert(
      fc.property(pair, ([left, right]) => {
        const isEqual = isDeepStrictEqual(normalized(left), normalized(right));
        expect(idKey(left) === idKey(right)).toBe(isEqual);
      }),
      { seed, numRuns: 3_000 },
    );
  });

  it('does not grow faster than the id', () => {
    let deep: unknown = '"';
    for (let depth = 0; depth < 200; depth += 1) deep = depth % 2 === 0 ? [deep] : { a: deep };
    expect(idKey(deep)?.length).toBeLessThan(10_000);
  });

  it('is missing for an object that contains itself', () => {
    const list: unknown[] = [];
    list.push(list);
    expect(idKey(list)).toBeUndefined();
  });
});
