import type { IResolvers } from '@graphql-tools/utils';
import type { GraphQLFieldResolver } from 'graphql';
import { describe, expect, it } from 'vitest';
import { anonymous, holding } from './fixtures.ts';
import { type Context, compare, contextOf, guardCounting, rows, staff } from './list-fixtures.ts';

type Resolver = GraphQLFieldResolver<unknown, Context>;

const typeDefs = `
  enum Group { STAFF }
  directive @auth(requires: [Group!]) repeatable on FIELD_DEFINITION | OBJECT
  directive @public on FIELD_DEFINITION
  type Query { items: [Item!] @public, other: [Item!] @public, later: [Item!] @public }
  type Item { name: String @auth(requires: [STAFF]), note: String, upper: String, secret: String @auth(requires: [STAFF]) }
`;

const guardResolvers = (resolvers: IResolvers<unknown, Context>) =>
  guardCounting(typeDefs, { Query: { items: rows, other: rows, later: rows }, ...resolvers });

const lengthOf = (list: unknown) => (Array.isArray(list) ? list.length : undefined);

/** Calls the guarded resolver of `items` from another resolver. */
const callItems = (
  [source, args, context, info]: Parameters<Resolver>,
  other: { readonly context?: Context; readonly fieldName?: string },
): unknown =>
  info.parentType
    .getFields()
    .items?.resolve?.(source, args, other.context ?? context, { ...info, ...other });

describe('a resolver of a compiled operation', () => {
  it.each([
    { title: 'of another field', field: 'other' },
    { title: 'of its own field, for another viewer', field: 'items' },
  ])('gets the whole list from the guarded resolver $title', async ({ field }) => {
    const lists: unknown[] = [];
    const other = contextOf(anonymous);
    const resolve: Resolver = (...call) => {
      if (call[2] !== other) lists.push(callItems(call, { context: other, fieldName: 'items' }));
      return rows();
    };
    const authorization = guardResolvers({ Query: { items: rows, [field]: resolve } });
    await compare(authorization, `{ ${field} { note } }`, { contextValue: staff() });
    expect(lists.map(lengthOf)).toEqual([5, 5, 5]);
  });

  it('can end the rights of the viewer for the fields after it', async () => {
    const upper: Resolver = (_item, _args, context) => {
      Object.assign(context, { viewer: holding() });
      return 'changed';
    };
    const { data, errors } = await compare(
      guardResolvers({ Item: { upper } }),
      '{ items { name upper secret again: name } }',
      { contextValue: staff() },
    );
    expect(Object(data?.items)[0]).toEqual({
      name: 'name 0',
      upper: 'changed',
      secret: null,
      again: null,
    });
    expect(errors).toHaveLength(4 * 3 + 2);
  });

  it('can end the rights of the viewer while another waits', async () => {
    const later: Resolver = async (_query, _args, context) => {
      await Promise.resolve();
      Object.assign(context, { viewer: holding() });
      return rows();
    };
    const Query = { items: rows, later };
    const { data, errors } = await compare(
      guardResolvers({ Query }),
      '{ items { name } later { name } }',
      { contextValue: staff() },
    );
    expect(Object(data?.items)[0]).toEqual({ name: 'name 0' });
    expect(errors).toHaveLength(5);
  });
});

describe('a property of a compiled operation', () => {
  it.each([
    { title: 'a text', value: () => 'heron' },
    { title: 'null', value: () => null },
    { title: 'a value of another type', value: () => ({}) },
    { title: 'an error', value: () => new Error('heron') },
    { title: 'a promise', value: async () => 'heron' },
    {
      title: 'a rejection',
      value: async () => {
        throw new Error('heron');
      },
    },
    {
      title: 'an error that it throws',
      value: () => {
        throw new Error('heron');
      },
    },
  ])('is read once with $title', async ({ value }) => {
    let reads = 0;
    const item = {
      get note() {
        reads += 1;
        return value();
      },
    };
    const authorization = guardResolvers({ Query: { items: () => [{ note: 'a' }, item] } });
    await compare(authorization, '{ items { note } }', { contextValue: staff() });
    // Once by graphql-js for the first execution, by the compiled one, and by graphql-js again.
    expect(reads).toBe(3);
  });
});
