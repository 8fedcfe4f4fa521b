import type { GraphQLSchema } from 'graphql';
import { type Decision, decide, type Refusal } from './decision.ts';
import { type AskPolicy, type Policies, unmetClauses } from './policies.ts';
import type { Clause, Requirement } from './requirement.ts';
import type { Requirements } from './requirements.ts';
import type { Viewer } from './viewer.ts';

/** What an application tells the library about itself. */
export interface AuthorizationOptions<TViewer extends Viewer, TContext> {
  /** One predicate for each value of the schema's policy enum; none when the schema has no policies. */
  readonly policies: Policies<TViewer, TContext>;
  /** Who is asking in this request. Called often: read it from the context, do not look it up. */
  readonly viewerOf: (context: TContext) => TViewer;
  /**
   * Told when a policy threw. The viewer is denied, unless this throws: then that error is the answer
   * (a database that is down is better told as such than as a refusal). Nothing it does can allow.
   */
  readonly onPolicyError?: (error: unknown, policy: string) => void;
}

/** The compiled guards of one schema, and the two ways of deciding with them. */
export interface Decider<TContext> {
  readonly schema: GraphQLSchema;
  readonly requirements: Requirements;
  /** What the viewer's groups alone say. */
  decideByGroups(requirement: Requirement, context: TContext): Decision;
  /** The refusal at a coordinate that bears no policies, or undefined: let in. */
  refusalByGroups(requirement: Requirement, context: TContext): Refusal | undefined;
  /** The refusal at a field whose source and arguments are known, or undefined: let in. */
  decideField(
    requirement: Requirement,
    field: FieldCall<TContext>,
  ): MaybePromise<Refusal | undefined>;
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
  options: AuthorizationOptions<TViewer, TContext>,
): Decider<TContext> {
  const { policies, viewerOf, onPolicyError } = options;

  function refuseOnError(error: unknown, policy: string): false {
    onPolicyError?.(error, policy);
    return false;
  }

  function askerOf({ source, args, context }: FieldCall<TContext>): AskPolicy {
    const viewer = viewerOf(context);
    return (name) => {
      const policy = policies[name];
      if (policy === undefined || !isAuthenticated(viewer)) return false;
      try {
        const answer = policy(viewer, source, args, context);
        if (typeof answer === 'boolean') return answer;
        return answer.then(
          (admitted) => admitted === true,
          (error: unknown) => refuseOnError(error, name),
        );
      } catch (error) {
        return refuseOnError(error, name);
      }
    };
  }

  return {
    schema,
    requirements,
    decideByGroups: (requirement, context) => decide(requirement, viewerOf(context)),
    refusalByGroups: (requirement, context) => toRefusal(decide(requirement, viewerOf(context))),
    decideField(requirement, field) {
      const decision = decide(requirement, viewerOf(field.context));
      if (decision.outcome === 'allowed') return undefined;
      if (decision.outcome !== 'depends') return decision;
      const unmet = unmetClauses(decision.clauses, askerOf(field));
      return unmet instanceof Promise ? unmet.then(refusalOf) : refusalOf(unmet);
    },
  };
}

function isAuthenticated<TViewer extends Viewer>(
  viewer: TViewer,
): viewer is Extract<TViewer, { isAuthenticated: true }> {
  return viewer.isAuthenticated;
}

function refusalOf(unmet: readonly Clause[]): Refusal | undefined {
  return unmet.length === 0 ? undefined : { outcome: 'forbidden', unmet };
}

/** Where no policy can be asked, a decision that waits for one is a refusal. */
function toRefusal(decision: Decision): Refusal | undefined {
  if (decision.outcome === 'allowed') return undefined;
  return decision.outcome === 'depends' ? refusalOf(decision.clauses) : decision;
}
