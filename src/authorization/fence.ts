import { isPromise } from '@graphql-tools/utils';
import type { GraphQLResolveInfo } from 'graphql';
import { isNonNullType, responsePathAsArray } from 'graphql';
import {
  AuthorizationError,
  type DenialExtensions,
  toDenialExtensions,
} from './authorization-error.ts';
import type { Decider, FieldCall, MaybePromise } from './decider.ts';
import { toPathKey } from './execution.ts';
import {
  type FieldArguments,
  hasGuardedInput,
  suppliedCoordinates,
  variablesOfExecution,
} from './supplied-input.ts';

/** What a fence says: call the resolver, or leave the field null, since its refusal has been told. */
export type Passage = 'open' | 'withheld';

/**
 * Stands before a resolver.
 *
 * @throws {AuthorizationError} or rejects with it, when the viewer may not pass.
 */
export type Fence<TContext> = (
  call: FieldCall<TContext>,
  info: GraphQLResolveInfo,
) => MaybePromise<Passage>;

/** The field that a fence stands before. */
export interface FencedField extends FieldArguments {
  readonly coordinate: string;
  /** Whether its parent is a root type: what a host calls the root value is then no source. */
  readonly isRoot: boolean;
}

/** Makes the fence of one field, or undefined where neither it nor any input of it is guarded. */
export function createFence<TContext>(
  decider: Decider<TContext>,
  field: FencedField,
): Fence<TContext> | undefined {
  const { coordinate, isRoot } = field;
  const requirement = decider.requirements.at(coordinate);
  const guardsInput = hasGuardedInput(decider.requirements, field, coordinate);
  if (requirement.length === 0 && !guardsInput) return undefined;

  return (given, info) => {
    const call = isRoot ? { ...given, source: undefined } : given;
    const answers = () => decider.executions.of(call.context, info).answers;
    const refusal = decider.decideField(requirement, call, answers);
    if (refusal === undefined && !guardsInput) return 'open';
    const conclude = (late: Awaited<typeof refusal>): Passage => {
      const denial =
        late === undefined
          ? findDeniedInput(decider, field, { call, info })
          : toDenialExtensions(coordinate, late);
      return denial === undefined ? 'open' : refuse(decider, denial, { call, info });
    };
    return isPromise(refusal) ? refusal.then(conclude) : conclude(refusal);
  };
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
  const variables = variablesOfExecution(info.variableValues);
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
  const { toldPaths } = decider.executions.of(call.context, info);
  const isTold = toldPaths.size > 0 && toldPaths.has(toPathKey(responsePathAsArray(info.path)));
  if (decider.report !== undefined) {
    if (!isTold) decider.report(denial, call.context);
    return 'open';
  }
  if (isTold && !isNonNullType(info.returnType)) return 'withheld';
  throw new AuthorizationError(denial);
}
