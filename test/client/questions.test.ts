import { createAuthorization, type Viewer as ServerViewer } from '@graphql-gatehouse/authorization';
import { createGatehouseClient, GatehouseError, type Viewer } from '@graphql-gatehouse/client';
import { buildSchema, GraphQLError, getOperationAST, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { holding, type TestContext, withPolicies } from '../authorization/fixtures.ts';
import { createFrontEnd } from '../support/client-documents.ts';

const sdl = `${withPolicies}
  directive @references(type: String!, rows: [Policy!]) on ARGUMENT_DEFINITION
  type Query { room(id: ID!, isOpen: Boolean, name: String): Room @auth(requires: [ADMIN], or: [SELF]) }
  type Mutation {
    enter(id: ID!): Room @auth(requires: [ADMIN], or: [SELF])
    close(id: ID! @references(type: "Room", rows: [BOSS])): Room @auth(requires: [ADMIN], or: [SELF])
  }
  type Subscription { entered(id: ID!): Room @auth(requires: [ADMIN], or: [SELF]) }
  type Room { id: ID  code: Int @auth(requires: [ADMIN], or: [BOSS]) }`;
const schema = buildSchema(sdl);
const frontEnd = createFrontEnd(schema);
const enter = frontEnd.document(
  'mutation Enter($id: ID!) { enter(id: $id) { ...Entered } }  fragment Entered on Room { id }',
);
const close = frontEnd.document('mutation Close($id: ID!) { close(id: $id) { id } }');
const read = frontEnd.document(
  'query ($id: ID! = 1, $isOpen: Boolean!) { room(id: $id, isOpen: $isOpen) { id code @include(if: $isOpen) } }',
);

/** Rooms of even numbers are open to the viewer, and rooms from 50 on do not exist. */
const server = createAuthorization<ServerViewer, TestContext>(schema, {
  viewerOf: ({ viewer }) => viewer,
  policies: {
    SELF: (_viewer, _source, { id }) => Number(id) % 2 === 0,
    BOSS: { reads: [], admits: () => true, where: () => ({}) },
  },
  types: { Room: { byIds: (ids) => ids.filter((id) => Number(id) < 50).map((id) => ({ id })) } },
});

const viewer: Viewer = { state: 'authenticated', groups: ['USER'], principal: null };

/** A client whose server refuses operations with more fields than `maxFields`, and the texts that were sent. */
function createClient({ maxFields = 100, status = 400 } = {}) {
  const sent: string[] = [];
  const client = createGatehouseClient({
    url: '/graphql',
    session: 'cookie',
    viewer,
    ...frontEnd.generated,
    async fetch(_url, init) {
      const { query, variables } = JSON.parse(String(init?.body));
      sent.push(query);
      const document = parse(query);
      const errors = [...validate(schema, document)];
      const count = getOperationAST(document)?.selectionSet.selections.length ?? 0;
      if (count > maxFields) errors.push(new GraphQLError('The operation is too large.'));
      if (errors.length > 0) return Response.json({ errors }, { status });
      const request = {
        document,
        variableValues: variables,
        contextValue: { viewer: holding('USER') },
      };
      const decided = await server.decideOperation(request);
      return decided.kind === 'decided'
        ? Response.json({ extensions: { decision: decided.decision } })
        : Response.json({ errors: decided.errors }, { status: 400 });
    },
  });
  return { client, sent };
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
const evenAllowed = (id: number) => (id % 2 === 0 ? 'allowed' : 'denied');

describe('questions about one document in one turn of the event loop', () => {
  it('are one operation with a field for each, with its own fragments and variables', async () => {
    const { client, sent } = createClient();
    const outcomes = await Promise.all(numbers(3).map((id) => client.ask(enter, { id: `${id}` })));
    expect(outcomes).toEqual(['allowed', 'denied', 'allowed']);
    expect(sent).toEqual([
      'mutation Enter($id_0:ID! $id_1:ID! $id_2:ID!){' +
        'enter_0:enter(id:$id_0){...Entered_0} enter_1:enter(id:$id_1){...Entered_1} enter_2:enter(id:$id_2){...Entered_2}}' +
        'fragment Entered_0 on Room{id} fragment Entered_1 on Room{id} fragment Entered_2 on Room{id}',
    ]);
  });

  it('are ten in each request', async () => {
    const { client, sent } = createClient();
    const outcomes = await Promise.all(numbers(25).map((id) => client.ask(enter, { id: `${id}` })));
    expect(outcomes).toEqual(numbers(25).map(evenAllowed));
    expect(sent).toHaveLength(3);
  });

  it('are asked in parts where the server refuses them together', async () => {
    const { client, sent } = createClient({ maxFields: 3 });
    const outcomes = await Promise.all(numbers(10).map((id) => client.ask(enter, { id: `${id}` })));
    expect(outcomes).toEqual(numbers(10).map(evenAllowed));
    expect(sent).toHaveLength(1 + 2 + 4);
  });

  it('all fail, and are not repeated, where the server cannot answer', async () => {
    const { client, sent } = createClient({ maxFields: 0, status: 503 });
    const answers = await Promise.allSettled(numbers(4).map(() => client.ask(enter, { id: '1' })));
    expect(answers.map((each) => each.status === 'rejected' && each.reason)).toEqual(
      numbers(4).map(() => expect.any(GatehouseError)),
    );
    expect(sent).toHaveLength(1);
  });

  it('are asked again without those that are refused, where ids name rows', async () => {
    const { client, sent } = createClient();
    const ids = ['2', '3', '60', '4'];
    const outcomes = await Promise.all(ids.map((id) => client.ask(close, { id })));
    expect(outcomes).toEqual(['allowed', 'denied', 'denied', 'allowed']);
    // Without the one of a policy, and then without the one that does not exist.
    expect(sent).toHaveLength(3);
  });

  it('are separate where conditions of the variables differ', async () => {
    const { client, sent } = createClient();
    const outcomes = await Promise.all([
      client.ask(read, { id: '2', isOpen: true }),
      client.ask(read, { id: '4', isOpen: false }),
      client.ask(read, { id: '6', isOpen: true }),
    ]);
    expect(outcomes).toEqual(['depends', 'allowed', 'depends']);
    expect(sent).toHaveLength(2);
  });

  it('are separate for each document, and in another turn', async () => {
    const { client, sent } = createClient();
    await Promise.all([client.ask(enter, { id: '2' }), client.ask(close, { id: '2' })]);
    await client.ask(enter, { id: '2' });
    expect(sent).toHaveLength(3);
  });
});

it('compiles no repeated form of what cannot have one, or is never asked', () => {
  const formsOf = (text: string) => frontEnd.document(text).__meta__?.gatehouse?.repeated;
  expect(formsOf('{ room(id: 1) { id } }')).toBeUndefined();
  expect(formsOf('subscription ($id: ID!) { entered(id: $id) { id } }')).toBeUndefined();
  expect(formsOf('query ($id: ID!) { ... { room(id: $id) { id } } }')).toBeUndefined();
  expect(formsOf('query ($id: ID!) { room(id: $id, name: "#1") { id } }')).toBeUndefined();
  expect(formsOf('query ($id: ID!) { __type(name: $id) { name } }')).toBeUndefined();
});
