import type { GraphQLResolveInfo } from 'graphql';
import { isNonNullType, responsePathAsArray } from 'graphql';
import { isPromise } from '../decision/is-promise.ts';
import {
  type FieldArguments,
  hasGuardedInput,
  suppliedByEither,
  suppliedCoordinates,
  variablesOfExecution,
} from '../plan/supplied-input.ts';
import {
  createAuthorizationError,
  type DenialExtensions,
  toDenialExtensions,
} from './authorization-error.ts';
import type { Decider, FieldCall, MaybePromise } from './decider.ts';
import { toPathKey } from './execution.ts';
import type { Gate } from './gate.ts';

/** What a fence says: call the resolver, or leave the field null, since its refusal has been told. */
export type Passage = 'open' | 'withheld';

/** Stands before a resolver. */
export interface Fence<TContext> {
  /** The short way, for viewers whose groups admit them; none where inputs are guarded as well. */
  readonly gate: Gate<TContext> | undefined;
  /** @throws {AuthorizationError} or rejects with it, when the viewer may not pass. */
  readonly pass: (call: FieldCall<TContext>, info: GraphQLResolveInfo) => MaybePromise<Passage>;
}

/** The field that a fence stands before. */
export interface FencedField extends FieldArguments {
  readonly coordinate: string;
  /** Whether its parent is a root type: what a host calls the root value is then no source. */
  readonly isRoot: boolean;
  /** Whether it stands before `subscribe`, which opens a source stream, and not before `resolve`. */
  readonly opensStream?: boolean;
}

/** Makes the fence of one field, or undefined where neither it nor any input of it is guarded. */
export function createFence<TContext>(
  decider: Decider<TContext>,
  field: FencedField,
): Fence<TContext> | undefined {
  const { coordinate, isRoot, opensStream = false } = field;
  const requirement = decider.requirements.at(coordinate);
  const guardsInput = hasGuardedInput(decider.requirements, field, coordinate);
  if (requirement.length === 0 && !guardsInput) return undefined;

  function pass(given: FieldCall<TContext>, info: GraphQLResolveInfo): MaybePromise<Passage> {
    const call = isRoot ? { ...given, source: undefined } : given;
    const execution = () =>
      opensStream
        ? decider.executions.opening(call.context, info.operation)
        : decider.executions.of(call.context, info);
    const answers = () => execution().answers;
    const refusal = decider.decideField(requirement, call, answers);
    const conclude = (late: Awaited<typeof refusal>): Passage => {
      const denial =
        late === undefined
          ? findDeniedInput(decider, field, { call, info })
          : toDenialExtensions(coordinate, late);
      return denial === undefined ? 'open' : refuse(decider, denial, { call, info });
    };
    return isPromise(refusal) ? refusal.then(conclude) : conclude(refusal);
  }

  return { gate: guardsInput ? undefined : decider.createGate(requirement), pass };
}

interface Passing<TContext> {
  readonly call: FieldCall<TContext>;
  readonly info: GraphQLResolveInfo;
}

function findDeniedInput<TContext>(
  decider: Decider<TContext>,
  field: FencedField,
  { call, info }: Passing<TContext>,
): DenialExtensions | undefined {
  const { coordinate } = field;
  const coerced = variablesOfExecution(info.variableValues);
  const { variables: sent } = decider.executions.of(call.context, info);
  // Those of the execution are asked as well: what was announced opens nothing to another one.
  const variables = sent === undefined ? coerced : suppliedByEither(sent, coerced);
  const supplied = info.fieldNodes.flatMap((node) =>
    suppliedCoordinates(decider.requirements, { node, field, coordinate, variables }),
  );
  for (const each of supplied) {
    const refusal = decider.refusalByGroups(decider.requirements.at(each), call.context);
    if (refusal !== undefined) return toDenialExtensions(each, refusal);
  }
  return undefined;
}

/** @throws {AuthorizationError} unless this is a dry run, or the refusal was told and null may stand. */
function refuse<TContext>(
  decider: Decider<TContext>,
  denial: DenialExtensions,
  { call, info }: Passing<TContext>,
): Passage {
  if (decider.report !== undefined) {
    decider.reportOnce(denial, call.context, info);
    return 'open';
  }
  const { toldPaths } = decider.executions.of(call.context, info);
  const isTold = toldPaths.size > 0 && toldPaths.has(toPathKey(responsePathAsArray(info.path)));
  if (isTold && !isNonNullType(info.returnType)) return 'withheld';
  throw createAuthorizationError(denial);
}
