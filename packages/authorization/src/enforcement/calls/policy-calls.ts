import { findUnread } from '../../decision/find-unread.ts';
import { getOrAdd } from '../../decision/get-or-add.ts';
import { isPromise } from '../../decision/is-promise.ts';
import {
  admitsRow as admitsByClauses,
  type Policies,
  type RowPolicy,
} from '../../decision/policies.ts';
import type { Viewer } from '../../decision/viewer.ts';
import type { ShapesOf } from '../../options/shape.ts';
import type { NarrowingClause } from '../../requirements/requirement.ts';
import type { DenialExtensions } from './authorization-error.ts';
import type { FieldCall, MaybePromise } from './field-call.ts';
import { isSameRow, type KeptAnswer, type RowAnswers, valuesOf } from './row-answers.ts';
import { RowsError } from './rows-error.ts';

/** The application's policies, and what happens when one fails. */
export interface PolicyOptions<TViewer extends Viewer, TContext> {
  /** One policy for each value of the schema's policy enum. Empty when the schema has no policies. */
  readonly policies: Policies<TViewer, TContext>;
  /**
   * Called when a policy throws. The viewer is denied, unless this callback throws: then that error is returned
   * instead, for example to report an unavailable database. The callback cannot grant access.
   */
  readonly onPolicyError?: (error: unknown, policy: string, context: TContext) => void;
  /**
   * Enables a dry run: nothing is refused, and this callback receives every refusal that would have been made,
   * also those of policies that threw. For trying new guards on real traffic. Off by default.
   */
  readonly report?: (denial: DenialExtensions, context: TContext) => void;
}

/** The parts of a policy for rows. What is missing is reported where the schema names it. */
export const rowPolicyShapes = {
  reads: 'any',
  admits: 'any',
  where: 'any',
} satisfies ShapesOf<RowPolicy<Viewer, never>>;

/** A field, and what its policies are asked about. */
export interface PolicyQuestion<TContext> extends FieldCall<TContext> {
  readonly coordinate: string;
}

/** A row, and the field or type whose policies are asked about it. */
export interface RowQuestion<TContext> {
  readonly coordinate: string;
  readonly row: unknown;
  readonly context: TContext;
  /** The answers to give again, and to add to. Undefined: there are none. */
  readonly answers?: RowAnswers | undefined;
}

/** Calls the policies of the application by name. */
export interface PolicyCalls<TContext> {
  /** Asks a policy about a field. A policy that throws denies, unless `onPolicyError` throws. */
  admits(policy: string, viewer: Viewer, question: PolicyQuestion<TContext>): MaybePromise<boolean>;
  /** Asks a policy for rows about a row, like `admits`. */
  admitsRow(policy: string, viewer: Viewer, question: RowQuestion<TContext>): MaybePromise<boolean>;
  /** Whether in each clause one policy admits a row. Returns a promise only when a policy does. */
  admitsToRow(
    clauses: readonly NarrowingClause[],
    viewer: Viewer,
    question: RowQuestion<TContext>,
  ): MaybePromise<boolean>;
  /** Returns what the `where` of a policy returns. @throws what it throws. */
  where(policy: string, viewer: Viewer, context: TContext): unknown;
  /** Reports an error of a policy. @throws what `onPolicyError` throws. */
  onError(error: unknown, policy: string, context: TContext): void;
}

/** The policies for the places of rows, by names that no policy of the application can have. */
export type PlacePolicies<TContext> = ReadonlyMap<string, RowPolicy<Viewer, TContext>>;

export function createPolicyCalls<TViewer extends Viewer, TContext>(
  options: PolicyOptions<TViewer, TContext>,
  ofPlaces: PlacePolicies<TContext> = new Map(),
): PolicyCalls<TContext> {
  const { policies, onPolicyError } = options;
  const policyOf = (name: string) => ofPlaces.get(name) ?? policies[name];
  const conversion = createAnswerConversion<TContext>(options);
  const { toAnswer, refuseOnError } = conversion;
  const admitsRow = createAdmitsRow(policyOf, conversion);

  return {
    onError(error, policy, context) {
      onPolicyError?.(error, policy, context);
    },
    where(name, viewer, context) {
      const policy = policyOf(name);
      if (typeof policy !== 'object' || !isAuthenticated<TViewer>(viewer)) return undefined;
      return policy.where(viewer, context);
    },
    admitsRow,
    admitsToRow: (clauses, viewer, question) =>
      admitsByClauses(clauses, (policy) => admitsRow(policy, viewer, question)),
    admits(name, viewer, { coordinate, source, args, context }) {
      const policy = policyOf(name);
      if (typeof policy === 'object') {
        return admitsRow(name, viewer, { coordinate, row: source, context });
      }
      if (policy === undefined || !isAuthenticated<TViewer>(viewer)) return false;
      try {
        return toAnswer(policy(viewer, source, args, context), name, context);
      } catch (error) {
        return refuseOnError(error, name, context);
      }
    },
  };
}

/** Converts what policies return and throw to answers. */
interface AnswerConversion<TContext> {
  /** Converts the answer of a policy. One that is no boolean denies. */
  readonly toAnswer: (answer: unknown, policy: string, context: TContext) => MaybePromise<boolean>;
  /** Denies for an error of a policy. Rejects with what `onPolicyError` throws. */
  readonly refuseOnError: (error: unknown, policy: string, context: TContext) => Promise<false>;
}

function createAnswerConversion<TContext>({
  onPolicyError,
  report,
}: Pick<PolicyOptions<never, TContext>, 'onPolicyError' | 'report'>): AnswerConversion<TContext> {
  /** Async: if `onPolicyError` threw synchronously, the rejections of other policies would be unhandled. */
  async function refuseOnError(error: unknown, policy: string, context: TContext): Promise<false> {
    try {
      onPolicyError?.(error, policy, context);
    } catch (reported) {
      // A dry run refuses nothing: it reports this like any other refusal.
      if (report === undefined) throw reported;
    }
    return false;
  }

  return {
    refuseOnError,
    toAnswer(answer, policy, context) {
      if (typeof answer === 'boolean') return answer;
      return toPromise(answer).then(
        (admitted) => admitted === true,
        (error: unknown) => refuseOnError(error, policy, context),
      );
    },
  };
}

/** Creates the function that asks a policy about a row, and keeps its answer. */
function createAdmitsRow<TViewer extends Viewer, TContext>(
  policyOf: (name: string) => Policies<TViewer, TContext>[string] | undefined,
  { toAnswer, refuseOnError }: AnswerConversion<TContext>,
): PolicyCalls<TContext>['admitsRow'] {
  const isNew = createIsNew();

  function refuseUnread(
    property: string,
    name: string,
    { coordinate, context }: RowQuestion<TContext>,
  ): MaybePromise<boolean> {
    const problem = `the policy ${name} reads \`${property}\`, which is undefined`;
    if (!isNew(context, `${coordinate} ${problem}`)) return false;
    return refuseOnError(new RowsError(coordinate, problem), name, context);
  }

  return (name, viewer, question) => {
    const policy = policyOf(name);
    if (typeof policy !== 'object' || !isAuthenticated<TViewer>(viewer)) return false;
    const { row, context, answers } = question;
    let kept: KeptAnswer | undefined;
    try {
      const unread = findUnread(policy.reads, row);
      if (unread !== undefined) return refuseUnread(unread, name, question);
      const known = answers && getOrAdd(answers, name);
      kept = known?.get(row);
      if (kept !== undefined && isSameRow(kept, row, policy.reads)) return kept.answer;
      kept = { values: valuesOf(row, policy.reads), answer: false };
      known?.set(row, kept);
      kept.answer = toAnswer(policy.admits(viewer, Object(row), context), name, context);
      return kept.answer;
    } catch (error) {
      const answer = refuseOnError(error, name, context);
      if (kept !== undefined) kept.answer = answer;
      return answer;
    }
  };
}

/**
 * Creates the check whether a problem is the first of its kind in a request. A list can have thousands of rows that are
 * read without a property.
 */
function createIsNew(): (context: unknown, problem: string) => boolean {
  const reported = new WeakMap<object, Set<string>>();
  return (context, problem) => {
    const key: object = Object(context);
    const known = reported.get(key) ?? new Set();
    if (known.has(problem)) return false;
    reported.set(key, known.add(problem));
    return true;
  };
}

function isAuthenticated<TViewer extends Viewer>(
  viewer: TViewer | Viewer,
): viewer is Extract<TViewer, { isAuthenticated: true }> {
  return viewer.isAuthenticated;
}

/** Converts a policy's thenable to a promise of what it resolves with; the value that `then` returns is ignored. */
function toPromise(answer: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const chained = isPromise(answer) ? answer.then(resolve, reject) : undefined;
    if (!isPromise(chained)) reject(new TypeError('A policy must answer with true or false.'));
  });
}
