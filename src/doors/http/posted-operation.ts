import type { FastifyRequest } from 'fastify';
import type { Asked } from '../../operation/asked.ts';

/** One operation that a client has posted. */
type PostedOperation = Pick<Asked, 'query' | 'operationName' | 'variables'>;

/**
 * Returns the operation of a well-formed POST request (GraphQL over HTTP, 5.4) without extensions. Undefined for every
 * other request: Apollo Server answers it.
 */
export function readPostedOperation({
  method,
  body,
}: Pick<FastifyRequest, 'method' | 'body'>): PostedOperation | undefined {
  if (method !== 'POST' || !isRecord(body)) return undefined;
  const { query, operationName = null, variables = null, extensions = null } = body;
  if (typeof query !== 'string' || query === '' || extensions !== null) return undefined;
  if (operationName !== null && typeof operationName !== 'string') return undefined;
  if (variables !== null && !isRecord(variables)) return undefined;
  return { query, operationName, variables };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
