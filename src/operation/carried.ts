import type { OperationTypeNode } from 'graphql';
import type { Asked } from './asked.ts';
import { RequestError } from './errors/request-error.ts';

/**
 * Returns the refusal of an operation that its door may not bring. Called after the guards, so that 401 and 403 take
 * precedence.
 */
export function notCarried(
  kind: `${OperationTypeNode}`,
  carries: Asked['carries'],
): RequestError | undefined {
  if (carries.includes(kind)) return undefined;
  return new RequestError('BAD_REQUEST', messages[kind]);
}

const messages: Readonly<Record<`${OperationTypeNode}`, string>> = {
  query: 'Queries are not possible here.',
  mutation: 'Send mutations by POST.',
  subscription: 'Subscriptions require a WebSocket with the graphql-transport-ws protocol.',
};
