import { propertyOr } from '@graphql-gatehouse/authorization';
import { execute, isObjectType, parse, versionInfo } from 'graphql';
import { describe, expect, it } from 'vitest';
import { anonymous } from './fixtures.ts';
import {
  answer,
  asked,
  contextOf,
  guardCounting,
  guardLists,
  listsSdl,
  rows,
  staff,
} from './list-fixtures.ts';

describe('an execution that runs with others', () => {
  it('delivers its own lists when others run in its resolvers and with its context', async () => {
    const text = '{ items { id name } later { id } }';
    const document = parse(text);
    const inner: unknown[] = [];
    let isNested = false;
    const authorization = guardLists(() => {
      if (!isNested) {
        isNested = true;
        inner.push(execute({ schema, document, contextValue }), run());
      }
      return rows();
    });
    const { schema, execute: executeLists } = authorization;
    const contextValue = staff();
    const run = () => executeLists({ schema, document, contextValue });
    const results = await Promise.all([
      run(),
      execute({ schema, document, contextValue }),
      ...inner,
      run(),
    ]);
    const expected = await execute({ schema, document, contextValue });
    expect(inner).toHaveLength(2);
    for (const result of results) expect(result).toEqual(expected);
  });

  it('returns whole lists to code that has wrapped a resolver or calls one', async () => {
    const authorization = guardLists();
    const { schema, execute: executeLists } = authorization;
    const lengths: unknown[] = [];
    const fields = schema.getQueryType()?.getFields() ?? {};
    const { items, later } = fields;
    if (items?.resolve === undefined || later === undefined) throw new Error('No such field.');
    const { resolve } = items;
    items.resolve = (...call) => {
      const list = resolve(...call);
      lengths.push(Object(list).length);
      return list;
    };
    later.resolve = (...call) => {
      const list = resolve(...call);
      lengths.push(Object(list).length);
      return list;
    };
    const document = parse(asked);
    const { data } = await executeLists({ schema, document, contextValue: staff() });
    expect(lengths).toEqual([5, 5]);
    expect([data?.items, data?.later].map((list) => Object(list).length)).toEqual([5, 5]);
  });

  it('calls resolvers of items that were set after a document was compiled', async () => {
    const { schema, execute: executeLists } = guardLists();
    const document = parse('{ items { id name } }');
    const run = () => executeLists({ schema, document, contextValue: staff() });
    await run();
    const type = schema.getType('Item');
    const field = isObjectType(type) ? type.getFields().id : undefined;
    if (field !== undefined) field.resolve = () => 'set later';
    const { data } = await run();
    expect(Object(data?.items)[0]).toEqual({ id: 'set later', name: 'name 0' });
  });

  it('reads lists from a root value', async () => {
    const authorization = guardCounting(listsSdl, {}, { OWN: () => true });
    const request = {
      contextValue: staff(),
      rootValue: { items: rows(), page: { nodes: rows() } },
    };
    const { data } = await answer(
      authorization,
      '{ items { id } page { nodes { name } } }',
      request,
    );
    expect(data?.items).toHaveLength(5);
  });
});

describe('a resolver that reads a property first', () => {
  const typeDefs = `
    enum Group { STAFF }
    directive @auth(requires: [Group!]) repeatable on FIELD_DEFINITION
    directive @public on FIELD_DEFINITION
    type Query { items: [Item!]! @public }
    type Item { open: String, guarded: String @auth(requires: [STAFF]) }
  `;

  /** Guards items whose fields have resolvers for objects without their property. */
  function guardItems(items: readonly object[]) {
    const called: unknown[] = [];
    const or = (name: string) =>
      propertyOr(name, (source: object) => {
        called.push(source);
        return `resolved ${name}`;
      });
    const resolvers = {
      Query: { items: () => items },
      Item: { open: { resolve: or('open') }, guarded: { resolve: or('secret') } },
    };
    return { called, authorization: guardCounting(typeDefs, resolvers) };
  }

  it.each([
    {
      title: 'have both properties',
      items: [
        { open: 1, secret: 2 },
        { open: 3, secret: 4 },
      ],
      reads: 1,
    },
    { title: 'lack one', items: [{ open: 1, secret: 2 }, { open: 3 }], reads: 3 },
    { title: 'inherit one', items: [Object.create({ open: 1, secret: 2 })], reads: 3 },
    { title: 'have a method', items: [{ open: 1, secret: () => 2 }], reads: 3 },
  ])('answers as graphql-js does where objects $title', async ({ items, reads }) => {
    const { authorization, called } = guardItems(items);
    const request = { contextValue: staff() };
    await answer(authorization, '{ items { open guarded } }', request);
    // On graphql 17, graphql-js executes: nothing is compiled that could read the viewer once for many objects.
    if (versionInfo.major < 17) expect(request.contextValue.reads).toBe(reads);
    expect(called.length % 3).toBe(0);
    await answer(authorization, '{ items { open guarded } }', {
      contextValue: contextOf(anonymous),
    });
  });
});
