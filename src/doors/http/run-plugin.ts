import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLError } from 'graphql';
import type { OperationContext } from '../../operation/asked.ts';
import type { Operations } from '../../operation/create-operations.ts';
import { toAsked, toResponse } from './apollo-response.ts';

/**
 * Creates the plugin that answers the operations of an Apollo Server by `run`. What Apollo Server itself refuses (a
 * syntax error, a mutation by GET) is recorded and gets the same form.
 */
export const createRunPlugin = ({
  run,
  refuse,
  gate,
}: Pick<Operations, 'run' | 'refuse' | 'gate'>): ApolloServerPlugin<OperationContext> => ({
  async requestDidStart() {
    // Ids are replaced before Apollo Server reads the request: one that is left is not known.
    const toOwn = (error: GraphQLError): GraphQLError =>
      error.extensions.code === 'PERSISTED_QUERY_NOT_SUPPORTED' ? gate.missingId() : error;
    let isAnswered = false;
    return {
      async responseForOperation(resolved) {
        isAnswered = true;
        return toResponse(resolved.response.http, await run(toAsked(resolved)));
      },
      async willSendResponse(refused) {
        if (isAnswered) return;
        const { response, errors = [] } = refused;
        const { http } = response;
        const answer = refuse(toAsked(refused), errors.map(toOwn), http.status);
        if (answer.status !== methodNotAllowed) http.headers.delete('allow');
        response.body = toResponse(http, answer).body;
      },
    };
  },
});

/** A mutation by GET. An invalid one is refused for what is wrong with it. */
const methodNotAllowed = 405;
