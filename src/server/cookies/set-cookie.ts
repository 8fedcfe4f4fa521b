import type { GraphQLRequestContextWillSendResponse } from '@apollo/server';
import type { Context } from '../../composition/context.ts';

/** Sets the session cookie that the operation has changed. */
export function setCookie({
  contextValue,
  response,
}: Pick<GraphQLRequestContextWillSendResponse<Context>, 'contextValue' | 'response'>): void {
  const header = contextValue.browserSession.setCookie();
  if (header !== undefined) response.http.headers.set('set-cookie', header);
}
