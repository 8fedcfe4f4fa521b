import type { ApolloServerPlugin, BaseContext, GraphQLResponse } from '@apollo/server';
import { type FormattedExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql';
import { isPromise } from '../decision/is-promise.ts';
import { isDenial } from '../enforcement/operation/denied-result.ts';
import { toDenialResponse } from '../enforcement/operation/http-response.ts';
import { checkOptions } from '../options/check-options.ts';
import {
  type Admission,
  type AdmitOptions,
  admitOptions,
  createHostAdmit,
  type FinishedResult,
} from './admit.ts';

interface AuthorizationPluginOptions<TContext> extends AdmitOptions<TContext> {
  /** Names the protected space in `WWW-Authenticate` (RFC 9110, 11.5). */
  readonly realm: string;
  /** The `acr_values` of a challenge for more authentication factors (RFC 9470, 3). Default: none. */
  readonly acrValues?: string;
}

/**
 * Creates the plugin that authorizes each operation before Apollo Server runs it, and answers refusals with 401 or
 * 403 and no data. It must be listed before every plugin that can answer instead of execution, such as a cache.
 *
 * It decides in `didResolveOperation` and not in a validation rule: Apollo caches validated documents by text, so
 * the next viewer would get the same decision. It also answers introspection, so that no viewer gets the answer of
 * another one.
 *
 * Each operation of a batch is refused with 400 and the code `BATCHING_NOT_SUPPORTED`: a batch has one HTTP status,
 * and 401 or 403 must mean that nothing was executed.
 */
export function createAuthorizationPlugin<TContext extends BaseContext>(
  options: AuthorizationPluginOptions<TContext>,
): ApolloServerPlugin<TContext> {
  const kinds = { ...admitOptions, realm: 'string', acrValues: 'string?' } as const;
  checkOptions('createAuthorizationPlugin', options, kinds);
  const admit = createHostAdmit(options);
  return {
    async requestDidStart() {
      let admission: Admission | undefined;
      return {
        async didResolveOperation({ requestIsBatched, document, request, contextValue }) {
          if (requestIsBatched) throw new BatchingError();
          const { operationName, variables: variableValues, http } = request;
          const operation = { document, operationName, variableValues, contextValue };
          admission = await admit({ ...operation, prefer: http?.headers.get('prefer') });
        },
        async responseForOperation({ response: { http } }) {
          if (admission?.kind !== 'answered') return null;
          setHead(http, admission, options);
          return { http, body: { kind: 'single', singleResult: toFormatted(admission) } };
        },
        async willSendResponse(sent) {
          if (admission?.kind !== 'admitted') return;
          const { body, http } = sent.response;
          if (body.kind === 'single') {
            const { errors: formatted = [], ...rest } = body.singleResult;
            const { errors: thrown } = sent;
            // The guards' own errors are not what `formatError` makes of them.
            const result = thrown === undefined ? rest : { ...rest, errors: thrown };
            const finishing = admission.finish(result);
            const finished = isPromise(finishing)
              ? await emptyUntil(finishing, sent.response, body)
              : finishing;
            body.singleResult = toFormatted(finished, { formatted, thrown });
            setHead(http, finished, options);
          } else if (admission.introspects) {
            throw new Error('Introspection does not support incremental delivery.');
          }
        },
      };
    },
  };
}

type SingleBody = Extract<GraphQLResponse['body'], { kind: 'single' }>;

/**
 * Empties a response until its result is finished, and adds the extensions that other plugins set meanwhile. Apollo Server
 * calls `willSendResponse` of all plugins at the same time, so that others would see what is not recorded yet.
 */
async function emptyUntil(
  finishing: PromiseLike<FinishedResult>,
  response: GraphQLResponse,
  body: SingleBody,
): Promise<FinishedResult> {
  body.singleResult = {};
  const finished = await finishing;
  const { body: current } = response;
  const added = current.kind === 'single' ? current.singleResult.extensions : undefined;
  response.body = body;
  if (added === undefined) return finished;
  const { result } = finished;
  return { ...finished, result: { ...result, extensions: { ...result.extensions, ...added } } };
}

/** The operation is part of a batch. Answered with 400. */
class BatchingError extends GraphQLError {
  override readonly name = 'BatchingError';

  constructor() {
    super('Batches of operations are not supported: send each operation in its own request.', {
      extensions: { code: 'BATCHING_NOT_SUPPORTED', http: { status: 400 } },
    });
  }
}

/** The errors of an answer as the host formatted them, and as they were thrown, if they were. */
interface SentErrors {
  readonly formatted: readonly GraphQLFormattedError[];
  readonly thrown?: readonly GraphQLError[] | undefined;
}

/** The answer, whose denials the host's `formatError` cannot change. Its other errors stay as the host formatted them. */
function toFormatted(
  { result: { errors, data, ...rest } }: Pick<FinishedResult, 'result'>,
  { formatted, thrown }: SentErrors = { formatted: [] },
): FormattedExecutionResult {
  // Apollo formats the errors one by one and in order, so both arrays have the same indices.
  const toSent = (error: GraphQLError): GraphQLFormattedError => {
    const other = isDenial(error) ? undefined : formatted[thrown?.indexOf(error) ?? -1];
    return other ?? error.toJSON();
  };
  // Another plugin has answered with errors that were never thrown.
  const others = thrown === undefined ? formatted : [];
  const kept = [...(errors ?? []).map(toSent), ...others];
  return {
    ...rest,
    ...(kept.length === 0 ? {} : { errors: kept }),
    ...(data === undefined ? {} : { data: data && { ...data } }),
  };
}

/** Sets the status and headers that were decided, and leaves the others to the host. */
function setHead(
  http: GraphQLResponse['http'],
  { denials, headers, status }: FinishedResult,
  { realm, acrValues }: Pick<AuthorizationPluginOptions<never>, 'realm' | 'acrValues'>,
): void {
  for (const [name, value] of Object.entries(headers)) http.headers.set(name, value);
  if (status !== undefined) http.status = status;
  if (denials.length === 0) return;
  const refusal = toDenialResponse(denials, realm, acrValues);
  http.status = refusal.status;
  if (refusal.challenge !== undefined) http.headers.set('www-authenticate', refusal.challenge);
}
