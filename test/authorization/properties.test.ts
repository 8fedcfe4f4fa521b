import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type {
  DefinitionNode,
  DocumentNode,
  ExecutionResult,
  GraphQLSchema,
  SelectionSetNode,
} from 'graphql';
import { execute, Kind, visit } from 'graphql';
import { describe, it } from 'vitest';
import {
  type Authorization,
  AuthorizationError,
  createAuthorization,
  type Viewer,
} from '../../src/authorization/index.ts';
import {
  createChoices,
  type GeneratedOperation,
  generateOperation,
  generateSchema,
  viewers,
} from './generators.ts';
import { createOracle, type Oracle, type OracleViewer, policyAnswers } from './oracle.ts';
import { createWorld } from './world.ts';

const runs = Number(process.env.PROPERTY_RUNS ?? 200);
const seed = Number(process.env.PROPERTY_SEED ?? Date.now() % 1_000_000_000);

interface Context {
  readonly viewer: Viewer;
}

/** One triple: a schema, an operation on it, and a viewer. */
interface Trial {
  readonly sdl: string;
  readonly operation: GeneratedOperation;
  readonly viewer: OracleViewer;
  readonly oracle: Oracle;
  readonly world: GraphQLSchema;
  readonly authorization: Authorization<Context>;
}

const choicesArbitrary = (length: number) =>
  fc.array(fc.nat({ max: 5039 }), { maxLength: length, size: 'max' });

const trials = fc.record({
  schema: choicesArbitrary(1000),
  operation: choicesArbitrary(300),
  viewer: fc.constantFrom(...viewers),
});

function toTrial(numbers: {
  readonly schema: readonly number[];
  readonly operation: readonly number[];
  readonly viewer: OracleViewer;
}): Trial | undefined {
  const sdl = generateSchema(createChoices(numbers.schema));
  const world = createWorld(sdl);
  const operation = generateOperation(world, createChoices(numbers.operation));
  if (operation === undefined) return undefined;
  return {
    sdl,
    operation,
    viewer: numbers.viewer,
    oracle: createOracle(sdl),
    world,
    authorization: createAuthorization<Viewer, Context>(world, {
      policies: {
        YES: () => policyAnswers.YES === true,
        NO: () => Promise.resolve(policyAnswers.NO === true),
      },
      viewerOf: ({ viewer }) => viewer,
    }),
  };
}

const toContext = (groups: OracleViewer): Context => ({
  viewer:
    groups === null
      ? { isAuthenticated: false, reason: 'TOKEN_MISSING' }
      : { isAuthenticated: true, groups: new Set(groups) },
});

const show = ({ sdl, operation, viewer }: Trial): string =>
  [
    `seed ${seed}`,
    sdl,
    operation.text,
    `run ${operation.operationName} with ${JSON.stringify(operation.variables)}`,
    `as ${viewer === null ? 'anonymous' : `[${viewer}]`}`,
  ].join('\n');

/** Runs `check` on generated triples. A check returns what is wrong, or nothing. */
async function forAll(check: (trial: Trial) => Promise<string | undefined>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(trials, async (numbers) => {
      const trial = toTrial(numbers);
      fc.pre(trial !== undefined);
      const problem = await check(trial);
      if (problem !== undefined) throw new Error(`${problem}\n${show(trial)}`);
    }),
    { numRuns: runs, seed, endOnFailure: process.env.PROPERTY_SHRINK === 'off' },
  );
}

const run = async (schema: GraphQLSchema, trial: Trial): Promise<ExecutionResult> =>
  execute({
    schema,
    document: trial.operation.document,
    operationName: trial.operation.operationName,
    variableValues: trial.operation.variables,
    contextValue: toContext(trial.viewer),
  });

const ask = async (trial: Trial, document: DocumentNode = trial.operation.document) => {
  const denials = await trial.authorization.authorizeOperation({
    document,
    operationName: trial.operation.operationName,
    variableValues: trial.operation.variables,
    contextValue: toContext(trial.viewer),
  });
  return denials.map(({ denial, path }) => ({
    coordinate: denial.coordinate,
    path: (path ?? []).join('.'),
  }));
};

const requestOf = ({ operation, viewer }: Trial) => ({ ...operation, viewer });

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));

/** Coordinates of the values in an answer: fields name their own, enum values and type names theirs. */
function shownCoordinates(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value.replace(/^(E\d)_.$/, `$1.${value}`)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(shownCoordinates);
}

const leaksOf = ({ data }: ExecutionResult, { oracle, viewer }: Trial): readonly string[] =>
  shownCoordinates(data).filter((coordinate) => !oracle.maySee(coordinate, viewer));

const differ = (what: string, actual: unknown, expected: unknown): string | undefined =>
  isDeepStrictEqual(plain(actual), plain(expected))
    ? undefined
    : `${what}: got\n${JSON.stringify(actual)}\ninstead of\n${JSON.stringify(expected)}`;

const pathsOf = (errors: ExecutionResult['errors']): readonly string[] =>
  (errors ?? []).map(({ path }) => (path ?? []).join('.')).sort();

describe(`generated schemas, operations and viewers (seed ${seed}, ${runs} runs)`, () => {
  it('show no guarded value to a viewer without the right, by the guarded schema alone', async () => {
    await forAll(async (trial) => {
      const leaks = leaksOf(await run(trial.authorization.schema, trial), trial);
      return leaks.length === 0 ? undefined : `leaks ${leaks}`;
    });
  }, 600_000);

  it('show no guarded value to a viewer without the right, when asked before they run', async () => {
    await forAll(async (trial) => {
      if ((await ask(trial)).length > 0) return undefined;
      const leaks = leaksOf(await run(trial.authorization.schema, trial), trial);
      return leaks.length === 0 ? undefined : `leaks ${leaks}`;
    });
  }, 600_000);

  it('answer by the guarded schema alone exactly what the oracle grants', async () => {
    await forAll(async (trial) => {
      const { data, errors } = await run(trial.authorization.schema, trial);
      const expected = trial.oracle.run(requestOf(trial));
      const foreign = errors?.find(
        ({ originalError }) => !(originalError instanceof AuthorizationError),
      );
      return (
        foreign?.message ??
        differ('data', data, expected.data) ??
        differ('denied paths', pathsOf(errors), [...expected.deniedPaths].sort())
      );
    });
  }, 600_000);

  it('refuse nothing that the oracle grants', async () => {
    await forAll(async (trial) => {
      const request = requestOf(trial);
      if (trial.oracle.deniedBefore(request).length > 0) return undefined;
      if (trial.oracle.run(request).deniedPaths.length > 0) return undefined;
      const denials = await ask(trial);
      if (denials.length > 0) return `refuses ${JSON.stringify(denials)}`;
      const guarded = await run(trial.authorization.schema, trial);
      return differ('answer', guarded, await run(trial.world, trial));
    });
  }, 600_000);

  it('are refused before they run exactly where the oracle refuses, in document order', async () => {
    await forAll(async (trial) =>
      differ('denials', await ask(trial), trial.oracle.deniedBefore(requestOf(trial))),
    );
  }, 600_000);

  it('are refused alike in every order of fields', async () => {
    await forAll(async (trial) => {
      const reversed = visit(trial.operation.document, {
        SelectionSet: (node) => ({ ...node, selections: [...node.selections].reverse() }),
      });
      return differ('denials', asSet(await ask(trial, reversed)), asSet(await ask(trial)));
    });
  }, 600_000);

  it('are refused alike when every selection is wrapped in fragments', async () => {
    await forAll(async (trial) => {
      const expected = await ask(trial);
      return (
        differ('inline', await ask(trial, wrapInline(trial.operation.document)), expected) ??
        differ('named', await ask(trial, wrapNamed(trial.operation.document)), expected)
      );
    });
  }, 600_000);

  it('are refused alike after others asked the same document, with other variables too', async () => {
    await forAll(async (trial) => {
      const flipped = Object.entries(trial.operation.variables).map(([name, value]) => [
        name,
        typeof value === 'boolean' ? !value : value,
      ]);
      for (const variables of [{}, Object.fromEntries(flipped)]) {
        await ask({ ...trial, operation: { ...trial.operation, variables } });
      }
      for (const viewer of viewers) await ask({ ...trial, viewer });
      const fresh = createAuthorization<Viewer, Context>(trial.world, {
        policies: { YES: () => true, NO: () => false },
        viewerOf: ({ viewer }) => viewer,
      });
      return differ('denials', await ask(trial), await ask({ ...trial, authorization: fresh }));
    });
  }, 600_000);
});

const asSet = (denials: readonly { readonly coordinate: string; readonly path: string }[]) =>
  denials.map(({ coordinate, path }) => `${coordinate} ${path}`).sort();

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
