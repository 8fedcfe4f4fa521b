/** What every bench needs of a server that it has started, and of the database below it. */
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

/** The demo, which the benches serve. */
export const rooms = fileURLToPath(new URL('../examples/rooms', import.meta.url));

/** The address that a server prints on its standard output. @throws {Error} when it ends before. */
export async function addressOf(server) {
  for await (const line of createInterface({ input: server.stdout })) {
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
    if (url !== undefined) {
      server.stdout.resume();
      return url;
    }
  }
  throw new Error('The server ended before it printed its address.');
}

/** Asks a server one thing. @throws {Error} when it is not answered with data alone. */
export async function ask(url, { query: text, variables, token }) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query: text, variables }),
  });
  const answer = await response.json();
  if (!response.ok || answer.errors !== undefined) {
    throw new Error(`${response.status}: ${JSON.stringify(answer.errors)}`);
  }
  return answer.data;
}

/** The access token of a login. */
export async function logIn(url, username, password) {
  const { login } = await ask(url, {
    query:
      'mutation($u: String!, $p: String!) { login(username: $u, password: $p) { accessToken } }',
    variables: { u: username, p: password },
  });
  return login.accessToken;
}

/** The rows that a statement gives, by a connection of its own. */
export async function query(connectionString, text) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
