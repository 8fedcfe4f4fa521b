import { toDenialResponse } from '@gatehouse/authorization';
import type { ExecutionResult, GraphQLError } from 'graphql';
import {
  type AnsweredOperation,
  realm,
  type StatusOptions,
  toFailedAnswer,
} from './failed-operation.ts';

/** A result in the form for clients, and what decides about its status. */
export interface Finished {
  readonly result: ExecutionResult;
  /** Refuse the operation as a whole. */
  readonly denials: readonly GraphQLError[];
  readonly headers: Readonly<Record<string, string>>;
  /** The status when no error has one of its own. Absent: 400 without data, and otherwise 200. */
  readonly status?: number | undefined;
}

/** The status and headers of an answer, and its result, without data when it had no effect. */
export function toHead(
  { result, denials, headers, status: given }: Finished,
  { document, operation }: Pick<AnsweredOperation, 'document' | 'operation'>,
  options: StatusOptions,
): {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly result: ExecutionResult;
} {
  const { errors, data } = result;
  const failed = toFailedAnswer({ errors, data, document, operation }, options);
  const refusal = denials.length === 0 ? undefined : toDenialResponse(denials, realm);
  const isWithoutData = errors !== undefined && data === undefined;
  return {
    status: failed?.status ?? refusal?.status ?? given ?? (isWithoutData ? 400 : 200),
    // The challenge of a refusal is more specific.
    headers: Object.assign(
      {},
      headers,
      failed?.headers,
      refusal?.challenge && { 'www-authenticate': refusal.challenge },
    ),
    result: failed?.omitsData === true && errors !== undefined ? { errors } : result,
  };
}
