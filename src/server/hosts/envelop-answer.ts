import type { DocumentNode, ExecutionResult, OperationDefinitionNode } from 'graphql';
import { type StatusOptions, toFailedAnswer } from '../failed-operation.ts';
import type { HostContext } from './host-context.ts';

interface StatusFacts {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode | null | undefined;
}

/** Yoga takes status and headers from `extensions.http` of a result. */
export function withStatus(
  result: ExecutionResult,
  facts: StatusFacts,
  options: StatusOptions,
): ExecutionResult {
  const { data, ...rest } = result;
  const failed = toFailedAnswer({ errors: result.errors, data, ...facts }, options);
  if (failed === undefined) return result;
  const { status, headers, omitsData } = failed;
  const answer = omitsData || data === undefined ? rest : { ...rest, data };
  if (status === undefined) return answer;
  const given = rest.extensions?.http;
  const http = {
    status,
    headers: { ...headers, ...headersOf(given) },
  };
  return { ...answer, extensions: { ...rest.extensions, http } };
}

/** Adds the session cookie that the operation has changed. */
export function withCookie(
  result: ExecutionResult,
  { browserSession }: HostContext,
): ExecutionResult {
  const cookie = browserSession.setCookie();
  if (cookie === undefined) return result;
  const given = result.extensions?.http;
  const http = {
    ...(isObject(given) ? given : {}),
    headers: { ...headersOf(given), 'set-cookie': cookie },
  };
  return { ...result, extensions: { ...result.extensions, http } };
}

/** Returns the headers that the guards set, such as the challenge of a refusal. */
const headersOf = (http: unknown): object =>
  isObject(http) && 'headers' in http && isObject(http.headers) ? http.headers : {};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
