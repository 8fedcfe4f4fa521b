import {
  GraphQLInt,
  GraphQLScalarType,
  graphqlSync,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  versionInfo,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { subscribe } from '../../packages/authorization/src/enforcement/events/subscribe.ts';
import { coerceVariables } from '../../packages/authorization/src/graphql-js/variables.ts';
import { guard, holding, type TestContext, withPolicies } from './fixtures.ts';

const is17 = versionInfo.major === 17;
const context: TestContext = { viewer: holding('USER') };
const policies = { SELF: () => false, BOSS: () => false };

const operationOf = (text: string): OperationDefinitionNode => {
  const [operation] = parse(text).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('There is no operation.');
  return operation;
};

describe('an executor that passes variables in a form of its own', () => {
  const { schema } = guard(
    `${withPolicies} type Query { rooms(in: Input): Int @public }
    input Input { secret: Int @auth(requires: [ADMIN]), open: Int }`,
    { policies },
  );
  const Query = schema.getQueryType();
  const rooms = isObjectType(Query) ? Query.getFields().rooms : undefined;

  /** Calls the guarded resolver with what an executor would pass on. */
  async function call(text: string, variableValues: Readonly<Record<string, unknown>>) {
    const operation = operationOf(text);
    const [node] = operation.selectionSet.selections;
    const info = Object({
      operation,
      fieldName: 'rooms',
      fieldNodes: [node],
      parentType: Query,
      returnType: GraphQLInt,
      path: { prev: undefined, key: 'rooms', typename: 'Query' },
      schema,
      fragments: {},
      rootValue: { rooms: () => 7 },
      variableValues,
    });
    return await rooms?.resolve?.({ rooms: () => 7 }, { in: { secret: 1 } }, context, info);
  }

  it.each([
    { title: 'a record', text: 'query ($in: Input) { rooms(in: $in) }', given: {} },
    {
      title: 'a record with a variable that has the name of a part',
      text: 'query ($in: Input, $coerced: Input) { rooms(in: $in) }',
      given: { coerced: { open: 1 } },
    },
    {
      title: 'a record with variables that have the names of all parts',
      text: 'query ($in: Input, $coerced: Input, $sources: Input) { rooms(in: $in) }',
      given: { coerced: {}, sources: { in: { signature: { type: 'Input' } } } },
    },
  ])('lets no guarded input pass: $title', async ({ text, given }) => {
    const variables = { in: { secret: 1 }, ...given };
    // For graphql 16 a record is the form; in graphql 17 another form is an error of the field.
    const refusal = is17 ? {} : { extensions: { coordinate: 'Input.secret' } };
    await expect(call(text, variables)).rejects.toMatchObject(refusal);
  });

  it('lets other input pass in the form of the installed graphql', async () => {
    const text = 'query ($in: Input) { rooms(in: $in) }';
    const { variables } = coerceVariables(schema, operationOf(text), { in: { open: 1 } });
    expect(await call(text, variables?.native ?? {})).toBe(7);
  });
});

describe('a variable that is undefined', () => {
  it('is decided as it is executed: as its default in graphql 17, as null in 16', async () => {
    const { authorizeOperation } = guard(
      `${withPolicies} enum E { OPEN SECRET @auth(requires: [ADMIN]) } type Query { a(e: E): Int @public }`,
      { policies },
    );
    const document = parse('query ($e: E = SECRET) { a(e: $e) }');
    const denials = await authorizeOperation({
      document,
      contextValue: context,
      variableValues: { e: undefined },
    });
    expect(denials.map(({ denial }) => denial.coordinate)).toEqual(is17 ? ['E.SECRET'] : []);
  });
});

describe('a default whose scalar has no printed form', () => {
  it('is shown as it was written, where graphql shows it', () => {
    const { source, visibleTo } = guard(
      `${withPolicies} scalar Moment type Query { a(at: Moment = "2020"): Int @public, b: Int @auth(requires: [ADMIN]) }`,
      {
        policies,
        resolvers: {
          Moment: new GraphQLScalarType({
            name: 'Moment',
            parseValue: (value) => new Date(String(value)),
            parseLiteral: (node) => new Date(node.kind === Kind.STRING ? node.value : 0),
            serialize: (value) => (value instanceof Date ? value.toISOString().slice(0, 4) : null),
          }),
        },
      },
    );
    const query = '{ __type(name: "Query") { fields { name args { defaultValue } } } }';
    const shown = (schema: typeof source) => graphqlSync({ schema, source: query }).data;
    const [a] = Object(shown(source)).__type.fields;
    expect(a.args).toEqual([{ defaultValue: '"2020"' }]);
    expect(Object(shown(visibleTo(context.viewer))).__type.fields).toEqual([a]);
  });
});

describe('an asynchronous list of an event', () => {
  it('is no event when a rule hides all of its rows, where the executor takes such lists', async () => {
    async function* each<Value>(values: readonly Value[]) {
      for (const value of values) yield value;
    }
    const rows = [{ owner: 'bob' }, { owner: 'ada' }, { owner: 'bob' }];
    const owned = {
      reads: ['owner'],
      admits: (_viewer: unknown, row: { readonly owner?: string }) => row.owner === 'ada',
      where: () => ({ owner: 'ada' }),
    };
    const { schema } = guard(
      `${withPolicies} type Query { a: Int @public } type Subscription { rooms: [Room] @public }
      type Room @auth(rows: [SELF]) { owner: String }`,
      {
        policies: { SELF: owned, BOSS: owned },
        types: { Room: { byIds: () => [] } },
        resolvers: {
          Subscription: {
            rooms: { subscribe: () => each(rows), resolve: (row: object) => each([row]) },
          },
        },
      },
    );
    const document = parse('subscription { rooms { owner } }');
    const results = await subscribe({ schema, document, contextValue: context });
    const events: unknown[] = [];
    if (Symbol.asyncIterator in results) for await (const { data } of results) events.push(data);
    expect(events).toEqual([{ rooms: [{ owner: 'ada' }] }]);
  });
});
