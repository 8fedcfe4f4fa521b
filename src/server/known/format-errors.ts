import type { GraphQLResponse } from '@apollo/server';
import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import type { createFormatError } from '../format-error.ts';

type ResponseHead = GraphQLResponse['http'];

/**
 * Formats errors, and sets the status and the headers in their `extensions.http`, which clients do not see. Apollo
 * Server documents this extension ("Setting HTTP status code and headers").
 */
export const formatErrors = (
  errors: readonly GraphQLError[],
  http: ResponseHead,
  formatError: ReturnType<typeof createFormatError>,
): readonly GraphQLFormattedError[] =>
  errors.map((error) => {
    const { http: asked, ...extensions } = error.extensions;
    applyHead(http, asked);
    return formatError({ ...error.toJSON(), extensions }, error);
  });

function applyHead(http: ResponseHead, asked: unknown): void {
  if (typeof asked !== 'object' || asked === null) return;
  if ('status' in asked && typeof asked.status === 'number') http.status = asked.status;
  if (!('headers' in asked) || !(asked.headers instanceof Map)) return;
  for (const [name, value] of asked.headers) http.headers.set(String(name), String(value));
}
