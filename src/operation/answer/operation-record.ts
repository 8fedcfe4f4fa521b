import type { OperationTypeNode } from 'graphql';
import type { Context } from '../../context/context.ts';
import type { Begun } from '../admitted.ts';
import { hashDocument } from '../read/document-cache.ts';

interface RecordedDenial {
  readonly coordinate: string;
  readonly code: string;
  /** One list of groups for each unmet clause. One group of every list would have been sufficient. */
  readonly requires: readonly (readonly string[])[];
}

/**
 * The facts about an operation for the operator. Contains no variables, document or token. The only text from the
 * client is the operation's name, which is a GraphQL name.
 */
export interface OperationRecord {
  /** At most 64 characters. Undefined for an operation without a name, and when no operation was found. */
  readonly operationName: string | undefined;
  /** Undefined when the document has no such operation. */
  readonly type: OperationTypeNode | undefined;
  /** SHA-256 of the document as it was sent, in hexadecimal. */
  readonly documentHash: string;
  readonly durationMs: number;
  readonly viewer: Context['viewer'];
  /**
   * `refused`: the client made a mistake or has no access. `failed`: the server made the mistake. `decided`: the client
   * asked for a decision only.
   */
  readonly outcome: 'ok' | 'refused' | 'failed' | 'decided';
  /** The codes of the errors in the answer, each once. */
  readonly codes: readonly string[];
  readonly denials: readonly RecordedDenial[];
  readonly requestId: string;
}

export interface RecordedError {
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

export type OnOperation = (record: OperationRecord) => void;

interface Ended {
  /** Those of the answer. */
  readonly errors: readonly RecordedError[];
  readonly durationMs: number;
  /** Whether the answer is a decision, and nothing ran. */
  readonly isDecideOnly: boolean;
}

const maxNameLength = 64;
const failures: readonly string[] = [
  'INTERNAL_SERVER_ERROR',
  'OUTCOME_UNKNOWN',
  'SERVICE_UNAVAILABLE',
];

/** Creates the record of an operation. Pure. */
export function toOperationRecord(
  { asked: { query, context }, operation, queryHash }: Begun,
  { errors, durationMs, isDecideOnly }: Ended,
): OperationRecord {
  const codes = [...new Set(errors.map(codeOf))];
  return {
    operationName: operation?.name?.value.slice(0, maxNameLength),
    type: operation?.operation,
    documentHash: queryHash ?? hashDocument(query),
    durationMs,
    viewer: context.viewer,
    outcome: outcomeOf(codes, isDecideOnly),
    codes,
    denials: errors.flatMap(toDenial),
    requestId: context.requestId,
  };
}

function outcomeOf(codes: readonly string[], isDecideOnly: boolean): OperationRecord['outcome'] {
  if (codes.some((code) => failures.includes(code))) return 'failed';
  if (codes.length > 0) return 'refused';
  return isDecideOnly ? 'decided' : 'ok';
}

const codeOf = ({ extensions }: RecordedError): string =>
  typeof extensions?.code === 'string' ? extensions.code : 'INTERNAL_SERVER_ERROR';

/** Only refusals name a coordinate, which they take from the schema. */
function toDenial(error: RecordedError): readonly RecordedDenial[] {
  const { coordinate, requires } = error.extensions ?? {};
  if (typeof coordinate !== 'string') return [];
  const clauses: readonly unknown[] = Array.isArray(requires) ? requires : [];
  return [{ coordinate, code: codeOf(error), requires: clauses.map(toGroups) }];
}

const toGroups = (clause: unknown): readonly string[] =>
  Array.isArray(clause) ? clause.filter((group) => typeof group === 'string') : [];
