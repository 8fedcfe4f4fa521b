import { ClientError, GraphQLClient, type Variables } from 'graphql-request';
import { hasExpired, type Session } from './session.ts';

/** graphql-request: sends the token. When it has expired, refreshes it and sends the request again. */
export function createRequest(url: string, session: Session) {
  const client = new GraphQLClient(url, { headers: () => session.headers() });
  return async (document: string, variables?: Variables, headers?: HeadersInit) => {
    try {
      return await client.request<unknown>(document, variables, headers);
    } catch (error) {
      if (!(error instanceof ClientError) || !hasExpired(error.response.errors)) throw error;
      await session.refresh();
      return await client.request<unknown>(document, variables, headers);
    }
  };
}
