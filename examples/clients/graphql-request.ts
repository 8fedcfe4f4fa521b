import { ClientError, GraphQLClient, type Variables } from 'graphql-request';
import { hasExpired, type Session } from './session.ts';

/** graphql-request: sends the token. When it has expired, refreshes it and sends the request again. */
export function createRequest(url: string, session: Session) {
  const strict = new GraphQLClient(url, { headers: () => session.headers() });
  const lenient = new GraphQLClient(url, {
    headers: () => ({ ...session.headers(), prefer: 'handling=lenient' }),
    errorPolicy: 'all',
  });

  async function send<Data>(client: GraphQLClient, document: string, variables: Variables = {}) {
    const attempt = () => client.rawRequest<Data>(document, variables);
    try {
      const response = await attempt();
      if (!hasExpired(response.errors)) return response;
    } catch (error) {
      if (!(error instanceof ClientError) || !hasExpired(error.response.errors)) throw error;
    }
    await session.refresh();
    return attempt();
  }

  return {
    request: async <Data>(document: string, variables?: Variables) =>
      (await send<Data>(strict, document, variables)).data,
    /** Returns the permitted parts of a query as `data`. The others are null, each with an error. */
    requestLeniently: <Data>(document: string, variables?: Variables) =>
      send<Data>(lenient, document, variables),
  };
}
