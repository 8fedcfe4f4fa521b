import type { GraphQLResolveInfo, GraphQLSchema } from 'graphql';
import { responsePathAsArray } from 'graphql';
import {
  type Admission,
  compileGroupAdmission,
  type Decision,
  decide,
  onlyGroupOf,
  type Refusal,
  refusalAfter,
} from '../../decision/decision.ts';
import { holdsAnywhere, mayHoldInPlace } from '../../decision/places.ts';
import { unmetClauses } from '../../decision/policies.ts';
import { isUsual, parseViewer, type Viewer } from '../../decision/viewer.ts';
import { type Clause, demandsProof, type Requirement } from '../../requirements/requirement.ts';
import type { Requirements } from '../../requirements/requirements.ts';
import {
  type AuthorizationError,
  createAuthorizationError,
  type DenialExtensions,
  placeOfValue,
  toDenialExtensions,
} from './authorization-error.ts';
import { createExecutions, type Execution, type Executions, toPathKey } from './execution.ts';
import type { MaybePromise } from './field-call.ts';
import {
  createPolicyCalls,
  type PlacePolicies,
  type PolicyCalls,
  type PolicyOptions,
  type PolicyQuestion,
} from './policy-calls.ts';
import { whenArrived } from './promises.ts';

/** The part of a resolver's `info` that says when its execution began. */
export type BegunInfo = Parameters<Executions['of']>[1];

/** The application's part of authorization. */
export interface DeciderOptions<TViewer extends Viewer, TContext>
  extends PolicyOptions<TViewer, TContext> {
  /** Returns the viewer of a request. Called for every guarded field: read it from the context, without I/O. */
  readonly viewerOf: (context: TContext) => TViewer;
  /**
   * Reads in which places the viewer of a request holds groups, so that `viewerOf` then returns it with `placesOf`. Called
   * before an operation is decided for which places can count, and before its part of the schema is shown. One request can
   * call it several times. Absent: `viewerOf` always returns them.
   */
  readonly readPlaces?: (context: TContext) => Promise<void>;
  /** Returns the time, once for each execution when it begins. Default: that of the system. */
  readonly now?: () => Date;
}

/** The compiled guards of one schema. */
export interface Decider<TContext> {
  readonly schema: GraphQLSchema;
  readonly requirements: Requirements;
  viewerOf(context: TContext): Viewer;
  /** Reads the places of the viewer before they can be asked. Undefined: there is nothing to read. */
  readPlaces(context: TContext): Promise<void> | undefined;
  /** Compiles whether the viewer's groups alone meet a requirement. */
  compileAdmits(requirement: Requirement): (context: TContext) => boolean;
  /** Whether the viewer's groups and proofs alone meet all of these requirements. */
  admitsToAll(admissions: readonly Admission[], context: TContext, now: Date): boolean;
  /**
   * Returns the refusal at a coordinate without policies, or undefined when the viewer is admitted. A group that is held in
   * some place admits here: which one counts is decided by the rows.
   */
  refusalByGroups(requirement: Requirement, context: TContext, now: Date): Refusal | undefined;
  /**
   * Returns the refusal at a field with a known source and arguments, or undefined when the viewer is admitted.
   * `execution` is called only when a policy has to be asked, or a clause asks for a proof of identity.
   */
  decideField(
    requirement: Requirement,
    question: PolicyQuestion<TContext>,
    execution: () => Pick<Execution, 'answers' | 'now'>,
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
  /** Returns the error of a requirement, like `deniedByGroups`. */
  deniedBy(
    guarded: { readonly coordinate: string; readonly requirement: Requirement },
    context: TContext,
    info: GraphQLResolveInfo,
  ): AuthorizationError | undefined;
  readonly policies: PolicyCalls<TContext>;
  readonly executions: Executions;
  /** Returns the time for an execution that begins. In a schema without `maxAge` and `factors`, always the same. */
  readonly clock: () => Date;
  /** Returns when the execution of a resolver began, like `clock`. */
  beganAt(context: TContext, info: BegunInfo): Date;
  /** Returns when the execution with a context began, like `clock`. Without one, the present time. */
  beganOf(context: TContext): Date;
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
  ofPlaces: PlacePolicies<TContext> = new Map(),
): Decider<TContext> {
  const viewerOf = (context: TContext) => parseViewer(options.viewerOf(context));

  const { now = () => new Date() } = options;
  const { demandProof } = requirements;
  const policies = createPolicyCalls<TViewer, TContext>(options, ofPlaces);
  const clock = demandProof ? now : () => noTime;
  const executions = createExecutions(clock);
  const beganAt = (context: TContext, info: BegunInfo): Date =>
    demandProof ? executions.of(context, info).now : noTime;

  function reportOnce(denial: DenialExtensions, context: TContext, info: GraphQLResolveInfo): void {
    const { reportedPaths, dryRunReports } = executions.of(context, info);
    const path = toPathKey(responsePathAsArray(info.path));
    const key = `${path} ${denial.coordinate}`;
    if (!reportedPaths.has(path) && !dryRunReports.has(key)) options.report?.(denial, context);
    dryRunReports.add(key);
  }

  function refusalByGroups(requirement: Requirement, context: TContext, now: Date) {
    const viewer = viewerOf(context);
    return toRefusal(decide(requirement, viewer, now), viewer);
  }

  const deniedBy: Decider<TContext>['deniedBy'] = ({ coordinate, requirement }, context, info) => {
    const now = requirement.some(demandsProof) ? beganAt(context, info) : noTime;
    const refusal = refusalByGroups(requirement, context, now);
    if (refusal === undefined) return undefined;
    const denial = toDenialExtensions(coordinate, refusal);
    if (options.report === undefined) return createAuthorizationError(denial, placeOfValue(info));
    reportOnce(denial, context, info);
    return undefined;
  };

  return {
    schema,
    requirements,
    viewerOf,
    readPlaces: (context) =>
      requirements.places.exist ? options.readPlaces?.(context) : undefined,
    compileAdmits(requirement) {
      const admits = compileGroupAdmission(requirement);
      const group = onlyGroupOf(requirement);
      if (group === undefined) return (context) => admits(viewerOf(context));
      const returnedBy = options.viewerOf;
      // Called for each value of a field, so the usual case is decided without another call.
      return (context) => {
        const returned = returnedBy(context);
        return isUsual(returned)
          ? returned.groups.has(group) === true
          : admits(parseViewer(returned));
      };
    },
    admitsToAll(admissions, context, now) {
      const viewer = viewerOf(context);
      for (const admits of admissions) if (!admits(viewer, now)) return false;
      return true;
    },
    refusalByGroups,
    deniedByGroups: (coordinate, context, info) =>
      deniedBy({ coordinate, requirement: requirements.returnedAt(coordinate) }, context, info),
    deniedBy,
    reportOnce,
    policies,
    executions,
    clock,
    beganAt,
    beganOf: (context) => (demandProof ? (executions.beganOf(context) ?? now()) : noTime),
    report: options.report,
    decideField: createDecideField(viewerOf, policies),
  };
}

/** Creates the decision about a field whose source and arguments are known. */
function createDecideField<TContext>(
  viewerOf: Decider<TContext>['viewerOf'],
  policies: PolicyCalls<TContext>,
): Decider<TContext>['decideField'] {
  return (requirement, question, execution) => {
    const viewer = viewerOf(question.context);
    const now = requirement.some(demandsProof) ? execution().now : noTime;
    const decision = decide(requirement, viewer, now);
    if (decision.outcome === 'allowed' || decision.outcome === 'narrowed') return undefined;
    if (decision.outcome !== 'depends') return decision;
    const { answers: known } = execution();
    const refusalOf = (unmet: readonly Clause[]) => refusalAfter(decision, unmet);
    const unmet = unmetClauses(
      decision.clauses,
      (policy) =>
        known({ policy, viewer, ...question }, () => policies.admits(policy, viewer, question)),
      (clause) => viewer.isAuthenticated && mayHoldInPlace(clause, viewer),
    );
    return whenArrived(unmet, refusalOf);
  };
}

/** The time where none is asked for. Before every proof, so that a mistake refuses. */
export const noTime = new Date(0);

/**
 * Treats a decision that depends on policies as a refusal, for coordinates where no policy can be asked. What depends on
 * places is decided when these are known.
 */
function toRefusal(decision: Decision, viewer: Viewer): Refusal | undefined {
  if (decision.outcome === 'allowed' || decision.outcome === 'narrowed') return undefined;
  if (decision.outcome !== 'depends') return decision;
  const isOpen = (clause: Clause) => viewer.isAuthenticated && holdsAnywhere(clause, viewer);
  return refusalAfter(
    decision,
    decision.clauses.filter((clause) => !isOpen(clause)),
  );
}
