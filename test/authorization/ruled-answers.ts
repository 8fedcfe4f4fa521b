import { isDeepStrictEqual } from 'node:util';
import type { ExecutionResult, GraphQLError } from 'graphql';
import type { Oracle } from './oracle.ts';
import { type DrawnViewer, possibleOf, type RuledWorld } from './ruled-generators.ts';
import type { RuledOperation, Selection } from './ruled-operations.ts';
import { type Expected, expectedOf, type Problem, ruleOf } from './ruled-oracle.ts';

type Path = readonly (string | number)[];

/** An error as it is listed. */
type Listed = Pick<GraphQLError, 'path' | 'extensions'>;

const maxDenials = 20;

const keyOf = (path: Path | undefined, code: unknown): string =>
  `${(path ?? []).join('.')} ${code}`;
const withoutIndices = (path: Path): Path => path.filter((step) => typeof step === 'string');
const isForbidden = ({ extensions }: Listed): boolean => extensions.code === 'FORBIDDEN';

/**
 * Whether errors are those of the problems. Of several that leave the same null, one is enough; those below another null
 * can be missing: executors stop there.
 */
function areListed(
  errors: readonly Listed[],
  problems: readonly Problem[],
  toPath: (path: Path) => Path = (path) => path,
): boolean {
  const keys = new Set(problems.map(({ path, code }) => keyOf(toPath(path), code)));
  const listed = new Set(
    errors.map(({ path, extensions }) => keyOf(toPath(path ?? []), extensions.code)),
  );
  if ([...listed].some((key) => !keys.has(key))) return false;
  if (errors.filter(isForbidden).length >= maxDenials) return true;
  return problems
    .filter((each) => survives(each, problems))
    .every(({ at }) =>
      problems.some(
        (each) => isDeepStrictEqual(each.at, at) && listed.has(keyOf(toPath(each.path), each.code)),
      ),
    );
}

/** Whether the null that a problem leaves is in the answer. */
const survives = ({ at }: Problem, problems: readonly Problem[]): boolean =>
  problems.every(
    (other) => other.at.length >= at.length || other.at.some((step, index) => step !== at[index]),
  );

const isLateOne = ({ isLate }: Problem): boolean => isLate;

/**
 * Whether these fields have been reported: one for each call of a resolver that made a mistake. Executors need not have come
 * to what is below a late row, and to what a null has taken with it.
 */
export function areReported(mistakes: readonly string[], problems: readonly Problem[]): boolean {
  const pathOf = ({ mistake }: Problem) => `${mistake?.path.join('.')}.`;
  const late = problems.filter(isLateOne).map(pathOf);
  const isComplete = problems.every(({ path, at }) => isDeepStrictEqual(path, at));
  const made = new Map(
    problems.filter(({ mistake }) => mistake).map((each) => [pathOf(each), each.mistake]),
  );
  const calls = [...made].map(([path, mistake]) => ({
    coordinate: mistake?.coordinate,
    isSure: isComplete && !late.some((each) => each !== path && path.startsWith(each)),
  }));
  const isReported = ({ coordinate }: (typeof calls)[number]) => {
    const index = left.indexOf(coordinate ?? '');
    return index >= 0 && left.splice(index, 1).length === 1;
  };
  const left = [...mistakes];
  const isMissing = !calls.filter(({ isSure }) => isSure).every(isReported);
  for (const each of calls.filter(({ isSure }) => !isSure)) isReported(each);
  return !isMissing && left.length === 0;
}

/** Whether the schema alone answers so. After a late row no more of its connection is delivered. */
export function isExecuted(
  { data, errors = [] }: ExecutionResult,
  { data: shown, problems }: Expected,
): boolean {
  if (problems.some(isLateOne)) return errors.length > 0;
  return isDeepStrictEqual(data, shown) && areListed(errors, problems);
}

/** Whether a host answers so. */
export function isAnswered(
  result: ExecutionResult,
  { data: shown, problems }: Expected,
  { root }: RuledOperation,
): boolean {
  const { errors = [], data } = result;
  const isQuery = root === 'Query';
  if (problems.some(isLateOne)) {
    if (isRefusedLate(result, isQuery)) return true;
    if (problems.some((each) => isLateOne(each) && survives(each, problems)))
      return isRefused(result, problems);
  }
  if (isQuery && !('data' in result)) return isRefused(result, problems);
  if (isQuery && errors.some(isForbidden)) return false;
  if (problems.length === 0) return isDeepStrictEqual(result, { data: shown });
  return isDeepStrictEqual(data, shown) && areListed(errors, problems);
}

/** Whether a query was refused as a whole by problems that are refusals. */
const isRefused = (result: ExecutionResult, problems: readonly Problem[]): boolean => {
  const { errors = [] } = result;
  const keys = new Set(problems.map(({ path, code }) => keyOf(path, code)));
  return (
    !('data' in result) &&
    errors.length > 0 &&
    errors.length <= maxDenials &&
    errors.every((error) => isForbidden(error) && keys.has(keyOf(error.path, 'FORBIDDEN')))
  );
};

const isRefusedLate = (result: ExecutionResult, isQuery: boolean): boolean => {
  const { errors = [], data } = result;
  return (
    (isQuery ? !('data' in result) : data === null) &&
    errors.length === 1 &&
    errors.every(({ extensions }) => extensions?.code === 'INTERNAL_SERVER_ERROR')
  );
};

/** Whether a host answers so to a lenient query. Each refused path is listed once. */
export function isTolerated(result: ExecutionResult, { data: shown, problems }: Expected): boolean {
  const { errors = [], data } = result;
  const late = problems.filter(isLateOne);
  if (late.length > 0 && isRefusedLate(result, true)) return true;
  const hasData = Object.values(Object(shown)).some((value) => value !== null);
  const refuses = problems.some(({ code }) => code === 'FORBIDDEN');
  if (late.some((each) => survives(each, problems))) return refuses && !('data' in result);
  if (problems.length === 0) return isDeepStrictEqual(result, { data: shown });
  const isWhole = 'data' in result ? isDeepStrictEqual(data, shown) : refuses && !hasData;
  return isWhole && areListed(errors, problems, withoutIndices);
}

/** Whether a host answers so to an anonymous viewer, to whom no object of a type with a rule is shown. */
export function isAnsweredToAnonymous(
  world: RuledWorld,
  operation: RuledOperation,
  { oracle, ...given }: { readonly viewer: DrawnViewer; readonly oracle: Oracle },
  answer: ExecutionResult,
): boolean {
  const expected = expectedOf(world, operation, { ...given, oracle, showsAll: true });
  const isRefusedBefore = oracle.deniedBefore({ ...operation, viewer: null }).length > 0;
  const isOpen = !isRefusedBefore && !expected.reachesGuarded;
  if (isOpen && isAnswered(answer, expected, operation)) return true;
  // A resolver that asks which rows of a type with a rule there are gets no answer.
  if (isOpen && !operation.selections.some((each) => asksForRuled(world, each))) return false;
  const { errors = [] } = answer;
  const isUnauthenticated =
    errors.length > 0 && errors.every(({ extensions }) => extensions?.code === 'UNAUTHENTICATED');
  const mayHaveData = operation.root === 'Mutation' && !isRefusedBefore;
  return isUnauthenticated && (mayHaveData || !('data' in answer));
}

function asksForRuled(world: RuledWorld, selection: Selection): boolean {
  if (selection.kind === 'leaf' || selection.kind === 'skipped') return false;
  if (selection.inside.some((each) => asksForRuled(world, each))) return true;
  if (selection.kind !== 'field' || selection.field.asking === 'never') return false;
  return possibleOf(world, selection.field.of).some((name) => ruleOf(world, name).length > 0);
}
