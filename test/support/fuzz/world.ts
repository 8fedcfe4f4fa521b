import { buildSchema } from 'graphql';
import { createSchemaReport } from '../../../src/gatehouse/schema-report.ts';
import { ask } from '../ask.ts';
import { roomsProject } from '../rooms-project.ts';
import type { FuzzWorld } from './cases.ts';

const password = 'plum-kettle-orbit-58-fern';

/** Makes viewers of each kind, and something of each kind to name, at a server whose ADMIN is known. */
export async function makeFuzzWorld(
  url: string,
  admin: { readonly username: string; readonly password: string },
): Promise<FuzzWorld> {
  const graphql = `${url}/graphql`;
  const logIn = async (variables: { readonly username: string; readonly password: string }) => {
    const query = `mutation ($username: String!, $password: String!) {
      login(username: $username, password: $password) { accessToken user { id } } }`;
    const { data, text } = await ask(graphql, query, { variables });
    if (data === undefined) throw new Error(text);
    return { token: String(data.login.accessToken), id: String(data.login.user.id) };
  };
  const { token } = await logIn(admin);
  const users = [await logIn(admin)];
  for (const group of ['MANAGER', 'AUDITOR', 'STAFF']) {
    const input = { username: `fuzz-${group}`, password, groups: [group] };
    const create = 'mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }';
    await ask(graphql, create, { token, variables: { input } });
    users.push(await logIn(input));
  }
  const [, manager] = users;
  const room = await ask(
    graphql,
    'mutation { createRoom(input: { name: "r", floor: 1, groups: [STAFF] }) { id } }',
    {
      token: manager?.token ?? '',
    },
  );
  const client = await ask(
    graphql,
    'mutation { createApiClient(name: "c", groups: [STAFF]) { secret client { id } } }',
    { token },
  );
  const { secret, client: program } = client.data.createApiClient;
  return {
    schema: buildSchema(createSchemaReport(roomsProject).print()),
    tokens: [...users.map((user) => user.token), secret],
    ids: [...users.map(({ id }) => id), room.data.createRoom.id, program.id],
  };
}
