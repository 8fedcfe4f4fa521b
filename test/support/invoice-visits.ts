import { ask } from './ask.ts';

export const adminPassword = 'violet-otter-ladder-93-quay';
const userPassword = 'plum-kettle-orbit-58-fern';

async function logIn(url: string, username: string, password: string): Promise<string> {
  const mutation =
    'mutation ($u: String!, $p: String!) { login(username: $u, password: $p) { accessToken } }';
  const { data, text } = await ask(url, mutation, { variables: { u: username, p: password } });
  if (data?.login === undefined) throw new Error(`login: ${text}`);
  return data.login.accessToken;
}

/**
 * Visits a new project that `create-graphql-gatehouse` made. Returns four statuses for one guarded query and its group:
 * anonymous, another group, the grant by the first ADMIN, and the query after it.
 *
 * @param url of GraphQL.
 */
export async function visitInvoices(url: string): Promise<readonly number[]> {
  const admin = await logIn(url, 'admin', adminPassword);
  const input = { username: 'sam', password: userPassword };
  const create = 'mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }';
  const created = await ask(url, create, { token: admin, variables: { input } });
  const variables = { id: created.data.createUser.id };
  const token = await logIn(url, 'sam', userPassword);
  const query = 'query ($id: ID!) { user(id: $id) { id } users { edges { node { id } } } }';
  const anonymous = await ask(url, query, { variables });
  const otherGroup = await ask(url, query, { variables, token });
  const grant = 'mutation ($id: ID!) { grantGroup(userId: $id, group: ACCOUNTANT) { id } }';
  const granted = await ask(url, grant, { variables, token: admin });
  const allowed = await ask(url, query, { variables, token });
  return [anonymous, otherGroup, granted, allowed].map(({ status }) => status);
}
