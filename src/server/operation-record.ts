import { createHash } from 'node:crypto';
import type { DocumentNode, GraphQLFormattedError, OperationTypeNode } from 'graphql';
import { getOperationAST } from 'graphql';
import type { Context } from '../composition/context.ts';

/** A coordinate that was refused. */
export interface RecordedDenial {
  readonly coordinate: string;
  readonly code: string;
  /** One list for each unmet clause: one group of every list would have done. */
  readonly requires: readonly (readonly string[])[];
}

/**
 * What an operation was and how it ended, for the operator. It holds no variables, no document
 * and no token, and no text of the client's but the operation's name, which is a name of GraphQL.
 */
export interface OperationRecord {
  /** At most 64 characters; undefined for an operation without a name, and for one that was not found. */
  readonly operationName: string | undefined;
  /** Undefined when the document has no such operation. */
  readonly type: OperationTypeNode | undefined;
  /** SHA-256 of the document as it was sent, in hexadecimal. */
  readonly documentHash: string;
  readonly durationMs: number;
  readonly viewer: Context['viewer'];
  /** Refused: the client is at fault or may not. Failed: the server is. */
  readonly outcome: 'ok' | 'refused' | 'failed';
  /** Of the errors told, each once. */
  readonly codes: readonly string[];
  readonly denials: readonly RecordedDenial[];
  readonly requestId: string;
}

export type OnOperation = (record: OperationRecord) => void;

/** What is known of an operation before it ends. */
export interface BegunOperation {
  readonly query: string;
  /** SHA-256 of `query` in hexadecimal, if it has been computed. */
  readonly queryHash?: string | undefined;
  readonly document: DocumentNode | undefined;
  readonly operationName: string | null | undefined;
  readonly context: Pick<Context, 'viewer' | 'requestId'>;
  readonly durationMs: number;
}

const maxNameLength = 64;
const failures: readonly string[] = ['INTERNAL_SERVER_ERROR', 'SERVICE_UNAVAILABLE'];

/** Pure. `errors` as the client is told them. */
export function toOperationRecord(
  { query, queryHash, document, operationName, context, durationMs }: BegunOperation,
  errors: readonly GraphQLFormattedError[],
): OperationRecord {
  const operation = document && getOperationAST(document, operationName);
  const codes = [...new Set(errors.map(codeOf))];
  const isFailure = codes.some((code) => failures.includes(code));
  return {
    operationName: operation?.name?.value.slice(0, maxNameLength),
    type: operation?.operation,
    documentHash: queryHash ?? createHash('sha256').update(query).digest('hex'),
    durationMs,
    viewer: context.viewer,
    outcome: isFailure ? 'failed' : codes.length > 0 ? 'refused' : 'ok',
    codes,
    denials: errors.flatMap(toDenial),
    requestId: context.requestId,
  };
}

const codeOf = ({ extensions }: GraphQLFormattedError): string =>
  typeof extensions?.code === 'string' ? extensions.code : 'INTERNAL_SERVER_ERROR';

/** Refusals alone name a coordinate, and take it from the schema. */
function toDenial(error: GraphQLFormattedError): readonly RecordedDenial[] {
  const { coordinate, requires } = error.extensions ?? {};
  if (typeof coordinate !== 'string') return [];
  const clauses: readonly unknown[] = Array.isArray(requires) ? requires : [];
  return [{ coordinate, code: codeOf(error), requires: clauses.map(toGroups) }];
}

const toGroups = (clause: unknown): readonly string[] =>
  Array.isArray(clause) ? clause.filter((group) => typeof group === 'string') : [];
