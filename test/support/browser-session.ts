import type { BrowserContext } from 'playwright-core';
import { userPassword } from './test-server.ts';

const startSessionMutation = `mutation ($username: String!, $password: String!) {
  startSession(username: $username, password: $password) { groups }
}`;

/** Logs a browser in by the API at `origin`: a form takes many times as long. */
export async function startSession(
  context: BrowserContext,
  origin: string,
  username: string,
): Promise<void> {
  const variables = { username, password: userPassword };
  const answer = await context.request.post(new URL('/graphql', origin).href, {
    headers: { 'apollo-require-preflight': '1' },
    data: { query: startSessionMutation, variables },
  });
  if (!answer.ok()) throw new Error(`startSession: ${answer.status()} ${await answer.text()}`);
}
