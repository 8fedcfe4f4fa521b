import type { Outcome } from '@gatehouse/authorization/decision';
import type { TypedDocument } from './documents.ts';
import type { GatehouseClient } from './gatehouse-client.ts';
import type { RegisteredCoordinate } from './index.ts';

/** A coordinate or an operation, as adapters take either. */
export type Target = RegisteredCoordinate | TypedDocument<unknown, object>;

/** Decides either. */
export const decideTarget = (
  client: Pick<GatehouseClient, 'can'>,
  target: Target,
  variables: object | undefined,
): Outcome => (typeof target === 'string' ? client.can(target) : client.can(target, variables));

/** Whether a control is shown: the server would run the operation, and perhaps return a part of the rows. */
export const isPermitted = (outcome: Outcome): boolean =>
  outcome === 'allowed' || outcome === 'narrowed';
