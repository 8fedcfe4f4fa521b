import { ask } from './ask.ts';

const loginMutation = `mutation ($username: String!, $password: String!) {
  login(username: $username, password: $password) { accessToken user { username groups } }
}`;

/** The groups of a user who logs in, or the status and reason of a refusal. */
export async function logIn(url: string, username: string, password: string) {
  const answer = await ask(`${url}/graphql`, loginMutation, { variables: { username, password } });
  if (answer.status !== 200) return { status: answer.status, reason: answer.reason };
  const { accessToken, user } = answer.data.login;
  return { accessToken: String(accessToken), username: user.username, groups: user.groups };
}
