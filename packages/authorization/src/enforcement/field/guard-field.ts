import type { GraphQLResolveInfo } from 'graphql';
import type { Refusal } from '../../decision/decision.ts';
import { type FieldArguments, hasGuardedInput } from '../../plan/supplied-input.ts';
import { demandsProof } from '../../requirements/requirement.ts';
import { toDenialExtensions } from '../calls/authorization-error.ts';
import { type Decider, noTime } from '../calls/decider.ts';
import type { Execution } from '../calls/execution.ts';
import type { FieldCall, MaybePromise } from '../calls/field-call.ts';
import { type CheckedCall, type GuardResult, refuse } from '../calls/refuse-field.ts';
import { suppliedInputs } from '../calls/supplied-inputs.ts';
import { isByRights } from '../operation/operation-denials.ts';

/** Decides whether the resolver of one field may run. */
export interface FieldGuard<TContext> {
  /** Whether groups alone admit the viewer. Undefined: they cannot decide. Inputs are guarded too, or a proof is asked for. */
  readonly admits: ((context: TContext) => boolean) | undefined;
  /** Returns the refusal of the field itself. Rejects with what a policy that failed lets the application throw. */
  readonly decide: (
    call: FieldCall<TContext>,
    info: GraphQLResolveInfo,
  ) => MaybePromise<Refusal | undefined>;
  /**
   * Refuses the call for what `decide` has returned, or else for an input.
   *
   * @throws {AuthorizationError} when the viewer may not call the field.
   */
  readonly refuse: (
    refusal: Refusal | undefined,
    call: FieldCall<TContext>,
    info: GraphQLResolveInfo,
  ) => GuardResult;
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

  /** By the path of a field that opens a stream: an opening is announced once. */
  const opened = new WeakMap<GraphQLResolveInfo['path'], Execution>();
  function executionOf(context: TContext, info: GraphQLResolveInfo): Execution {
    if (!opensStream) return decider.executions.of(context, info);
    const known = opened.get(info.path) ?? decider.executions.opening(context, info.operation);
    opened.set(info.path, known);
    return known;
  }
  const toCall = ({ source, args, context }: FieldCall<TContext>): FieldCall<TContext> => ({
    source: isRoot ? undefined : source,
    args,
    context,
  });
  return {
    admits:
      guardsInput || requirement.some(demandsProof)
        ? undefined
        : decider.compileAdmits(requirement),
    decide(call, info) {
      const question = { coordinate, ...toCall(call) };
      return decider.decideField(requirement, question, () => executionOf(call.context, info));
    },
    refuse(refusal, fieldCall, info) {
      const call = toCall(fieldCall);
      const own = refusal === undefined ? [] : [{ coordinate, refusal }];
      const now = guardsInput ? executionOf(call.context, info).now : noTime;
      const inputs = () => deniedInputs(decider, field, { call, info, now });
      const denied = own.some(isByRights) ? own : [...own, ...inputs()];
      const first = denied.find(isByRights) ?? denied[0];
      if (first === undefined) return 'resolve';
      const denial = toDenialExtensions(first.coordinate, first.refusal);
      return refuse(decider, denial, { call, info, opensStream });
    },
  };
}

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
  return suppliedInputs(decider, field, { context: call.context, info }).flatMap((coordinate) => {
    const requirement = decider.requirements.at(coordinate);
    const refusal = decider.refusalByGroups(requirement, call.context, now);
    return refusal === undefined ? [] : [{ coordinate, refusal }];
  });
}
