import type { ApolloServerPlugin, GraphQLRequestContextWillSendResponse } from '@apollo/server';
import type { ExecutionResult, GraphQLError } from 'graphql';
import { withCurrentViewer } from '../../context/create-context.ts';
import type { Admitted } from '../../operation/admitted.ts';
import type { Answer } from '../../operation/asked.ts';
import { ClientFacingError } from '../../operation/errors/client-facing-error.ts';
import { RequestError } from '../../operation/errors/request-error.ts';
import { createUnexpectedErrorPlugin } from '../http/apollo-logger.ts';
import { toAsked, toResponse } from '../http/apollo-response.ts';
import type { HostContext } from './host-context.ts';
import type { PluginHost } from './plugin-parts.ts';

/**
 * Creates the one plugin that an Apollo Server needs. It admits operations before they run, and gives answers the same
 * form and status as in Gatehouse's own server, whatever the host's `formatError` does. Apollo Server executes, so that
 * its other plugins see what they always see.
 */
export const apolloPlugin = ({
  pluginParts: { admit, finish, refuse, logger },
}: PluginHost): ApolloServerPlugin<HostContext> => ({
  ...createUnexpectedErrorPlugin(logger),

  async requestDidStart({ contextValue }) {
    // Apollo Server copies what the context builder returns, with the values of its getters.
    withCurrentViewer(contextValue);
    let admission: Admitted | Answer | undefined;

    function answerOf(sent: Sent): Answer | Promise<Answer> {
      if (admission?.kind === 'admitted') return finish(admission, toThrown(sent));
      if (admission !== undefined) return admission;
      const { errors = [], document, response } = sent;
      const asked = { ...toAsked(sent), document };
      const { status } = response.http;
      const answer = refuse(asked, errors, status);
      // The host asks for the document of a persisted query, which is no refusal.
      return errors.some(asksForDocument) ? { ...answer, status: status ?? 200 } : answer;
    }

    return {
      async didResolveOperation(resolved) {
        const { requestIsBatched, document } = resolved;
        // A batch has one status, and 401 or 403 must mean that nothing was executed.
        if (requestIsBatched) throw batching();
        admission = await admit({ ...toAsked(resolved), document });
        // Thrown, so that other plugins learn of it.
        if (admission.kind !== 'admitted' && admission.isFailure)
          throw admission.result.errors?.[0];
      },
      responseForOperation: async ({ response: { http } }) =>
        admission === undefined || admission.kind === 'admitted'
          ? null
          : toResponse(http, admission),
      async willSendResponse(sent) {
        const { response } = sent;
        if (response.body.kind !== 'single') throw new Error('Only single results are supported.');
        const answering = answerOf(sent);
        const answer =
          answering instanceof Promise ? await emptyUntil(answering, response) : answering;
        response.body = toResponse(response.http, answer).body;
      },
    };
  },
});

type Sent = GraphQLRequestContextWillSendResponse<HostContext>;

const asksForDocument = ({ extensions }: GraphQLError): boolean =>
  extensions.code === 'PERSISTED_QUERY_NOT_FOUND';

/**
 * Empties a response until its answer is known, and adds the extensions that other plugins set meanwhile. Apollo Server
 * calls `willSendResponse` of all plugins at the same time, so that others would see what is not recorded yet.
 */
async function emptyUntil(answering: Promise<Answer>, response: Sent['response']): Promise<Answer> {
  if (response.body.kind === 'single') response.body.singleResult = {};
  const answer = await answering;
  const added = response.body.kind === 'single' ? response.body.singleResult.extensions : undefined;
  if (added === undefined) return answer;
  const { result } = answer;
  return { ...answer, result: { ...result, extensions: { ...result.extensions, ...added } } };
}

/** The result with the errors as they were thrown. Errors without a cause come from a plugin that has answered. */
function toThrown({ response: { body }, errors: thrown }: Sent): ExecutionResult {
  const { errors: formatted, ...rest } = body.kind === 'single' ? body.singleResult : {};
  const errors = thrown ?? formatted?.map((error) => new ClientFacingError(error));
  return errors === undefined ? rest : { ...rest, errors };
}

const batching = (): RequestError =>
  new RequestError(
    'BATCHING_NOT_SUPPORTED',
    'Batches of operations are not supported: send each operation in its own request.',
  );
