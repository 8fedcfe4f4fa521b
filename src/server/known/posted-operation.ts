import type { FastifyRequest } from 'fastify';

/** One operation that a client has posted, in the form in which Apollo Server passes it to its plugins. */
export interface PostedOperation {
  readonly query: string;
  readonly operationName?: string;
  readonly variables?: Record<string, unknown>;
}

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
  if (typeof query !== 'string' || extensions !== null) return undefined;
  if (operationName !== null && typeof operationName !== 'string') return undefined;
  if (variables !== null && !isRecord(variables)) return undefined;
  return {
    query,
    ...(operationName === null ? {} : { operationName }),
    ...(variables === null ? {} : { variables }),
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
