import type { ApolloServerPlugin, BaseContext } from '@apollo/server';

const notOverHttp = {
  message: 'Subscriptions require a WebSocket at this URL with the graphql-transport-ws protocol.',
  extensions: { code: 'BAD_REQUEST' },
};

/** Refuses subscriptions over HTTP. Stands after the plugin that authorizes: 401 and 403 come first. */
export function createSubscriptionRefusalPlugin(): ApolloServerPlugin<BaseContext> {
  return {
    async requestDidStart() {
      return {
        async responseForOperation({ operation, response: { http } }) {
          if (operation?.operation !== 'subscription') return null;
          http.status = 400;
          return { http, body: { kind: 'single', singleResult: { errors: [notOverHttp] } } };
        },
      };
    },
  };
}
