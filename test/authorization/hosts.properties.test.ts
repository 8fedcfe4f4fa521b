import { ApolloServer, HeaderMap } from '@apollo/server';
import { createAuthorization, type Viewer } from '@graphql-gatehouse/authorization';
import { createAuthorizationPlugin } from '@graphql-gatehouse/authorization/apollo';
import { createEnvelopPlugin } from '@graphql-gatehouse/authorization/envelop';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { useDeferStream } from '@graphql-yoga/plugin-defer-stream';
import fc from 'fast-check';
import { createYoga } from 'graphql-yoga';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { maxListedDenials } from '../../packages/authorization/src/enforcement/calls/max-listed-denials.ts';
import { anonymous, holding } from './fixtures.ts';
import { forAll, runs, seed } from './property-run.ts';

/**
 * Whatever is asked, and of whichever host: what a status promises holds, and no answer lists more than
 * it may. The oracle is arithmetic, since each item of a list is denied or not by its number.
 */
const sdl = `
  enum Group { ADMIN }
  enum Policy { EVEN }
  directive @auth(requires: [Group!], or: [Policy!]) repeatable on FIELD_DEFINITION | OBJECT
  directive @public on FIELD_DEFINITION
  directive @defer(if: Boolean! = true, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT
  directive @stream(if: Boolean! = true, label: String, initialCount: Int = 0) on FIELD
  type Query { items(count: Int!): [Item!] @public, locked: String @auth(requires: [ADMIN]) }
  type Mutation { items(count: Int!): [Item!] @public, locked: String @auth(requires: [ADMIN]) }
  type Subscription { items(count: Int!): [Item!] @public }
  type Item { id: Int, even: String @auth(or: [EVEN]), same: String @auth(or: [EVEN]) }
`;

interface Context {
  readonly viewer: Viewer;
}

/** The effects of the mutations and subscriptions of one request. */
const ran: string[] = [];
/** The resolvers of its queries that were called. */
const read: string[] = [];
const itemsOf = (count: number) =>
  Array.from({ length: count }, (_, id) => ({ id, even: `even ${id}`, same: `even ${id}` }));

const authorization = createAuthorization<Viewer, Context>(
  makeExecutableSchema({
    typeDefs: sdl,
    resolvers: {
      Query: {
        items: (_query, { count }) => {
          read.push('items');
          return itemsOf(count);
        },
        locked: () => {
          read.push('locked');
          return 'locked';
        },
      },
      Mutation: {
        items: (_mutation, { count }) => {
          ran.push('items');
          return itemsOf(count);
        },
        locked: () => {
          ran.push('locked');
          return 'locked';
        },
      },
      Subscription: {
        items: {
          async *subscribe(_subscription, { count }) {
            ran.push('source');
            yield { items: itemsOf(count) };
            yield { items: itemsOf(count) };
          },
        },
      },
    },
  }),
  {
    policies: {
      EVEN: (_viewer, source) =>
        typeof source === 'object' &&
        source !== null &&
        'id' in source &&
        Number(source.id) % 2 === 0,
    },
    viewerOf: ({ viewer }) => viewer,
  },
);

const apollo = new ApolloServer<Context>({
  schema: authorization.schema,
  plugins: [createAuthorizationPlugin({ ...authorization, realm: 'hosts' })],
  allowBatchedHttpRequests: true,
});
const yoga = createYoga<Context & { readonly prefer: string }>({
  schema: authorization.schema,
  plugins: [
    useDeferStream(),
    createEnvelopPlugin<Context & { readonly prefer: string }>({
      ...authorization,
      realm: 'hosts',
      preferOf: ({ prefer }) => prefer,
    }),
  ],
  batching: true,
  logging: false,
});
beforeAll(() => apollo.start());
afterAll(() => apollo.stop());

const operationArbitrary = fc.record({
  kind: fc.constantFrom('query', 'mutation', 'subscription'),
  count: fc.nat({ max: 60 }),
  fields: fc.subarray(['id', 'even', 'same'], { minLength: 1 }),
  asksLocked: fc.boolean(),
  part: fc.constantFrom('', '', '@defer', '@defer(if: false)', '@stream', '@stream(if: $parts)'),
  parts: fc.boolean(),
});
type Operation = typeof operationArbitrary extends fc.Arbitrary<infer T> ? T : never;

const requestArbitrary = fc.record({
  host: fc.constantFrom('apollo', 'yoga'),
  viewer: fc.constantFrom(anonymous, holding(), holding('ADMIN')),
  isLenient: fc.boolean(),
  isDecideOnly: fc.boolean(),
  operations: fc.oneof(
    { weight: 3, arbitrary: fc.array(operationArbitrary, { minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.array(operationArbitrary, { minLength: 2, maxLength: 3 }) },
  ),
});
type Request = typeof requestArbitrary extends fc.Arbitrary<infer T> ? T : never;

/** Yoga's plugin wants `@stream` at the root of queries alone. */
const partOf = ({ kind, part }: Operation): string =>
  kind !== 'query' && part.startsWith('@stream') ? '' : part;

function toBody(operation: Operation) {
  const { kind, count, fields, asksLocked, parts } = operation;
  const part = partOf(operation);
  const inside = part.startsWith('@defer')
    ? `... ${part} { ${fields.join(' ')} }`
    : fields.join(' ');
  const stream = part.startsWith('@stream') ? part : '';
  const locked = asksLocked && kind !== 'subscription' ? 'locked' : '';
  const variable = part.includes('$parts') ? '($parts: Boolean!)' : '';
  return {
    query: `${kind} ${variable} { items(count: ${count}) ${stream} { ${inside} } ${locked} }`,
    variables: { parts },
  };
}

interface Answer {
  readonly data?: unknown;
  readonly extensions?: {
    readonly decision?: { readonly allowed: boolean; readonly denials: readonly unknown[] };
  };
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
}

interface Answered {
  readonly status: number;
  readonly text: string;
  /** One for each operation, or for each event of a subscription. */
  readonly answers: readonly Answer[];
}

const preferOf = ({ isLenient, isDecideOnly }: Request) =>
  [...(isLenient ? ['handling=lenient'] : []), ...(isDecideOnly ? ['decide-only'] : [])].join(', ');

async function askApollo(request: Request, body: unknown): Promise<Answered> {
  const { status = 200, body: answer } = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: 'POST',
      headers: new HeaderMap([
        ['content-type', 'application/json'],
        ['prefer', preferOf(request)],
      ]),
      search: '',
      body,
    },
    context: async () => ({ viewer: request.viewer }),
  });
  if (answer.kind !== 'complete') throw new Error('The answer comes in parts.');
  return { status, text: answer.string, answers: [JSON.parse(answer.string)].flat() };
}

async function askYoga(request: Request, body: unknown): Promise<Answered> {
  const isSubscription = request.operations[0]?.kind === 'subscription' && !Array.isArray(body);
  const response = await yoga.fetch(
    'http://yoga/graphql',
    {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: isSubscription
          ? 'text/event-stream'
          : 'multipart/mixed, application/graphql-response+json',
      },
      body: JSON.stringify(body),
    },
    { viewer: request.viewer, prefer: preferOf(request) },
  );
  const text = await response.text();
  const lines = isSubscription
    ? text.split('\n').flatMap((line) => /^data: (\{.*)$/.exec(line)?.[1] ?? [])
    : [text];
  return { status: response.status, text, answers: lines.flatMap((line) => JSON.parse(line)) };
}

function isInParts(operation: Operation): boolean {
  const part = partOf(operation);
  return part === '@defer' || part === '@stream' || (part.includes('$parts') && operation.parts);
}

const denialsOf = ({ errors = [] }: Answer): number =>
  errors.filter(({ extensions }) => /^(UNAUTHENTICATED|FORBIDDEN)$/.test(extensions?.code ?? ''))
    .length;

/** The refusals of an operation before it runs. */
function refusedBefore({ viewer }: Request, { kind, fields, asksLocked }: Operation): number {
  const guarded = fields.filter((name) => name !== 'id').length;
  const isAdmin = viewer.isAuthenticated && viewer.groups.has('ADMIN');
  const locked = asksLocked && kind !== 'subscription' && !isAdmin ? 1 : 0;
  return locked + (viewer.isAuthenticated ? 0 : guarded);
}

/** What an operation that is sent alone must come to: its status, its listed denials, whether it ran. */
function expectedOf(request: Request, operation: Operation) {
  const { viewer, isLenient } = request;
  const { kind, count, fields } = operation;
  if (isInParts(operation)) return { status: 400, denials: 0, hasRun: false };
  const refused = viewer.isAuthenticated ? 403 : 401;
  const guarded = fields.filter((name) => name !== 'id').length;
  const before = refusedBefore(request, operation);
  const odd = viewer.isAuthenticated ? Math.floor(count / 2) * guarded : 0;
  if (kind === 'query' && isLenient) {
    const paths = before + (viewer.isAuthenticated && odd > 0 ? guarded : 0);
    return { status: 200, denials: paths, hasRun: true };
  }
  if (before > 0) return { status: refused, denials: before, hasRun: false };
  const isRefused = kind === 'query' && odd > 0;
  return {
    status: isRefused ? refused : 200,
    denials: Math.min(odd, maxListedDenials),
    hasRun: !isRefused,
  };
}

/** What is wrong with one request, if anything. */
async function findProblem(request: Request): Promise<string | undefined> {
  const bodies = request.operations.map(toBody);
  const isBatch = bodies.length > 1;
  ran.length = 0;
  read.length = 0;
  const ask = request.host === 'apollo' ? askApollo : askYoga;
  const answered = await ask(request, isBatch ? bodies : bodies[0]);
  const problem =
    findBrokenPromise(request, answered) ??
    (request.isDecideOnly ? findUndecided(request, answered) : undefined) ??
    (isBatch || request.isDecideOnly ? undefined : findDifference(request, answered)) ??
    (isBatch && request.host === 'apollo' ? findUnrefusedBatch(answered) : undefined);
  if (problem === undefined) return undefined;
  const { host, viewer } = request;
  const groups = viewer.isAuthenticated ? [...viewer.groups] : null;
  const asked = { host, groups, prefer: preferOf(request), bodies };
  return `${problem}\n${JSON.stringify(asked)}\n${answered.status} ${answered.text.slice(0, 2000)}`;
}

/** What holds for every answer of every host. */
function findBrokenPromise({ viewer }: Request, { status, text, answers }: Answered) {
  const isRefused = status === 401 || status === 403;
  if (isRefused && ran.length > 0) return `${status}, though it ran: ${ran}`;
  if (isRefused && answers.some((answer) => 'data' in answer)) return `${status} with data`;
  if (answers.some((answer) => denialsOf(answer) > maxListedDenials)) return 'lists too many';
  if (/"even \d*[13579]"/.test(text)) return 'leaks an odd item';
  if (!viewer.isAuthenticated && text.includes('"even ')) return 'leaks to anonymous';
  const isAdmin = viewer.isAuthenticated && viewer.groups.has('ADMIN');
  return !isAdmin && text.includes('"locked":"') ? 'leaks what is locked' : undefined;
}

/** What holds for a request of one operation. */
function findDifference(request: Request, { status, answers }: Answered): string | undefined {
  const [operation] = request.operations;
  if (operation === undefined) return undefined;
  const isSubscription = operation.kind === 'subscription';
  // Apollo Server runs no subscriptions.
  if (isSubscription && request.host === 'apollo') return undefined;
  const expected = expectedOf(request, operation);
  const hasRun = ran.length > 0;
  if (status !== expected.status) return `has status ${status} instead of ${expected.status}`;
  if (operation.kind !== 'query' && hasRun !== expected.hasRun) return `ran: ${ran}`;
  const counts = answers.map(denialsOf);
  const events = isSubscription && expected.hasRun ? 2 : 1;
  const wanted = Array.from({ length: events }, () => expected.denials);
  return String(counts) === String(wanted) ? undefined : `lists ${counts} instead of ${wanted}`;
}

/** What holds where only a decision was asked for. */
function findUndecided(request: Request, { status, answers }: Answered): string | undefined {
  if (ran.length + read.length > 0) return `calls ${[...ran, ...read]}`;
  if (answers.some((answer) => 'data' in answer)) return 'has data';
  const [operation] = request.operations;
  if (operation === undefined || request.operations.length > 1) return undefined;
  const isInvalid = isInParts(operation);
  if (status !== (isInvalid ? 400 : 200)) return `has status ${status}`;
  const decision = answers[0]?.extensions?.decision;
  if (isInvalid) return decision === undefined ? undefined : 'decides what is invalid';
  const expected = refusedBefore(request, operation);
  if (decision?.denials.length !== expected) return `is refused ${decision?.denials.length}`;
  return decision.allowed === (expected === 0) ? undefined : `is allowed: ${decision.allowed}`;
}

function findUnrefusedBatch({ status, answers }: Answered): string | undefined {
  if (status !== 400 || ran.length > 0) return 'runs a batch whose operations share one status';
  return answers.some(({ data }) => Boolean(data)) ? 'answers a batch' : undefined;
}

describe(`requests of hosts (seed ${seed})`, () => {
  it(
    'hold what their status promises, and list no more denials than they may',
    () =>
      forAll({
        file: 'test/authorization/hosts.properties.test.ts',
        arbitrary: requestArbitrary,
        numRuns: 10 * runs,
        check: findProblem,
      }),
    600_000,
  );
});
