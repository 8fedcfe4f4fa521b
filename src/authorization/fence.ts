import type { GraphQLField, GraphQLResolveInfo } from 'graphql';
import { AuthorizationError, toDenialExtensions } from './authorization-error.ts';
import type { Decider, FieldCall } from './decider.ts';
import type { Refusal } from './decision.ts';
import { hasGuardedInput, suppliedCoordinates, variablesOfExecution } from './supplied-input.ts';

/**
 * Stands before a resolver: returns when the viewer may pass.
 *
 * @throws {AuthorizationError} or rejects with it, when the viewer may not.
 */
export type Fence<TContext> = (
  call: FieldCall<TContext>,
  info: Pick<GraphQLResolveInfo, 'fieldNodes' | 'variableValues'>,
) => undefined | Promise<void>;

/** Makes the fence of one field, or undefined where neither it nor any input of it is guarded. */
export function createFence<TContext>(
  decider: Decider<TContext>,
  coordinate: string,
  definition: Pick<GraphQLField<unknown, unknown>, 'args'> | undefined,
): Fence<TContext> | undefined {
  const requirement = decider.requirements.at(coordinate);
  const guardsInput =
    definition !== undefined && hasGuardedInput(decider.requirements, definition, coordinate);
  if (requirement.length === 0 && !guardsInput) return undefined;

  return (call, info) => {
    const refusal = decider.decideField(requirement, call);
    if (refusal instanceof Promise) {
      return refusal.then((late) => {
        refuse(coordinate, late);
        if (guardsInput) refuseInput(call, info);
      });
    }
    refuse(coordinate, refusal);
    if (guardsInput) refuseInput(call, info);
    return undefined;
  };

  function refuseInput(call: FieldCall<TContext>, info: Parameters<Fence<TContext>>[1]): void {
    const [node] = info.fieldNodes;
    if (node === undefined || definition === undefined) return;
    const variables = variablesOfExecution(info.variableValues);
    const selected = { node, field: definition, coordinate, variables };
    for (const supplied of suppliedCoordinates(decider.requirements, selected)) {
      refuse(supplied, decider.refusalByGroups(decider.requirements.at(supplied), call.context));
    }
  }
}

/** @throws {AuthorizationError} when there is a refusal. */
export function refuse(coordinate: string, refusal: Refusal | undefined): void {
  if (refusal !== undefined) throw new AuthorizationError(toDenialExtensions(coordinate, refusal));
}
