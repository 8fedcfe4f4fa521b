// node examples/watch-rooms.mjs http://127.0.0.1:4000 USERNAME PASSWORD
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws'; // a browser has its own: leave out this line and `webSocketImpl`

const [url, username, password] = process.argv.slice(2);
const login = `mutation ($username: String!, $password: String!) {
  credentials: login(username: $username, password: $password) { accessToken refreshToken } }`;
const refresh = `mutation ($refreshToken: String!) {
  credentials: refresh(refreshToken: $refreshToken) { accessToken refreshToken } }`;
const query = 'subscription { roomEntered { room { name } user { username } enteredAt } }';

async function ask(operation, variables) {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ query: operation, variables });
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
  const { data, errors } = await response.json();
  if (errors) throw new Error(errors[0].message);
  return data;
}

let { credentials } = await ask(login, { username, password });
const client = createClient({
  url: `${url.replace('http', 'ws')}/graphql`,
  webSocketImpl: WebSocket,
  // Called for each connection: none begins with a token that is about to expire.
  async connectionParams() {
    ({ credentials } = await ask(refresh, credentials));
    return { authorization: `Bearer ${credentials.accessToken}` };
  },
  // The socket closes with 4403 when the token has expired, which graphql-ws retries, and with 4401 when the session
  // has ended, which it reports.
  retryAttempts: Number.POSITIVE_INFINITY,
});

for await (const { data } of client.iterate({ query }))
  process.stdout.write(`${JSON.stringify(data)}\n`);
