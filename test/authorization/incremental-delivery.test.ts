import { createAuthorization, type Viewer } from '@graphql-gatehouse/authorization';
import { createEnvelopPlugin } from '@graphql-gatehouse/authorization/envelop';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { useDeferStream } from '@graphql-yoga/plugin-defer-stream';
import { parse, visit } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DenialExtensions } from '../../packages/authorization/src/enforcement/calls/authorization-error.ts';
import { ask, groupsOnly, guard, holding } from './fixtures.ts';

const sdl = `${groupsOnly}
  type Query {
    open: String @public
    me: Me @public
    node: Node @public
    list: [String] @public
  }
  interface Node { id: Int }
  type Me implements Node { id: Int, loud: String @auth(requires: [ADMIN]) }
`;

const notSupported = {
  name: 'IncrementalDeliveryError',
  message: 'Incremental delivery is not supported: send the operation without @defer and @stream.',
  extensions: { code: 'INCREMENTAL_DELIVERY_NOT_SUPPORTED', http: { status: 400 } },
};

const active = [
  { text: '{ ... @defer { open } }' },
  { text: '{ ... on Query @defer { open } }' },
  { text: '{ me { ... @defer(label: "late") { id } } }' },
  { text: '{ ...F @defer } fragment F on Query { open }' },
  { text: '{ me { ...F ...G } } fragment F on Me { id } fragment G on Me { ... @defer { id } }' },
  { text: '{ node { ... on Me { ... @defer { id } } } }' },
  { text: '{ list @stream }' },
  { text: '{ list @stream(if: true, initialCount: 1) }' },
  { text: '{ list @include(if: true) @stream }' },
  { text: 'query ($late: Boolean = true) { ... @defer(if: $late) { open } }' },
  { text: 'query ($late: Boolean!) { list @stream(if: $late) }', variables: { late: true } },
  { text: 'query ($late: Boolean = false) { list @stream(if: $late) }', variables: { late: true } },
  {
    text: 'query ($late: Boolean = true) { list @stream(if: $late) }',
    variables: { late: null },
  },
];
const inactive = [
  { text: '{ open list }' },
  { text: '{ ... @defer(if: false) { open } }' },
  { text: '{ list @stream(if: false) }' },
  { text: '{ ... @skip(if: true) @defer { open } }' },
  { text: '{ open ... @skip(if: true) { ... @defer { open } } }' },
  { text: '{ open ...F @include(if: false) } fragment F on Query { ... @defer { open } }' },
  { text: 'query ($late: Boolean = false) { ... @defer(if: $late) { open } }' },
  { text: 'query ($late: Boolean!) { list @stream(if: $late) }', variables: { late: false } },
  { text: 'query ($late: Boolean!) { list @stream(if: $late) }' },
  { text: 'query A { open } query B { ... @defer { open } }', operationName: 'A' },
];

describe('an operation to be answered in parts', () => {
  // An executor may know the directives though this schema does not: Yoga's plugin adds them later.
  const authorization = guard(sdl);
  const viewer = holding('ADMIN');

  it.each(active)('is refused as a bad request: $text', async ({ text, ...options }) => {
    await expect(ask(authorization, text, { viewer, ...options })).rejects.toMatchObject(
      notSupported,
    );
  });

  it('is refused as a bad request where a tool has left out the empty list of arguments', async () => {
    const document = visit(parse('{ ... @defer { open } }'), {
      Directive: ({ arguments: _none, ...node }) => node,
    });
    const request = { document, contextValue: { viewer } };
    await expect(authorization.authorizeOperation(request)).rejects.toMatchObject(notSupported);
  });

  it.each(inactive)('is decided when none is asked for: $text', async ({ text, ...options }) => {
    expect(await ask(authorization, text, { viewer, ...options })).toEqual([]);
  });

  it('is chosen by each request, independent of the one before', async () => {
    const text = 'query ($late: Boolean!) { ... @defer(if: $late) { open } }';
    const outcomes: string[] = [];
    for (const late of [false, true, false, true]) {
      outcomes.push(
        await ask(authorization, text, { viewer, variables: { late } }).then(
          () => 'decided',
          ({ name }) => name,
        ),
      );
    }
    const { name } = notSupported;
    expect(outcomes).toEqual(['decided', name, 'decided', name]);
  });

  it('is let through by a dry run, which refuses nothing', async () => {
    const reported: DenialExtensions[] = [];
    const dry = createAuthorization<Viewer, { readonly viewer: Viewer }>(
      makeExecutableSchema({ typeDefs: sdl }),
      {
        policies: {},
        viewerOf: (context) => context.viewer,
        report: (denial) => reported.push(denial),
      },
    );
    const text = '{ me { ... @defer { loud } } }';
    expect(await ask(dry, text, { viewer: holding('USER') })).toEqual([]);
    expect(reported.map(({ coordinate }) => coordinate)).toEqual(['Me.loud']);
  });
});

describe('in Yoga, with the plugin for @defer and @stream', () => {
  const ran: string[] = [];
  const authorization = createAuthorization<Viewer, object>(
    makeExecutableSchema({
      typeDefs: sdl,
      resolvers: {
        Query: {
          open: () => {
            ran.push('open');
            return 'open';
          },
          me: () => ({ id: 7, loud: 'loud' }),
          list: () => ['a', 'b'],
        },
      },
    }),
    { policies: {}, viewerOf: () => holding('USER') },
  );
  const yoga = createYoga({
    schema: authorization.schema,
    plugins: [
      useDeferStream(),
      createEnvelopPlugin<object>({
        ...authorization,
        realm: 'yoga',
        preferOf: () => 'handling=lenient',
      }),
    ],
    logging: false,
  });
  beforeEach(() => {
    ran.length = 0;
  });

  const send = (query: string) =>
    yoga.fetch('http://yoga/graphql', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'multipart/mixed, application/graphql-response+json',
      },
      body: JSON.stringify({ query }),
    });

  it.each([
    '{ open ... @defer { me { id } } }',
    '{ open me { ... @defer { id loud } } }',
    '{ open list @stream }',
  ])('it is refused with 400 before anything runs: %s', async (query) => {
    const response = await send(query);
    const text = await response.text();
    expect(response.status).toBe(400);
    expect(text).toContain('"code":"INCREMENTAL_DELIVERY_NOT_SUPPORTED"');
    expect(text).not.toContain('"data":{');
    expect(ran).toEqual([]);
  });

  it('it is answered at once where the directives are switched off', async () => {
    const response = await send('{ open me { ... @defer(if: false) { id loud } } }');
    expect(await response.text()).toContain('"data":{"open":"open","me":{"id":7,"loud":null}}');
    expect(ran).toEqual(['open']);
  });
});
