import type { GraphQLResolveInfo, GraphQLSchema } from 'graphql';
import { responsePathAsArray } from 'graphql';
import { type Admission, type Decision, decide, type Refusal } from '../decision/decision.ts';
import { isPromise } from '../decision/is-promise.ts';
import { type Policies, unmetClauses } from '../decision/policies.ts';
import type { PolicyAnswers } from '../decision/policy-answers.ts';
import { parseViewer, type Viewer } from '../decision/viewer.ts';
import type { Clause, Requirement } from '../requirements/requirement.ts';
import type { Requirements } from '../requirements/requirements.ts';
import {
  type AuthorizationError,
  createAuthorizationError,
  type DenialExtensions,
  toDenialExtensions,
} from './authorization-error.ts';
import { createExecutions, type Executions, toPathKey } from './execution.ts';
import { createGate, type Gate } from './gate.ts';

/** What an application tells the guards about itself. */
export interface DeciderOptions<TViewer extends Viewer, TContext> {
  /** One predicate for each value of the schema's policy enum; none when the schema has no policies. */
  readonly policies: Policies<TViewer, TContext>;
  /** Who is asking in this request. Called often: read it from the context, do not look it up. */
  readonly viewerOf: (context: TContext) => TViewer;
  /**
   * Told when a policy threw. The viewer is denied, unless this throws: then that error is the answer
   * (a database that is down is better told as such than as a refusal). Nothing it does can allow.
   */
  readonly onPolicyError?: (error: unknown, policy: string, context: TContext) => void;
  /**
   * A dry run: with it nothing is refused, and it is told of every refusal that would have been, those of
   * policies that threw among them. For trying new guards on real traffic; never the default.
   */
  readonly report?: (denial: DenialExtensions, context: TContext) => void;
}

/** The compiled guards of one schema, and the two ways of deciding with them. */
export interface Decider<TContext> {
  readonly schema: GraphQLSchema;
  readonly requirements: Requirements;
  /** The gate of a requirement, for resolvers that stand in the way of many objects. */
  createGate(requirement: Requirement): Gate<TContext>;
  /** Whether the viewer's groups alone let it in everywhere. */
  admitsToAll(admissions: readonly Admission[], context: TContext): boolean;
  /** What the viewer's groups alone say. */
  decideByGroups(requirement: Requirement, context: TContext): Decision;
  /** The refusal at a coordinate that bears no policies, or undefined: let in. */
  refusalByGroups(requirement: Requirement, context: TContext): Refusal | undefined;
  /**
   * The refusal at a field whose source and arguments are known, or undefined: let in. `answers` gives
   * the policies' answers of this execution so far; it is asked for them only when they are needed.
   */
  decideField(
    requirement: Requirement,
    field: FieldCall<TContext>,
    answers: () => PolicyAnswers,
  ): MaybePromise<Refusal | undefined>;
  /**
   * The error of a viewer whose groups do not admit it to a coordinate that bears no policies, or
   * undefined: let in. In a dry run it is reported, and let in.
   */
  deniedByGroups(
    coordinate: string,
    context: TContext,
    info: GraphQLResolveInfo,
  ): AuthorizationError | undefined;
  readonly executions: Executions;
  /** The dry run, where there is one. */
  readonly report: DeciderOptions<never, TContext>['report'];
  /** Reports a refusal that a dry run does not make, unless it has been told in this execution. */
  reportOnce(denial: DenialExtensions, context: TContext, info: GraphQLResolveInfo): void;
}

/** The call of one field, as a resolver gets it. */
export interface FieldCall<TContext> {
  readonly source: unknown;
  readonly args: Readonly<Record<string, unknown>>;
  readonly context: TContext;
}

export type MaybePromise<T> = T | Promise<T>;

/** Joins a schema's requirements with the application's viewer and policies. */
export function createDecider<TViewer extends Viewer, TContext>(
  schema: GraphQLSchema,
  requirements: Requirements,
  options: DeciderOptions<TViewer, TContext>,
): Decider<TContext> {
  const { policies, onPolicyError } = options;
  const viewerOf = (context: TContext) => parseViewer(options.viewerOf(context));

  /** Rejects when `onPolicyError` throws: a plain throw would leave other policies' rejections alone. */
  async function refuseOnError(error: unknown, policy: string, context: TContext): Promise<false> {
    try {
      onPolicyError?.(error, policy, context);
    } catch (told) {
      // In a dry run nothing is refused, for whatever reason: it is reported as any other refusal.
      if (options.report === undefined) throw told;
    }
    return false;
  }

  const executions = createExecutions();

  function reportOnce(denial: DenialExtensions, context: TContext, info: GraphQLResolveInfo): void {
    const { toldPaths, reported } = executions.of(context, info);
    const path = toPathKey(responsePathAsArray(info.path));
    const key = `${path} ${denial.coordinate}`;
    if (!toldPaths.has(path) && !reported.has(key)) options.report?.(denial, context);
    reported.add(key);
  }

  function ask(
    name: string,
    viewer: ReturnType<typeof viewerOf>,
    { source, args, context }: FieldCall<TContext>,
  ) {
    const policy = policies[name];
    if (policy === undefined || !isAuthenticated<TViewer>(viewer)) return false;
    try {
      const answer: unknown = policy(viewer, source, args, context);
      if (typeof answer === 'boolean') return answer;
      return toPromise(answer).then(
        (admitted) => admitted === true,
        (error: unknown) => refuseOnError(error, name, context),
      );
    } catch (error) {
      return refuseOnError(error, name, context);
    }
  }

  return {
    schema,
    requirements,
    createGate: (requirement) => createGate(requirement, viewerOf),
    admitsToAll(admissions, context) {
      const viewer = viewerOf(context);
      for (const admits of admissions) if (!admits(viewer)) return false;
      return true;
    },
    decideByGroups: (requirement, context) => decide(requirement, viewerOf(context)),
    refusalByGroups: (requirement, context) => toRefusal(decide(requirement, viewerOf(context))),
    deniedByGroups(coordinate, context, info) {
      const refusal = toRefusal(decide(requirements.at(coordinate), viewerOf(context)));
      if (refusal === undefined) return undefined;
      const denial = toDenialExtensions(coordinate, refusal);
      if (options.report === undefined) return createAuthorizationError(denial);
      reportOnce(denial, context, info);
      return undefined;
    },
    reportOnce,
    executions,
    report: options.report,
    decideField(requirement, field, answers) {
      const viewer = viewerOf(field.context);
      const decision = decide(requirement, viewer);
      if (decision.outcome === 'allowed') return undefined;
      if (decision.outcome !== 'depends') return decision;
      const known = answers();
      const unmet = unmetClauses(decision.clauses, (policy) =>
        known({ policy, viewer, ...field }, () => ask(policy, viewer, field)),
      );
      return isPromise(unmet) ? unmet.then(refusalOf) : refusalOf(unmet);
    },
  };
}

function isAuthenticated<TViewer extends Viewer>(
  viewer: TViewer | Viewer,
): viewer is Extract<TViewer, { isAuthenticated: true }> {
  return viewer.isAuthenticated;
}

/** Waits for what a policy calls back with. What `then` itself returns says nothing of the viewer. */
function toPromise(answer: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const chained = isPromise(answer) ? answer.then(resolve, reject) : undefined;
    if (!isPromise(chained)) reject(new TypeError('A policy must answer with true or false.'));
  });
}

function refusalOf(unmet: readonly Clause[]): Refusal | undefined {
  return unmet.length === 0 ? undefined : { outcome: 'forbidden', unmet };
}

/** Where no policy can be asked, a decision that waits for one is a refusal. */
function toRefusal(decision: Decision): Refusal | undefined {
  if (decision.outcome === 'allowed') return undefined;
  return decision.outcome === 'depends' ? refusalOf(decision.clauses) : decision;
}
