import type { IResolvers } from '@graphql-tools/utils';
import {
  type ExecutionArgs,
  execute,
  type GraphQLFieldResolver,
  GraphQLScalarType,
  parse,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { anonymous } from './fixtures.ts';
import { type Context, compare, contextOf, guardCounting, rows, staff } from './list-fixtures.ts';

type Resolver = GraphQLFieldResolver<unknown, Context>;

const sdl = `
  enum Group { STAFF }
  directive @auth(requires: [Group!]) repeatable on FIELD_DEFINITION | OBJECT
  directive @public on FIELD_DEFINITION
  scalar At
  type Query {
    items(at: At): [Item!] @public
    other: [Item!] @public
    page: Page @public
    always: Page! @public
  }
  type Page { nodes: [Item!]!, total: Int! }
  type Item { name: String @auth(requires: [STAFF]) }
`;

interface Parts {
  readonly items?: Resolver;
  readonly other?: Resolver;
  readonly onParse?: () => void;
}

function guardParts({ items = rows, other = rows, onParse = () => undefined }: Parts) {
  const parseValue = (value: unknown) => {
    onParse();
    return value;
  };
  const resolvers: IResolvers<unknown, Context> = {
    Query: { items, other, always: () => ({ total: null }) },
    Page: { nodes: rows },
    At: new GraphQLScalarType({ name: 'At', parseValue }),
  };
  return guardCounting(sdl, resolvers);
}

const text = 'query ($at: At) { items(at: $at) { name } }';
const lengthOf = (list: unknown) => (Array.isArray(list) ? list.length : undefined);

/** Calls the guarded resolver of `items` from another resolver. */
const callItems = (
  [source, args, context, info]: Parameters<Resolver>,
  other: { context?: Context; fieldName?: string },
): unknown =>
  info.parentType
    .getFields()
    .items?.resolve?.(source, args, other.context ?? context, { ...info, ...other });

describe('an execution that has just begun', () => {
  const document = parse(text);

  it.each([
    { title: 'for another viewer', request: () => ({ contextValue: staff() }) },
    { title: 'with another root value', request: () => ({ rootValue: {} }) },
    { title: 'of another document', request: () => ({ document: parse(text) }) },
  ])('leaves alone another that its variables start $title', async ({ request }) => {
    const inner: unknown[] = [];
    const contextValue = staff();
    const other: Partial<ExecutionArgs> = request();
    const { schema, execute: executeLists } = guardParts({
      onParse: () => inner.push(execute({ schema, document, contextValue, ...other })),
    });
    const outer = await executeLists({ schema, document, contextValue, variableValues: { at: 1 } });
    expect([outer, ...inner].map((result) => lengthOf(Object(result).data?.items))).toEqual([5, 5]);
    expect(contextValue.reads).toBe('contextValue' in other ? 1 : 6);
  });

  it('is forgotten when it fails before its first resolver', async () => {
    const { schema, execute: executeLists } = guardParts({});
    const strict = parse(text.replace('$at: At', '$at: At!'));
    const request = { schema, document: strict, contextValue: staff() };
    const failed = await executeLists(request);
    expect(failed).toMatchObject({ errors: [{ message: expect.stringContaining('$at') }] });
    const { data } = await execute({ ...request, variableValues: { at: 1 } });
    expect(lengthOf(data?.items)).toBe(5);
  });

  it('is recognized by a first field that has no resolver', async () => {
    const contextValue = staff();
    const rootValue = { page: { total: 5 } };
    await compare(guardParts({}), '{ page { nodes { name } } }', { contextValue, rootValue });
    expect(contextValue.reads).toBe(1);
  });
});

describe('the lists of an execution', () => {
  it('are whole for a resolver that calls that of another field', async () => {
    const lists: unknown[] = [];
    const authorization = guardParts({
      other: (...call) => {
        const list = callItems(call, { fieldName: 'items' });
        lists.push(list);
        return list;
      },
    });
    await compare(authorization, '{ other { name } }', { contextValue: staff() });
    expect(lists.map(lengthOf)).toEqual([5, 5]);
  });

  it('are whole for a resolver that calls its own field for another viewer', async () => {
    const lists: unknown[] = [];
    const other = contextOf(anonymous);
    const authorization = guardParts({
      items: (...call) => {
        if (call[2] !== other) lists.push(callItems(call, { context: other }));
        return rows();
      },
    });
    await compare(authorization, '{ items { __typename } }', { contextValue: staff() });
    expect(lists.map(lengthOf)).toEqual([5, 5]);
  });

  it('are dropped with the data that a null has replaced as a whole', async () => {
    const request = { contextValue: staff() };
    const { data, errors } = await compare(
      guardParts({}),
      '{ always { nodes { name } total } }',
      request,
    );
    expect(data).toBeNull();
    expect(errors).toHaveLength(1);
  });
});
