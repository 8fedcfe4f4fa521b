import { isDeepStrictEqual } from 'node:util';
import {
  type Authorization,
  AuthorizationError,
  createAuthorization,
  type Policies,
  type Viewer,
} from '@graphql-gatehouse/authorization';
import type {
  DefinitionNode,
  DocumentNode,
  ExecutionResult,
  GraphQLSchema,
  SelectionSetNode,
} from 'graphql';
import { execute, GraphQLError, getOperationAST, Kind, subscribe, visit } from 'graphql';
import { describe, expect, it } from 'vitest';
import { maxListedDenials } from '../../packages/authorization/src/enforcement/calls/max-listed-denials.ts';
import { recordFigure } from '../../scripts/figures/figures.ts';
import { executeKnown } from './execute-known.ts';
import { generateProven, operationsOf, type Round, roundsOf } from './generated-rounds.ts';
import {
  type GeneratedOperation,
  policies,
  rowPolicies,
  selectsRow,
  provenViewers as viewers,
} from './generators.ts';
import {
  createOracle,
  type Oracle,
  type OracleResult,
  type OracleViewer,
  proofs,
} from './oracle.ts';
import { forAll, isReplay, minTriples, seed, withoutUnhandledRejections } from './property-run.ts';
import { createTally, type Tally } from './property-tally.ts';
import { createWorld, eventCount } from './world.ts';

/** One request of a host in JavaScript, whose viewer can be anything. */
interface Context {
  viewer: unknown;
  readonly questions: Questions;
}

/** What policies were asked about in one execution, and what they were asked twice. */
interface Questions {
  asked: Set<string>;
  readonly twice: string[];
}

/** What one generated schema is made into, once for all the operations and viewers that it is asked by. */
interface Setting {
  readonly sdl: string;
  readonly oracle: Oracle;
  readonly world: GraphQLSchema;
  readonly authorization: Authorization<Context>;
}

type Denials = readonly { readonly coordinate: string; readonly path: string }[];

/** One triple: a schema, an operation on it, and a viewer. */
interface Triple extends Setting {
  readonly operation: GeneratedOperation;
  readonly viewer: OracleViewer;
  /** What the guarded schema must answer once the operation was decided. */
  readonly granted: OracleResult;
  /** What the guarded schema alone must answer. */
  readonly grantedAlone: OracleResult;
  /** What must be refused before anything runs: by the first step that refuses. */
  readonly deniedBefore: Denials;
  /** What every step must refuse. */
  readonly deniedAtAll: Denials;
}

const operationsPerSchema = 4;
/** Fewer triples, which someone has asked for, say little of the mix. */
const enoughToJudge = 5_000;
/** Some generated operations are not valid, and are left out. */
const schemas = Math.ceil((1.05 * minTriples) / (operationsPerSchema * viewers.length));

function toSetting(numbers: readonly number[]): Setting {
  const sdl = generateProven(numbers);
  const world = createWorld(sdl, (info) => {
    const filter = info.schema === world ? undefined : authorization.rowsOf(info);
    return filter === undefined ? undefined : (row) => selectsRow(row, Object(filter));
  });
  const authorization: Authorization<Context> = createAuthorization<Viewer, Context>(world, {
    policies: { ...countedPolicies, ...rowPolicies },
    viewerOf({ viewer }) {
      if (isViewer(viewer)) return viewer;
      throw new Error('unreachable');
    },
    now: () => now,
  });
  return { sdl, world, authorization, oracle: createOracle(sdl) };
}

/** Types say nothing of what a host in JavaScript returns. */
const isViewer = (_given: unknown): _given is Viewer => true;

/** Notes each question; a source is known by its type, which has one object each. */
const countedPolicies: Policies<Viewer, Context> = Object.fromEntries(
  Object.entries(policies).map(([name, policy]) => [
    name,
    (viewer, source, args, { questions }) => {
      const question = `${name} ${JSON.stringify(source)} ${JSON.stringify(args)}`;
      if (questions.asked.has(question)) questions.twice.push(question);
      questions.asked.add(question);
      return policy(viewer, source);
    },
  ]),
);

function toTriple(setting: Setting, operation: GeneratedOperation, viewer: OracleViewer): Triple {
  const request = { ...operation, viewer };
  const denied = setting.oracle.deniedBefore(request);
  const byRights = denied.filter(({ byProof }) => !byProof);
  return {
    ...setting,
    operation,
    viewer,
    granted: setting.oracle.run(request),
    grantedAlone: setting.oracle.run({ ...request, isAlone: true }),
    deniedBefore: toDenials(byRights.length > 0 ? byRights : denied),
    deniedAtAll: toDenials(denied),
  };
}

const toDenials = (denied: Denials): Denials =>
  denied.map(({ coordinate, path }) => ({ coordinate, path }));

/** In how many ways a host can say that there is no viewer. */
const noViewers: readonly unknown[] = [
  { isAuthenticated: false, reason: 'TOKEN_MISSING' },
  undefined,
  null,
  { isAuthenticated: false },
  { isAuthenticated: 'no', groups: new Set(['G1', 'G2', 'G3']) },
];

function toViewer({ operation, viewer }: Triple): unknown {
  return viewer === null
    ? noViewers[operation.text.length % noViewers.length]
    : {
        isAuthenticated: true,
        groups: new Set(viewer.filter((name) => !name.startsWith('@'))),
        authenticatedAt: viewer.includes('@program') ? 'EACH_REQUEST' : timesOf(viewer),
      };
}

function timesOf(viewer: readonly string[]) {
  const [proof] = Object.entries(proofs).filter(([mark]) => viewer.includes(mark));
  const time = new Date(now.getTime() - (proof?.[1].seconds ?? 0) * 1000);
  return proof?.[1].kinds === 2 ? { PASSKEY_VERIFIED: time } : { PASSWORD: time };
}

const now = new Date('2026-07-01T12:00:00Z');

const requestOf = (triple: Triple) => ({
  document: triple.operation.document,
  operationName: triple.operation.operationName,
  variableValues: triple.operation.variables,
  contextValue: createContext(toViewer(triple)),
});

const createContext = (viewer: unknown): Context => ({
  viewer,
  questions: { asked: new Set(), twice: [] },
});

type Request = ReturnType<typeof requestOf>;

const isSubscription = ({ document, operationName }: Pick<Request, 'document' | 'operationName'>) =>
  getOperationAST(document, operationName)?.operation === 'subscription';

/** All answers to one request: of a subscription one for each event, or one that refuses to open it. */
async function run(schema: GraphQLSchema, request: Request): Promise<readonly ExecutionResult[]> {
  const { contextValue } = request;
  if (!isSubscription(request)) return [await execute({ schema, ...request })];
  const events = await subscribe({ schema, ...request });
  if (!(Symbol.asyncIterator in events)) return [events];
  const results: ExecutionResult[] = [];
  const next = async () => {
    // Policies are asked again about each event.
    contextValue.questions.asked = new Set();
    const { value, done } = await events.next();
    return done === true ? undefined : value;
  };
  for (let event = await next(); event !== undefined; event = await next()) results.push(event);
  return results;
}

/** The refusals before anything runs. */
async function ask(
  { authorization }: Setting,
  request: Request & { readonly isLenient?: boolean },
): Promise<Denials> {
  const denials = await authorization.authorizeOperation(request);
  return denials.map(({ denial, path }) => ({
    coordinate: denial.coordinate,
    path: (path ?? []).join('.'),
  }));
}

/** Coordinates of the values in an answer: fields name their own, enum values and type names theirs. */
function shownCoordinates(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value.replace(/^(E\d)_.$/, `$1.${value}`)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(shownCoordinates);
}

/** The executor itself answers `__typename` of a root type, whose name is all that it gives away. */
const rootTypes: readonly string[] = ['Query', 'Mutation', 'Subscription'];

function findLeak({ data }: ExecutionResult, { oracle, viewer }: Triple): string | undefined {
  const leaks = shownCoordinates(data)
    .filter((coordinate) => !rootTypes.includes(coordinate))
    .filter((coordinate) => !oracle.maySee(coordinate, viewer));
  return leaks.length === 0 ? undefined : `leaks ${leaks}`;
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));

const differ = (what: string, actual: unknown, expected: unknown): string | undefined =>
  isDeepStrictEqual(plain(actual), plain(expected))
    ? undefined
    : `${what}: got\n${JSON.stringify(actual)}\ninstead of\n${JSON.stringify(expected)}`;

const isRefusal = (error: unknown): boolean =>
  error instanceof GraphQLError && error.originalError instanceof AuthorizationError;

/**
 * Whether an answer refuses what the oracle refuses, and that alone. Where a refusal takes the values
 * around it with it, the executor need not tell of others that would have been in them.
 */
function findWrongRefusal({ errors = [] }: ExecutionResult, granted: OracleResult) {
  const foreign = errors.find((error) => !isRefusal(error));
  if (foreign !== undefined) return foreign.message;
  const denied = errors.map(({ path }) => (path ?? []).join('.')).sort();
  if (!granted.hasBubbled) return differ('denied paths', denied, [...granted.deniedPaths].sort());
  const excess = notIn(granted.deniedPaths, denied);
  if (excess.length > 0) return `refuses ${excess}`;
  return denied.length === 0 ? 'gives no error with a null that has spread' : undefined;
}

/**
 * What is wrong with the answers to one request, or with how often policies were asked for it. Any one of
 * `accepted` will do.
 */
async function findWrongAnswer(
  triple: Triple,
  request: Request,
  accepted: readonly OracleResult[],
): Promise<string | undefined> {
  const results = await run(triple.authorization.schema, request);
  const isRefusedToOpen = isSubscription(request) && results[0]?.data === undefined;
  if (!isRefusedToOpen && results.length !== (isSubscription(request) ? eventCount : 1)) {
    return `gives ${results.length} answers`;
  }
  const findWrong = (result: ExecutionResult, granted: OracleResult) =>
    findLeak(result, triple) ??
    findWrongRefusal(result, granted) ??
    // A stream that is not opened has no data, not even nulls.
    (isRefusedToOpen ? undefined : differ('data', result.data, granted.data));
  const problems = accepted.map((granted) =>
    results.map((result) => findWrong(result, granted)).find((each) => each !== undefined),
  );
  return problems.includes(undefined) ? findAskedTwice(request) : problems[0];
}

const findAskedTwice = ({ contextValue }: Request): string | undefined =>
  differ('asked twice', contextValue.questions.twice, []);

/** The guarded schema alone, never asked before, gives what the oracle grants and nothing else. */
const checkGuardedSchema = (triple: Triple): Promise<string | undefined> =>
  findWrongAnswer(triple, requestOf(triple), [triple.grantedAlone]);

/** What is refused before it runs is so, and in document order; all else gets what the oracle grants. */
async function checkAskedBefore(triple: Triple): Promise<string | undefined> {
  const request = requestOf(triple);
  const denials = await ask(triple, request);
  const wrong = differ('denials', denials, triple.deniedBefore);
  if (wrong !== undefined || denials.length > 0) return wrong ?? findAskedTwice(request);
  return findWrongAnswer(triple, request, [triple.granted]);
}

/** One viewer after the other, in the same context. */
async function checkOneContext(triples: readonly Triple[]): Promise<string | undefined> {
  const contextValue = createContext(undefined);
  for (const triple of triples) {
    contextValue.viewer = toViewer(triple);
    contextValue.questions.asked = new Set();
    const request = { ...requestOf(triple), contextValue };
    // What the client sent may be known from when the viewer before was asked for.
    const accepted = [triple.grantedAlone, triple.granted];
    const problem =
      (await findWrongAnswer(triple, request, accepted)) ??
      differ('denials', await ask(triple, request), triple.deniedBefore);
    // What was decided for one viewer waits to be run, and another one comes.
    contextValue.questions.twice.length = 0;
    if (problem !== undefined) return `${problem}\nin one context\n${show(triple)}`;
  }
  return undefined;
}

/** Where it runs in spite of refusals, what is refused is null and reported, and nothing else is. */
async function checkLenient(triple: Triple): Promise<string | undefined> {
  const { granted, deniedAtAll: deniedBefore } = triple;
  const request = { ...requestOf(triple), isLenient: true };
  if (deniedBefore.length === 0 || isSubscription(request)) return undefined;
  const before = await ask(triple, request);
  const [result = {}] = await run(triple.authorization.schema, request);
  const within = (result.errors ?? []).map(({ path }) => (path ?? []).join('.'));
  const reported = new Set([...before.map(({ path }) => path), ...within.map(withoutIndices)]);
  const untold = granted.deniedPaths.filter((path) => !reported.has(withoutIndices(path)));
  return (
    findLeak(result, triple) ??
    differ('denials', before, deniedBefore) ??
    differ('refused besides', notIn(granted.deniedPaths, within), []) ??
    differ('not reported', granted.hasBubbled ? [] : untold, []) ??
    differ('lenient data', result.data, granted.data) ??
    findAskedTwice(request)
  );
}

/** Compiled, an operation is answered the same, to the byte. */
async function checkExecute(triple: Triple): Promise<string | undefined> {
  const { schema, authorizeOperation } = triple.authorization;
  if (isSubscription(requestOf(triple))) return undefined;
  for (const isLenient of [undefined, false, true]) {
    const [expected, seen] = [requestOf(triple), requestOf(triple)];
    if (isLenient !== undefined) {
      if (triple.deniedBefore.length > 0 && !isLenient) continue;
      await authorizeOperation({ ...expected, isLenient });
      await authorizeOperation({ ...seen, isLenient });
    }
    const bytes = JSON.stringify(await executeKnown(triple.authorization, seen));
    const expectedBytes = JSON.stringify(await execute({ schema, ...expected }));
    if (bytes !== expectedBytes) return `executes to\n${bytes}\ninstead of\n${expectedBytes}`;
    const problem = findAskedTwice(seen);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

const notIn = (known: readonly string[], found: readonly string[]) =>
  found.filter((each) => !known.includes(each));

const withoutIndices = (path: string) => path.replaceAll(/\.\d+(?=\.|$)/g, '');

/** Only decided, an operation is refused what it would be; where nothing depends on data, nothing is refused later. */
async function checkDecided(triple: Triple): Promise<string | undefined> {
  const { authorization, deniedBefore, granted } = triple;
  const request = requestOf(triple);
  const decided = await authorization.decideOperation(request);
  if (decided.kind === 'invalid') return `is invalid: ${decided.errors}`;
  const { allowed, denials, depends, narrowed } = decided.decision;
  const reported = denials.map(({ coordinate, path }) => ({ coordinate, path: path.join('.') }));
  const isCertain = allowed && depends.length === 0;
  return (
    differ('decided denials', reported, deniedBefore.slice(0, maxListedDenials)) ??
    differ('allowed', allowed, deniedBefore.length === 0) ??
    (isCertain ? differ('denied later', granted.deniedPaths, []) : undefined) ??
    (allowed && granted.isNarrowed ? differ('narrowed', narrowed.length > 0, true) : undefined) ??
    findAskedTwice(request)
  );
}

/** To whom nothing is refused, the guarded schema answers as the same schema without guards. */
async function checkPermitted(triple: Triple): Promise<string | undefined> {
  const { deniedBefore, granted, world, authorization } = triple;
  if (deniedBefore.length > 0 || granted.deniedPaths.length > 0) return undefined;
  if (granted.isNarrowed) return undefined;
  const request = requestOf(triple);
  return differ('answer', await run(authorization.schema, request), await run(world, request));
}

/** The same operation in other words. */
interface Rewording {
  readonly name: string;
  readonly document: DocumentNode;
  readonly arrange: (denials: Denials) => unknown;
}

const asSet = (denials: Denials) =>
  denials.map(({ coordinate, path }) => `${coordinate} ${path}`).sort();

const toRewordings = ({ document }: GeneratedOperation): readonly Rewording[] => [
  { name: 'in other order', document: reverse(document), arrange: asSet },
  { name: 'in inline fragments', document: wrapInline(document), arrange: (denials) => denials },
  { name: 'in named fragments', document: wrapNamed(document), arrange: (denials) => denials },
];

async function checkRewordings(triple: Triple, rewordings: readonly Rewording[]) {
  for (const { name, document, arrange } of rewordings) {
    const denials = await ask(triple, { ...requestOf(triple), document });
    const wrong = differ(`denials ${name}`, arrange(denials), arrange(triple.deniedBefore));
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** Asks the same document with other variables, whose answers must not be kept for anyone. */
async function askOtherwise(triple: Triple): Promise<void> {
  const flipped = Object.entries(triple.operation.variables).map(([name, value]) => [
    name,
    typeof value === 'boolean' ? !value : value,
  ]);
  for (const variableValues of [{}, Object.fromEntries(flipped)]) {
    await ask(triple, { ...requestOf(triple), variableValues });
  }
}

async function checkAskedAgain(triple: Triple): Promise<string | undefined> {
  return differ('denials again', await ask(triple, requestOf(triple)), triple.deniedBefore);
}

/** What is wrong with one operation, asked by one viewer after the other. */
async function findProblem(triples: readonly Triple[]): Promise<string | undefined> {
  const [first] = triples;
  if (first === undefined) return undefined;
  await askOtherwise(first);
  const rewordings = toRewordings(first.operation);
  for (const triple of triples) {
    const problem =
      (await checkGuardedSchema(triple)) ??
      (await checkAskedBefore(triple)) ??
      (await checkPermitted(triple)) ??
      (await checkExecute(triple)) ??
      (await checkLenient(triple)) ??
      (await checkDecided(triple)) ??
      (await checkRewordings(triple, rewordings));
    if (problem !== undefined) return `${problem}\n${show(triple)}`;
  }
  const problem = await checkOneContext([...triples, ...[...triples].reverse()]);
  if (problem !== undefined) return problem;
  // Asked after the others, in the other order.
  for (const triple of [...triples].reverse()) {
    await askOtherwise(triple);
    const problem = await checkAskedAgain(triple);
    if (problem !== undefined) return `${problem}\n${show(triple)}`;
  }
  return undefined;
}

const show = ({ sdl, operation, viewer }: Triple): string =>
  [
    sdl,
    operation.text,
    `run ${operation.operationName} with ${JSON.stringify(operation.variables)}`,
    `as ${viewer === null ? 'anonymous' : `[${viewer}]`}`,
  ].join('\n');

async function checkRound(round: Round, tally: Tally): Promise<string | undefined> {
  const setting = toSetting(round.schema);
  tally.addSchema(setting.sdl);
  for (const operation of operationsOf(round, setting.world)) {
    const triples = viewers.map((viewer) => toTriple(setting, operation, viewer));
    const problem = await findProblem(triples);
    if (problem !== undefined) return problem;
    tally.addOperation(setting.world, operation, triples);
  }
  return undefined;
}

describe(`generated schemas, operations and viewers (seed ${seed}, ${minTriples} triples)`, () => {
  it('show no guarded value without the right, and are refused nothing permitted', async () => {
    const tally = createTally();
    await withoutUnhandledRejections(() =>
      forAll({
        file: 'test/authorization/properties.test.ts',
        arbitrary: roundsOf(operationsPerSchema),
        numRuns: schemas,
        check: (round) => checkRound(round, tally),
      }),
    );
    process.stdout.write(`${tally}\n`);
    if (isReplay) return;
    expect(tally.triples).toBeGreaterThanOrEqual(minTriples);
    if (minTriples >= 100_000) recordFigure('properties.triples', tally.triples);
    if (tally.triples >= enoughToJudge) expect(tally.shortfalls()).toEqual([]);
  }, 600_000);

  it('are noticed to be too few of a kind, when always the same is generated', async () => {
    const tally = createTally();
    const simplest = { schema: [], operations: [[], []] };
    for (let count = 0; count < 3; count += 1) await checkRound(simplest, tally);
    const kinds = ['different schemas', 'different from all others', 'unions', 'variables'];
    expect(tally.shortfalls()).toEqual(
      expect.arrayContaining(kinds.map((kind) => expect.stringMatching(`^${kind}: `))),
    );
  });
});

const reverse = (document: DocumentNode): DocumentNode =>
  visit(document, {
    SelectionSet: (node) => ({ ...node, selections: [...node.selections].reverse() }),
  });

/** `{ a b }` becomes `{ ... { a b } }` at every level. */
function wrapInline(document: DocumentNode): DocumentNode {
  return visit(document, {
    SelectionSet: {
      leave: (node): SelectionSetNode => ({
        kind: Kind.SELECTION_SET,
        selections: [{ kind: Kind.INLINE_FRAGMENT, selectionSet: node }],
      }),
    },
  });
}

/** The selections of every operation move into fragments of their own, which stand first. */
function wrapNamed(document: DocumentNode): DocumentNode {
  const roots = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' };
  const moved = document.definitions.flatMap((definition): readonly DefinitionNode[] => {
    if (definition.kind !== Kind.OPERATION_DEFINITION) return [definition];
    const name = { kind: Kind.NAME, value: `Moved${definition.name?.value}` } as const;
    const type = { kind: Kind.NAME, value: roots[definition.operation] } as const;
    return [
      {
        kind: Kind.FRAGMENT_DEFINITION,
        name,
        typeCondition: { kind: Kind.NAMED_TYPE, name: type },
        selectionSet: definition.selectionSet,
      } as const,
      {
        ...definition,
        selectionSet: {
          kind: Kind.SELECTION_SET,
          selections: [{ kind: Kind.FRAGMENT_SPREAD, name }],
        },
      } as const,
    ];
  });
  return { ...document, definitions: moved };
}
