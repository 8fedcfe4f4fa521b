import {
  type AuthorizationOptions,
  createAuthorization,
  directiveTypeDefs,
  type RowsError,
  type Viewer,
} from '@graphql-gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const schema = makeExecutableSchema({
  typeDefs: [
    directiveTypeDefs(),
    `enum Group { ACCOUNTANT }
     enum Policy { CUSTOMER }
     type Query { bills: [Bill!]! @auth }
     type Bill @auth(requires: [ACCOUNTANT], rows: [CUSTOMER]) { id: ID! }`,
  ],
});

type Combine = AuthorizationOptions<Viewer, unknown>['combineFilters'];

/** Returns the filter of the bills that exist for a viewer, by what `where` returns, or throws. */
function filterOf(filter: unknown, combineFilters?: Combine) {
  const errors: RowsError[] = [];
  const authorization = createAuthorization<Viewer, unknown>(schema, {
    policies: { CUSTOMER: { reads: [], admits: () => true, where: () => filter } },
    viewerOf: () => ({ isAuthenticated: true, groups: new Set() }),
    onRowsError: (error) => void errors.push(error),
    ...(combineFilters && { combineFilters }),
  });
  return { find: () => authorization.filterOf('Bill', {}), errors };
}

/** A builder of queries, of which some parts are undefined. */
class Condition {
  readonly column = 'customer';
  readonly alias = undefined;
}

const own = { any: () => ({}), all: () => ({}) };

describe('a filter for a sum, which no guard checks', () => {
  it.each([
    { title: 'a property', filter: { customerId: undefined }, path: 'customerId' },
    { title: 'a nested one', filter: { customer: { id: undefined } }, path: 'customer.id' },
    { title: 'one in a list', filter: { OR: [{ a: 1 }, { b: undefined }] }, path: 'OR.1.b' },
    { title: 'an item', filter: { id: { in: [1, undefined] } }, path: 'id.in.1' },
    // biome-ignore lint/suspicious/noSparseArray: a hole is what is tested.
    { title: 'a hole in a list', filter: { OR: [{ a: 1 }, ,] }, path: 'OR.1' },
  ])('is refused when $title is undefined: Prisma would sum all rows', ({ filter, path }) => {
    for (const combine of [undefined, own]) {
      const { find, errors } = filterOf(filter, combine);
      expect(find).toThrow('Internal server error');
      expect(errors.map(String).join()).toContain(`\`${path}\` is undefined`);
    }
  });

  it.each([{}, { a: null }, { at: { lt: new Date(0) } }, { id: { in: [] } }, 'a = 1'])(
    'stays as it is otherwise: %j',
    (filter) => {
      expect(filterOf(filter).find()).toBe(filter);
    },
  );

  it('of a class is looked into for Prisma, and left to another data client', () => {
    const condition = new Condition();
    expect(filterOf({ AND: [condition] }).find).toThrow();
    expect(filterOf(condition, own).find()).toBe(condition);
  });

  it('is rejected at whatever depth the undefined value is, and only then', () => {
    const { filter } = fc.letrec<{ filter: unknown }>((tie) => ({
      filter: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(1, null, 'a', undefined),
        fc.array(tie('filter'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', 'b', 'AND'), tie('filter'), { maxKeys: 3 }),
      ),
    }));
    const hasUndefined = (value: unknown): boolean =>
      value === undefined ||
      (typeof value === 'object' && value !== null && Object.values(value).some(hasUndefined));
    fc.assert(
      fc.property(filter, (drawn) => {
        const { find } = filterOf({ where: drawn });
        if (hasUndefined(drawn)) expect(find).toThrow();
        else expect(find()).toEqual({ where: drawn });
      }),
      { numRuns: 300 },
    );
  });
});
