import type { GraphQLResolveInfo, GraphQLSchema } from 'graphql';
import { responsePathAsArray } from 'graphql';
import {
  type Admission,
  type Decision,
  decide,
  narrowingClauses,
  type Refusal,
} from '../../decision/decision.ts';
import { isPromise } from '../../decision/is-promise.ts';
import { unmetClauses } from '../../decision/policies.ts';
import type { PolicyAnswers } from '../../decision/policy-answers.ts';
import { parseViewer, type Viewer } from '../../decision/viewer.ts';
import type { Clause, NarrowingClause, Requirement } from '../../requirements/requirement.ts';
import type { Requirements } from '../../requirements/requirements.ts';
import {
  type AuthorizationError,
  createAuthorizationError,
  type DenialExtensions,
  toDenialExtensions,
} from './authorization-error.ts';
import { createExecutions, type Executions, toPathKey } from './execution.ts';
import type { MaybePromise } from './field-call.ts';
import {
  createPolicyCalls,
  type PolicyCalls,
  type PolicyOptions,
  type PolicyQuestion,
} from './policy-calls.ts';

/** The application's part of authorization. */
export interface DeciderOptions<TViewer extends Viewer, TContext>
  extends PolicyOptions<TViewer, TContext> {
  /** Returns the viewer of a request. Called for every guarded field: read it from the context, without I/O. */
  readonly viewerOf: (context: TContext) => TViewer;
}

/** The compiled guards of one schema. */
export interface Decider<TContext> {
  readonly schema: GraphQLSchema;
  readonly requirements: Requirements;
  viewerOf(context: TContext): Viewer;
  /** Whether the viewer's groups alone meet all of these requirements. */
  admitsToAll(admissions: readonly Admission[], context: TContext): boolean;
  /** Decides a requirement by the viewer's groups alone. */
  decideByGroups(requirement: Requirement, context: TContext): Decision;
  /** Returns the clauses that narrow the viewer's rows, whatever the other clauses decide. */
  narrowing(requirement: Requirement, context: TContext): readonly NarrowingClause[];
  /** Returns the refusal at a coordinate without policies, or undefined when the viewer is admitted. */
  refusalByGroups(requirement: Requirement, context: TContext): Refusal | undefined;
  /**
   * Returns the refusal at a field with a known source and arguments, or undefined when the viewer is admitted.
   * `answers` returns the execution's policy answers so far. It is called only when a policy has to be asked.
   */
  decideField(
    requirement: Requirement,
    question: PolicyQuestion<TContext>,
    answers: () => PolicyAnswers,
  ): MaybePromise<Refusal | undefined>;
  /**
   * Returns the error of a viewer whose groups do not admit it to the type or enum value that a field returns, or
   * undefined when it is admitted. In a dry run the refusal is reported, and undefined is returned.
   */
  deniedByGroups(
    coordinate: string,
    context: TContext,
    info: GraphQLResolveInfo,
  ): AuthorizationError | undefined;
  readonly policies: PolicyCalls<TContext>;
  readonly executions: Executions;
  /** The callback of a dry run. Undefined when refusals are enforced. */
  readonly report: DeciderOptions<never, TContext>['report'];
  /** Reports a refusal in a dry run, unless it was already reported in this execution. */
  reportOnce(denial: DenialExtensions, context: TContext, info: GraphQLResolveInfo): void;
}

/** Creates the decider of a schema from its requirements and the application's viewer and policies. */
export function createDecider<TViewer extends Viewer, TContext>(
  schema: GraphQLSchema,
  requirements: Requirements,
  options: DeciderOptions<TViewer, TContext>,
): Decider<TContext> {
  const viewerOf = (context: TContext) => parseViewer(options.viewerOf(context));

  const policies = createPolicyCalls<TViewer, TContext>(options);
  const executions = createExecutions();

  function reportOnce(denial: DenialExtensions, context: TContext, info: GraphQLResolveInfo): void {
    const { reportedPaths, dryRunReports } = executions.of(context, info);
    const path = toPathKey(responsePathAsArray(info.path));
    const key = `${path} ${denial.coordinate}`;
    if (!reportedPaths.has(path) && !dryRunReports.has(key)) options.report?.(denial, context);
    dryRunReports.add(key);
  }

  return {
    schema,
    requirements,
    viewerOf,
    admitsToAll(admissions, context) {
      const viewer = viewerOf(context);
      for (const admits of admissions) if (!admits(viewer)) return false;
      return true;
    },
    decideByGroups: (requirement, context) => decide(requirement, viewerOf(context)),
    narrowing: (requirement, context) => narrowingClauses(requirement, viewerOf(context)),
    refusalByGroups: (requirement, context) => toRefusal(decide(requirement, viewerOf(context))),
    deniedByGroups(coordinate, context, info) {
      const refusal = toRefusal(decide(requirements.returnedAt(coordinate), viewerOf(context)));
      if (refusal === undefined) return undefined;
      const denial = toDenialExtensions(coordinate, refusal);
      if (options.report === undefined) return createAuthorizationError(denial);
      reportOnce(denial, context, info);
      return undefined;
    },
    reportOnce,
    policies,
    executions,
    report: options.report,
    decideField(requirement, question, answers) {
      const viewer = viewerOf(question.context);
      const decision = decide(requirement, viewer);
      if (decision.outcome === 'allowed' || decision.outcome === 'narrowed') return undefined;
      if (decision.outcome !== 'depends') return decision;
      const known = answers();
      const unmet = unmetClauses(decision.clauses, (policy) =>
        known({ policy, viewer, ...question }, () => policies.admits(policy, viewer, question)),
      );
      return isPromise(unmet) ? unmet.then(refusalOf) : refusalOf(unmet);
    },
  };
}

function refusalOf(unmet: readonly Clause[]): Refusal | undefined {
  return unmet.length === 0 ? undefined : { outcome: 'forbidden', unmet };
}

/** Treats a decision that depends on policies as a refusal, for coordinates where no policy can be asked. */
function toRefusal(decision: Decision): Refusal | undefined {
  if (decision.outcome === 'allowed' || decision.outcome === 'narrowed') return undefined;
  return decision.outcome === 'depends' ? refusalOf(decision.clauses) : decision;
}
