import {
  type Authorization,
  createAuthorization,
  type Policies,
  type Viewer,
} from '@graphql-gatehouse/authorization';
import { type Explanation, explain } from '@graphql-gatehouse/authorization/reports';
import { type GraphQLSchema, getOperationAST, getVariableValues, validate } from 'graphql';
import { it } from 'vitest';
import type { OperationDecision } from '../../packages/authorization/src/enforcement/operation/decide-operation.ts';
import { timesOf } from '../support/sample.ts';
import { anonymous, holding, type TestContext } from './fixtures.ts';
import { decidedKinds, operationsOf, roundsOf } from './generated-rounds.ts';
import { type GeneratedOperation, viewers } from './generators.ts';
import type { OracleViewer } from './oracle.ts';
import { forAll } from './property-run.ts';

/** Policies that all admit: what is refused is refused by groups. */
const admitting = (names: readonly string[]): Policies<Viewer, TestContext> =>
  Object.fromEntries(
    names.map((name) => [name, { reads: [], admits: () => true, where: () => ({}) }]),
  );

const serve = (schema: GraphQLSchema, names: readonly string[]) =>
  createAuthorization<Viewer, TestContext>(schema, {
    policies: admitting(names),
    viewerOf: ({ viewer }) => viewer,
  });

/** The outcomes of both, of which there must be enough. */
const createCounts = () => ({ 401: 0, 403: 0, depends: 0, narrowed: 0, runs: 0 });

/** What the decision without execution says that the explanation must say. */
function expectedVerdict({ allowed, denials, depends, narrowed }: OperationDecision) {
  if (!allowed) return denials.some(({ code }) => code === 'UNAUTHENTICATED') ? 401 : 403;
  if (depends.length > 0) return 'depends';
  return narrowed.length > 0 ? 'narrowed' : 'runs';
}

/** Returns how an explanation differs from the decision about the same operation for the same groups. */
function findDifference(
  { verdict, coordinates }: Explanation,
  decision: OperationDecision,
): string | undefined {
  const expected = expectedVerdict(decision);
  const asksFirst = coordinates.some(
    ({ decided, decision: { outcome } }) => decided === 'before' && outcome === 'depends',
  );
  // Explaining asks no policy, also not those of root fields.
  if (verdict !== (decision.allowed && asksFirst ? 'depends' : expected)) {
    return `the verdict is ${verdict}, and the decision ${expected}`;
  }
  if (!decision.allowed) return undefined;
  if (coordinates.some(({ depends }) => depends) !== decision.depends.length > 0) {
    return `one depends on data: ${decision.depends}`;
  }
  // Of what depends on a run-time type, a decision names the nearest field that the client selected.
  const certain = coordinates.filter(({ dependsOn }) => dependsOn.length === 0);
  const notIn = (known: readonly string[], found: typeof certain) =>
    found.map(({ coordinate }) => coordinate).filter((each) => !known.includes(each));
  const missing = [
    ...notIn(
      decision.depends,
      certain.filter(({ depends }) => depends),
    ),
    ...notIn(
      decision.narrowed,
      certain.filter((each) => each.decision.outcome === 'narrowed'),
    ),
  ];
  return missing.length === 0 ? undefined : `the decision does not list ${missing}`;
}

/** Whether an operation is valid, and its variables too: what is not, is not explained. */
function isExplained(
  schema: GraphQLSchema,
  { document, operationName, variables }: GeneratedOperation,
): boolean {
  const { variableDefinitions = [] } = getOperationAST(document, operationName) ?? {};
  return (
    validate(schema, document).length === 0 &&
    getVariableValues(schema, variableDefinitions, { ...variables }).errors === undefined
  );
}

interface Compared {
  readonly server: Authorization<TestContext>;
  readonly operation: GeneratedOperation;
  readonly viewer: OracleViewer;
}

async function compare(
  { server, operation, viewer }: Compared,
  counts: ReturnType<typeof createCounts>,
): Promise<string | undefined> {
  const { document, operationName, variables: variableValues } = operation;
  const known = viewer?.filter((group) => group !== 'G9') ?? null;
  const request = { document, operationName, variableValues };
  const answer = await server.decideOperation({
    ...request,
    contextValue: { viewer: known === null ? anonymous : holding(...known) },
  });
  if (answer.kind === 'invalid') return undefined;
  const { source: schema, requirements } = server;
  const explanation = explain({ schema, requirements, groups: known, ...request });
  counts[explanation.verdict] += 1;
  const difference = findDifference(explanation, answer.decision);
  if (difference === undefined) return undefined;
  return [difference, operation.text, `as [${known}]`, JSON.stringify(answer.decision)].join('\n');
}

it.each(decidedKinds)(
  'an explanation decides as a decision without execution, on schemas of $kind',
  async ({ generate, toSchema, policyNames }) => {
    const counts = createCounts();
    const fewest = () => Math.min(counts[401], counts.depends, counts.narrowed, counts.runs);
    await forAll({
      file: 'test/authorization/explain.properties.test.ts',
      arbitrary: roundsOf(8),
      numRuns: timesOf(60, 16),
      tally: counts,
      isEnough: () => fewest() > 20,
      async check(round) {
        const sdl = generate(round.schema);
        const server = serve(toSchema(sdl), policyNames);
        for (const operation of operationsOf(round, server.source)) {
          if (!isExplained(server.source, operation)) continue;
          for (const viewer of viewers) {
            const difference = await compare({ server, operation, viewer }, counts);
            if (difference !== undefined) return `${difference}\n${sdl}`;
          }
        }
        return undefined;
      },
    });
  },
  600_000,
);
