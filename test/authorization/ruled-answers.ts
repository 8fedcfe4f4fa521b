import { isDeepStrictEqual } from 'node:util';
import type { ExecutionResult, GraphQLError } from 'graphql';
import type { DrawnViewer } from './rows-generators.ts';
import { isOpen, possibleOf, type RuledWorld } from './ruled-generators.ts';
import type { RuledOperation, Selection } from './ruled-operations.ts';
import { type Expected, expectedOf, isGuardedField, type Problem, ruleOf } from './ruled-oracle.ts';

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
  { kind }: RuledOperation,
): boolean {
  const { errors = [], data } = result;
  const isQuery = kind === 'query';
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
  { viewer, answer }: { readonly viewer: DrawnViewer; readonly answer: ExecutionResult },
): boolean {
  const { data, reachesGuarded } = expectedOf(world, operation, { viewer, showsAll: true });
  const isRefusedBefore = needsLogin(world, operation);
  const isOpen = !isRefusedBefore && !reachesGuarded;
  if (isOpen && isDeepStrictEqual(answer, { data })) return true;
  // A resolver that asks which rows of a type with a rule there are gets no answer.
  if (isOpen && !operation.selections.some((each) => asksForRuled(world, each))) return false;
  const { errors = [] } = answer;
  const isUnauthenticated =
    errors.length > 0 && errors.every(({ extensions }) => extensions?.code === 'UNAUTHENTICATED');
  const mayHaveData = operation.kind === 'mutation' && !isRefusedBefore;
  return isUnauthenticated && (mayHaveData || !('data' in answer));
}

function asksForRuled(world: RuledWorld, selection: Selection): boolean {
  const { kind } = selection;
  if (kind !== 'field' && kind !== 'fragment' && kind !== 'part') return false;
  if (selection.inside.some((each) => asksForRuled(world, each))) return true;
  if (kind !== 'field' || selection.field.asking === 'never') return false;
  return possibleOf(world, selection.field.of).some((name) => ruleOf(world, name).length > 0);
}

/** Whether a selected coordinate has a clause, as the document alone says. */
function needsLogin(world: RuledWorld, { selections, kind }: RuledOperation): boolean {
  const isRuled = (name: string) => ruleOf(world, name).length > 0;
  const needs = (selection: Selection, parent: string | undefined, rows = ''): boolean => {
    if (selection.kind === 'skipped') return false;
    if (selection.kind === 'fragment') {
      // Which fragments apply to an object is known only while the operation runs.
      const applies = selection.on === undefined || selection.on === parent;
      return applies && selection.inside.some((each) => needs(each, parent, rows));
    }
    if (parent !== undefined && isRuled(parent)) return true;
    if (selection.kind === 'part') {
      const of = selection.name === 'edges' ? undefined : rows;
      return (
        (of !== undefined && isRuled(of)) || selection.inside.some((each) => needs(each, of, rows))
      );
    }
    if (selection.kind !== 'field') return false;
    const isGuarded = isGuardedField(world, parent, selection.field);
    const { of, shape } = selection.field;
    const inside = shape === 'connection' ? undefined : of;
    return isGuarded || selection.inside.some((each) => needs(each, inside, of));
  };
  return selections.some(
    (each) =>
      kind === 'mutation' ||
      (each.kind === 'field' && !isOpen(world, each.field)) ||
      needs(each, undefined),
  );
}
