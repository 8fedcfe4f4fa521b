import type { GraphQLResolveInfo } from 'graphql';
import { defaultFieldResolver } from 'graphql';
import { compileGroupAdmission, type Refusal } from '../../decision/decision.ts';
import { isPromise } from '../../decision/is-promise.ts';
import type { Viewer } from '../../decision/viewer.ts';
import { variablesOf } from '../../graphql-js/variables.ts';
import { refuseVariables } from '../../plan/fragment-variables.ts';
import {
  type FieldArguments,
  hasGuardedInput,
  suppliedByEither,
  suppliedCoordinates,
  variablesOfExecution,
} from '../../plan/supplied-input.ts';
import { demandsProof, type Requirement } from '../../requirements/requirement.ts';
import { isByRights } from '../before/operation-denials.ts';
import { toDenialExtensions } from '../calls/authorization-error.ts';
import { type Decider, noTime } from '../calls/decider.ts';
import type { Execution } from '../calls/execution.ts';
import type { FieldCall, MaybePromise, Resolver } from '../calls/field-call.ts';
import { type CheckedCall, type GuardResult, refuse } from '../calls/refuse-field.ts';

/** Decides whether the resolver of one field may run. */
export interface FieldGuard<TContext> {
  /** Admits by groups alone. Undefined when they cannot decide: inputs are guarded too, or a proof is asked for. */
  readonly fastPath: FastPath<TContext> | undefined;
  /** Whether groups alone admit the viewer. Undefined like `fastPath`. */
  readonly admits: ((context: TContext) => boolean) | undefined;
  /** @throws {AuthorizationError} or rejects with it, when the viewer may not call the field. */
  readonly check: (
    call: FieldCall<TContext>,
    info: GraphQLResolveInfo,
  ) => MaybePromise<GuardResult>;
}

/** The field that a guard protects. */
export interface GuardedField extends FieldArguments {
  readonly coordinate: string;
  /** Whether its parent is a root type. A host's root value is not passed to policies as the source. */
  readonly isRoot: boolean;
  /** Whether the guard protects `subscribe`, which opens a source stream, instead of `resolve`. */
  readonly opensStream?: boolean;
}

/** Creates the guard of one field. Returns undefined when neither the field nor any of its inputs is guarded. */
export function createFieldGuard<TContext>(
  decider: Decider<TContext>,
  field: GuardedField,
): FieldGuard<TContext> | undefined {
  const { coordinate, isRoot, opensStream = false } = field;
  const requirement = decider.requirements.at(coordinate);
  const guardsInput = hasGuardedInput(decider.requirements, field, coordinate);
  if (requirement.length === 0 && !guardsInput) return undefined;

  function check(
    fieldCall: FieldCall<TContext>,
    info: GraphQLResolveInfo,
  ): MaybePromise<GuardResult> {
    const call = isRoot ? withoutSource(fieldCall) : fieldCall;
    let known: Execution | undefined;
    const execution = (): Execution => {
      known ??= opensStream
        ? decider.executions.opening(call.context, info.operation)
        : decider.executions.of(call.context, info);
      return known;
    };
    const refusal = decider.decideField(requirement, { coordinate, ...call }, execution);
    const conclude = (late: Awaited<typeof refusal>): GuardResult => {
      const own = late === undefined ? [] : [{ coordinate, refusal: late }];
      const isDecided = own.some(isByRights);
      const timedCall = { call, info, now: guardsInput ? execution().now : noTime };
      const denied = isDecided ? own : [...own, ...deniedInputs(decider, field, timedCall)];
      const first = denied.find(isByRights) ?? denied[0];
      if (first === undefined) return 'resolve';
      return refuse(decider, toDenialExtensions(first.coordinate, first.refusal), { call, info });
    };
    return isPromise(refusal) ? refusal.then(conclude) : conclude(refusal);
  }

  if (guardsInput || requirement.some(demandsProof)) {
    return { fastPath: undefined, admits: undefined, check };
  }
  const admission = compileGroupAdmission(requirement);
  return {
    fastPath: createFastPath(requirement, decider.viewerOf),
    admits: (context) => admission(decider.viewerOf(context)),
    check,
  };
}

const withoutSource = <TContext>({ args, context }: FieldCall<TContext>): FieldCall<TContext> => ({
  source: undefined,
  args,
  context,
});

/** A refusal at a field, or at an input of it. */
interface Denied {
  readonly coordinate: string;
  readonly refusal: Refusal;
}

function deniedInputs<TContext>(
  decider: Decider<TContext>,
  field: GuardedField,
  { call, info, now }: CheckedCall<TContext> & { readonly now: Date },
): readonly Denied[] {
  const { coordinate } = field;
  Object.values(info.fragments).forEach(refuseVariables);
  const coerced = variablesOfExecution(variablesOf(info));
  const { variables: sent } = decider.executions.of(call.context, info);
  // The execution's own variables are checked too: the announced ones may belong to another execution.
  const variables = sent === undefined ? coerced : suppliedByEither(sent, coerced);
  const supplied = info.fieldNodes.flatMap((node) =>
    suppliedCoordinates(decider.requirements, { node, field, coordinate, variables }),
  );
  return supplied.flatMap((each) => {
    const refusal = decider.refusalByGroups(decider.requirements.at(each), call.context, now);
    return refusal === undefined ? [] : [{ coordinate: each, refusal }];
  });
}

/** Returns a resolver that calls `resolver` if groups alone admit the viewer, and `otherwise` if not. */
export type FastPath<TContext> = (
  resolver: Resolver<TContext>,
  otherwise: Resolver<TContext>,
) => Resolver<TContext>;

/** Every 16th admission is remembered (a power of two): small answers are faster without. */
const admissionsUntilRemembered = 16;

const resolved = Promise.resolve();

/** Differs from every value that a context can hold, a missing viewer included. */
const noViewer = Symbol('no viewer');

/**
 * Creates the check by groups of one requirement. It never refuses, and remembers no refusal.
 *
 * A list repeats the same check for every item. One admission of one viewer is therefore remembered until the
 * current synchronous code returns: other requests, and code after an `await`, never see it.
 */
export function createFastPath<TViewer extends Viewer, TContext>(
  requirement: Requirement,
  viewerOf: (context: TContext) => TViewer,
): FastPath<TContext> {
  const admitsByGroups = compileGroupAdmission(requirement);
  let remembered: TViewer | typeof noViewer = noViewer;
  let admissions = 0;

  const forget = (): void => {
    remembered = noViewer;
  };

  function admits(viewer: TViewer): boolean {
    if (!admitsByGroups(viewer)) return false;
    admissions = (admissions + 1) % admissionsUntilRemembered;
    if (admissions === 0) {
      if (remembered === noViewer) void resolved.then(forget);
      remembered = viewer;
    }
    return true;
  }

  return (resolver, otherwise) => {
    const readsProperty = resolver === defaultFieldResolver;
    return (source, args, context, info) => {
      const viewer = viewerOf(context);
      if (viewer !== remembered && !admits(viewer)) return otherwise(source, args, context, info);
      // Most fields are plain properties. Reading them here saves the call of the default resolver.
      if (readsProperty && isRecord(source)) {
        const value = source[info.fieldName];
        if (typeof value !== 'function') return value;
      }
      return resolver(source, args, context, info);
    };
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
