import type { Outcome } from '@graphql-gatehouse/authorization/decision';
import type { TypedDocument } from './documents.ts';
import type { GatehouseClient } from './gatehouse-client.ts';
import type { RegisteredCoordinate } from './index.ts';
import type { Viewer } from './viewer.ts';

/** A coordinate or an operation, as adapters take either. */
export type Target = RegisteredCoordinate | TypedDocument<unknown, object>;

/** Decides either. */
export const decideTarget = (
  client: Pick<GatehouseClient, 'can'>,
  target: Target,
  variables: object | undefined,
): Outcome => (typeof target === 'string' ? client.can(target) : client.can(target, variables));

/**
 * What is shown where a decision depends. `ask`: what the server decides, and the fallback until it has answered.
 * `show`: the children, `hide`: the fallback, without a question.
 */
export type Depending = 'ask' | 'show' | 'hide';

/** Whether a control is shown: the server would run the operation, and perhaps return a part of the rows. */
export const isPermitted = (outcome: Outcome, depends: Depending, { state }: Viewer): boolean =>
  outcome === 'depends' ? depends === 'show' && state !== 'loading' : outcome !== 'denied';

/** Whether the server is asked about a decision. */
export const isAsked = (outcome: Outcome, depends: Depending, { state }: Viewer): boolean =>
  outcome === 'depends' && depends === 'ask' && state !== 'loading';
