import type { Authorization, Viewer } from '@graphql-gatehouse/authorization';
import {
  createDecideForAnyVariables,
  type OperationVerdict,
  printVerdict,
} from '@graphql-gatehouse/authorization/reports';
import type { DocumentNode } from 'graphql';
import { it } from 'vitest';
import type { OperationDecision } from '../../packages/authorization/src/enforcement/operation/decide-operation.ts';
import { onlyOperation } from '../support/client-agreement.ts';
import { timesOf } from '../support/sample.ts';
import {
  type Candidates,
  candidatesOf,
  chooseVariables,
  supplyLittle,
  type Variables,
  withSharedConditions,
  withValue,
} from './any-variables.ts';
import { anonymous, type TestContext } from './fixtures.ts';
import { guardAnswering, operationsOf, provenKinds, roundsOf } from './generated-rounds.ts';
import { createChoices } from './generators.ts';
import { forAll } from './property-run.ts';

const fresh = { PASSKEY_VERIFIED: new Date() };

/** Each viewer with the proofs that a verdict assumes, and the same without any. */
const viewers: readonly { readonly viewer: Viewer; readonly unproven: Viewer }[] = [
  { viewer: anonymous, unproven: anonymous },
  ...[[], ['G1'], ['G2'], ['G1', 'G3']].map((groups) => ({
    viewer: user(groups, fresh),
    unproven: user(groups, {}),
  })),
  { viewer: user([], 'EACH_REQUEST'), unproven: user([], 'EACH_REQUEST') },
  { viewer: user(['G1'], 'EACH_REQUEST'), unproven: user(['G1'], 'EACH_REQUEST') },
];

function user(
  groups: readonly string[],
  authenticatedAt: Extract<Viewer, { isAuthenticated: true }>['authenticatedAt'],
): Viewer {
  return {
    isAuthenticated: true,
    groups: new Set(groups),
    ...(authenticatedAt && { authenticatedAt }),
  };
}

type Server = Authorization<TestContext>;

/** One cell: an operation and a viewer, on a server whose policies admit and on one whose policies refuse. */
interface Cell {
  readonly document: DocumentNode;
  readonly viewer: Viewer;
  readonly unproven: Viewer;
  readonly candidates: Candidates;
  /** Whether one variable stands in several conditions. */
  readonly isShared: boolean;
  readonly admitting: Server;
  readonly refusing: Server;
}

async function decide(
  server: Server,
  { document }: Pick<Cell, 'document'>,
  viewer: Viewer,
  variableValues: Variables,
): Promise<OperationDecision> {
  const contextValue = { viewer };
  const answer = await server.decideOperation({ document, variableValues, contextValue });
  if (answer.kind === 'decided') return answer.decision;
  throw new Error(`${JSON.stringify(variableValues)}: ${answer.errors.join()}`);
}

/** Changes one variable at a time as long as the operation is denied at fewer coordinates. */
async function search(
  cell: Cell,
  start: Variables,
): Promise<readonly [Variables, OperationDecision]> {
  const { admitting, viewer } = cell;
  let found = start;
  let decision = await decide(admitting, cell, viewer, start);
  for (let hasChanged = true; hasChanged; ) {
    hasChanged = false;
    for (const [name, values] of cell.candidates) {
      for (const value of values) {
        const variables = withValue(found, name, value);
        const next = await decide(admitting, cell, viewer, variables);
        if (next.denials.length >= decision.denials.length) continue;
        [found, decision, hasChanged] = [variables, next, true];
      }
    }
  }
  return [found, decision];
}

/** Returns how the verdict differs from the decisions of the library with real variables. */
async function findDifference(
  cell: Cell,
  verdict: OperationVerdict,
  samples: readonly Variables[],
) {
  const { admitting, viewer, candidates } = cell;
  const names = [...candidates.keys()];
  const decisions = await Promise.all(
    samples.map((variables) => decide(admitting, cell, viewer, variables)),
  );
  const refused = decisions.filter(({ allowed }) => !allowed).length;
  if (verdict.outcome === 'refused' && refused < decisions.length)
    return 'it is not refused always';
  if (verdict.outcome === 'allowed') {
    return refused > 0 ? 'it is refused' : findWrongMark(cell, verdict, samples);
  }
  if (verdict.outcome === 'refused') return undefined;
  // Two variables can supply one coordinate, so that to change either alone changes nothing.
  const starts = [supplyLittle(candidates), ...samples];
  const attempts = await Promise.all(starts.map((start) => search(cell, start)));
  const free = attempts.find(([, { allowed }]) => allowed)?.[0];
  if (free === undefined) return 'it is refused with the least variables found';
  const { coordinate } = verdict;
  // Other values of a variable in @skip and in @include can hide the coordinate, so that all conditions are tried.
  const conditions = cell.isShared ? names.filter((name) => name.startsWith('b')) : [];
  const changed = [...new Set([...conditions, ...verdict.variables])];
  let isRefused = false;
  for (const variables of combinations(free, candidates, changed)) {
    const { allowed, denials } = await decide(admitting, cell, viewer, variables);
    isRefused ||= !allowed;
    if (denials.some((each) => each.coordinate === coordinate)) return undefined;
  }
  if (!isRefused) return 'its variables do not make it refused';
  // What other variables supply can refuse it before, as groups do before proofs.
  for (const variables of combinations(free, candidates, names)) {
    const { denials } = await decide(admitting, cell, viewer, variables);
    if (denials.some((each) => each.coordinate === coordinate)) return undefined;
  }
  return 'it is not denied at the coordinate';
}

/** At most so many combinations of values are tried. */
const maxCombinations = 5000;

/** Yields the values of these variables with one another, beside the values of the rest. Of too many, some. */
function* combinations(start: Variables, candidates: Candidates, names: readonly string[]) {
  const lists = names.map((name) => ({ name, values: candidates.get(name) ?? [] }));
  const count = lists.reduce((product, { values }) => product * values.length, 1);
  for (let index = 0; index < Math.min(count, maxCombinations); index += 1) {
    // A prime, so that each list is gone through.
    let rest = count > maxCombinations ? (index * 104_729) % count : index;
    let variables = start;
    for (const { name, values } of lists) {
      variables = withValue(variables, name, values[rest % values.length]);
      rest = Math.floor(rest / values.length);
    }
    yield variables;
  }
}

type Allowed = Extract<OperationVerdict, { outcome: 'allowed' }>;

async function findWrongMark(cell: Cell, verdict: Allowed, samples: readonly Variables[]) {
  const { admitting, refusing, viewer, unproven } = cell;
  let [narrowed, depends, asked, proof] = [false, false, false, false];
  for (const variables of samples) {
    const decision = await decide(admitting, cell, viewer, variables);
    narrowed ||= decision.narrowed.length > 0;
    depends ||= decision.depends.length > 0;
    asked ||= !(await decide(refusing, cell, viewer, variables)).allowed;
    proof ||= !(await decide(admitting, cell, unproven, variables)).allowed;
  }
  if (narrowed && !verdict.narrowed) return 'it is narrowed';
  if ((depends || asked) && verdict.depends.length === 0) return 'it depends';
  if (proof && verdict.maxAge === undefined && verdict.factors === undefined)
    return 'proof is asked';
  // Input selects nothing, so that without conditions every sample has all marks.
  if ([...cell.candidates.keys()].some((name) => name.startsWith('b'))) return undefined;
  if (verdict.narrowed && !narrowed) return 'it is not narrowed';
  return verdict.depends.length > 0 && !depends && !asked ? 'it does not depend' : undefined;
}

it.each(provenKinds)(
  'a verdict for any variables is what the library decides with the least and the most, on schemas of $kind',
  async ({ kind, generate, toSchema, policyNames }) => {
    const counts = { refused: 0, depends: 0, allowed: 0 };
    await forAll({
      file: 'test/authorization/decide-for-any-variables.properties.test.ts',
      arbitrary: roundsOf(6),
      numRuns: timesOf(12, 4),
      async check(round) {
        const sdl = generate(round.schema);
        const schema = toSchema(sdl);
        const [admitting, refusing] = [
          guardAnswering(schema, policyNames, true),
          guardAnswering(schema, policyNames, false),
        ];
        const { source, requirements } = admitting;
        for (const [index, operation] of [...operationsOf(round, source)].entries()) {
          const one = onlyOperation(operation.document, operation.operationName);
          const isShared = index % 2 === 1;
          const document = isShared ? withSharedConditions(one) : one;
          const candidates = candidatesOf(source, document);
          const verdictOf = createDecideForAnyVariables({ schema: source, requirements }, document);
          const choices = createChoices(round.operations.flat());
          const samples = Array.from({ length: 6 }, () => chooseVariables(candidates, choices));
          for (const viewer of viewers) {
            const verdict = verdictOf(viewer.viewer);
            counts[verdict.outcome] += 1;
            const cell = { document, candidates, isShared, admitting, refusing, ...viewer };
            const difference = await findDifference(cell, verdict, samples);
            if (difference === undefined) continue;
            const groups = viewer.viewer.isAuthenticated ? [...viewer.viewer.groups] : 'anonymous';
            return `${printVerdict(verdict)}, but ${difference}\n${operation.text}\nas ${groups}\n${sdl}`;
          }
        }
        return undefined;
      },
      tally: counts,
      // Rules for types seldom depend on variables.
      isEnough: () =>
        Math.min(counts.refused, counts.allowed) > 3 &&
        (kind === 'rules for types' || counts.depends > 3),
    });
  },
  600_000,
);
