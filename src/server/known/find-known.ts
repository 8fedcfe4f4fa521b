import type { FastifyRequest } from 'fastify';
import { getOperationAST } from 'graphql';
import { type DocumentCache, hashDocument } from '../../admission/document-cache.ts';
import { readPostedOperation } from './posted-operation.ts';
import type { KnownOperation } from './run-known.ts';

/** Finds the operation of a request whose document was valid in an earlier request. */
export function findKnown(
  request: Pick<FastifyRequest, 'method' | 'headers' | 'body'>,
  documents: DocumentCache,
): KnownOperation | undefined {
  const posted = readPostedOperation(request);
  if (posted === undefined) return undefined;
  const queryHash = hashDocument(posted.query);
  const document = documents.get(queryHash);
  const operation = document && getOperationAST(document, posted.operationName);
  if (document === undefined || !operation) return undefined;
  return { posted, queryHash, document, operation, prefer: request.headers.prefer?.toString() };
}
