// Refuses in Hive Gateway what its subgraphs would refuse, and answers as they do: same codes, reasons and statuses.
import { TokensUnavailableError, tokenViewer } from '@graphql-gatehouse/authorization/tokens';
import { GraphQLError } from 'graphql';

/**
 * Options for `createGatewayRuntime`.
 *
 * `passesSecrets`: sends requests with the secret of an API client on, because only Gatehouse can read it. Set it only
 * if every subgraph is guarded: the router then refuses these requests nothing.
 */
export function gatehouseAuth({ issuer, audience, jwks, realm = 'gatehouse', passesSecrets }) {
  const viewerOfToken = tokenViewer({ issuer, audience, jwks, groups: ({ groups }) => groups });
  const viewerOf = async (authorization) => {
    if (passesSecrets === true && isSecret(authorization)) return { isSecret: true };
    try {
      return await viewerOfToken(authorization);
    } catch (error) {
      if (!(error instanceof TokensUnavailableError)) throw error;
      throw toError('The keys of tokens cannot be read.', { code: 'SERVICE_UNAVAILABLE' }, 503);
    }
  };
  return {
    genericAuth: {
      mode: 'protect-granular',
      resolveUserFn: ({ headers }) => viewerOf(headers?.authorization),
      validateUser: (field) => refusalOf(field, realm),
    },
    propagateHeaders: {
      fromClientToSubgraphs: ({ request }) => {
        const authorization = request.headers.get('authorization');
        return authorization === null ? {} : { authorization };
      },
    },
    plugins: () => [keepAnswers()],
  };
}

/** An access token has three parts. */
const isSecret = (authorization) => /^bearer +[^. ]+$/i.test(authorization ?? '');

const anonymous = { isAuthenticated: false, reason: 'TOKEN_MISSING' };

/** Returns the error of a selected field that the viewer may not read, or undefined. */
function refusalOf({ user: viewer = anonymous, parentType, field, path, ...found }, realm) {
  const scopes = given(found.typeScopes, found.fieldScopes);
  const policies = given(found.typePolicies, found.fieldPolicies);
  const asksForLogin = found.typeAuthArgs !== undefined || found.fieldAuthArgs !== undefined;
  if (viewer.isSecret || !(asksForLogin || scopes.length > 0 || policies.length > 0)) return;
  const coordinate = `${parentType.name}.${field.name}`;
  const refuse = (message, facts, status, problem) =>
    toError(message, { ...facts, coordinate }, status, {
      path: path.filter((key) => key !== '@'), // a list
      headers: { 'www-authenticate': `Bearer realm="${realm}"${problem}` },
    });
  if (!viewer.isAuthenticated) {
    const { reason } = viewer;
    const problem = reason === 'TOKEN_MISSING' ? '' : ', error="invalid_token"';
    return refuse('Log in first.', { code: 'UNAUTHENTICATED', reason }, 401, problem);
  }
  const problem = ', error="insufficient_scope"';
  const unmet = scopes.filter((list) => !isMet(list, [...viewer.groups]));
  if (unmet.length > 0) {
    const facts = { code: 'FORBIDDEN', reason: 'GROUP_REQUIRED' };
    return refuse('The viewer is not in the necessary group.', facts, 403, problem);
  }
  if (!policies.every((list) => isMet(list, found.userPolicies ?? []))) {
    const facts = { code: 'FORBIDDEN', reason: 'POLICY_DENIED' };
    return refuse('No policy allows the viewer.', facts, 403, problem);
  }
}

const given = (...lists) => lists.filter((list) => list !== undefined && list.length > 0);
const isMet = (alternatives, held) =>
  alternatives.some((names) => names.every((name) => held.includes(name)));

function toError(message, extensions, status, { path, headers } = {}) {
  const http = { status, ...(headers === undefined ? {} : { headers }) };
  return new GraphQLError(message, { path, extensions: { ...extensions, http } });
}

/** The headers of a refusal that say how to go on. */
const keptHeaders = ['www-authenticate', 'retry-after'];

/**
 * Keeps the status of a subgraph's answer. A query of which a part is refused is refused as a whole, as in Gatehouse.
 * A mutation of which a part has taken effect is answered with 200.
 */
function keepAnswers() {
  const failed = new WeakMap();
  const changed = new WeakSet();
  return {
    onFetch: ({ executionRequest }) => {
      if (executionRequest === undefined) return;
      return ({ response }) => {
        const { status, headers } = response;
        if (status < 400) return;
        const kept = keptHeaders.filter((name) => headers.has(name));
        const values = kept.map((name) => [name, headers.get(name)]);
        failed.set(executionRequest, { status, headers: Object.fromEntries(values) });
      };
    },
    onSubgraphExecute: ({ executionRequest }) => {
      return ({ result }) => {
        const http = failed.get(executionRequest);
        const { operationType, context } = executionRequest;
        if (http === undefined) {
          if (operationType === 'mutation' && hasTakenEffect(result)) changed.add(context);
          return;
        }
        for (const error of result.errors ?? []) error.extensions = { ...error.extensions, http };
      };
    },
    onExecute: ({ args }) => ({
      onExecuteDone: ({ result, setResult }) => {
        if (Symbol.asyncIterator in result) return;
        setResult(toAnswer(result, changed.has(args.contextValue)));
      },
    }),
  };
}

/** A mutation may return null: it failed only if there is an error too. */
const hasTakenEffect = ({ data, errors = [] }) =>
  errors.length === 0 || Object.values(data ?? {}).some((value) => value !== null);

function toAnswer(result, hasChanged) {
  const errors = (result.errors ?? []).flatMap(separate);
  const statuses = errors.flatMap(({ extensions }) => extensions?.http?.status ?? []);
  if (statuses.length === 0) return result;
  const isEmpty = Object.values(result.data ?? {}).every((value) => value === null);
  const isRefused = statuses.some((status) => status === 401 || status === 403);
  return !hasChanged && (isEmpty || isRefused)
    ? { ...result, data: null, errors }
    : { ...result, errors: errors.map(withoutStatus) };
}

/** The gateway joins the errors of several entities to one without a code. */
function separate(error) {
  const { errors } = error.originalError ?? {};
  return Array.isArray(errors) ? errors.map((each) => copy(each, error.path)) : [error];
}

/** The gateway masks an error by its original one: without it, an internal error would be shown. */
const copy = (error, path, extensions = error.extensions) =>
  new GraphQLError(error.message, { path, extensions, originalError: error });

function withoutStatus(error) {
  const { http, ...extensions } = error.extensions ?? {};
  return http === undefined ? error : copy(error, error.path, extensions);
}
