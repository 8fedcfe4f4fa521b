/** The operations that are measured in a filled database. `prepare` is not part of their time. */
import pg from 'pg';
import { logIn } from '../server.mjs';

export async function createOperations({ url, databaseUrl, password, users }) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const sql = async (text, values) => (await client.query(text, values)).rows;
  const nameOf = (n) => `user-${n}`;
  const idOf = async (name) => {
    const [row] = await sql('SELECT id FROM gatehouse.users WHERE username_key = $1', [name]);
    return row.id;
  };

  const admin = await logIn(url, 'admin', password);
  const heavy = { id: await idOf('heavy'), token: await logIn(url, 'heavy', password) };
  const member = { token: await logIn(url, nameOf(users - 20), password) };
  const late = await idOf(nameOf(users - 1));
  const granter = await idOf(nameOf(users));
  const [rare] = await sql('SELECT display_name AS name FROM gatehouse.users WHERE id = $1', [
    late,
  ]);
  const granterRow = await sql('SELECT * FROM gatehouse.users WHERE id = $1', [granter]);

  const post = async (query, token) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query }),
    });
    const body = await response.json();
    const isAnswered = response.status === 200 && body.errors === undefined;
    if (!isAnswered && response.status !== 503) {
      throw new Error(`${query}: ${response.status} ${JSON.stringify(body)}`);
    }
    return { status: response.status, body };
  };
  const asked = (query, token) => ({ run: async () => (await post(query, token)).status });
  const list = (args) => asked(`{ users${args} { edges { node { id username groups } } } }`, admin);

  /** A user of the enabled half, another one in each round. */
  const enabled = (round) => nameOf(users - 30 - (round % 200));
  const loginOf = (name) =>
    `mutation { login(username: "${name}", password: "${password}") { accessToken refreshToken } }`;
  /** All sessions of `heavy` are alive again, with the one of the token. */
  const revive = () =>
    sql('UPDATE gatehouse.users SET session_epoch = 0, disabled_at = NULL WHERE id = $1', [
      heavy.id,
    ]);

  return {
    close: () => client.end(),
    operations: {
      login: { run: async (name) => (await post(loginOf(name))).status, prepare: enabled },
      refresh: {
        prepare: async (round) =>
          (await post(loginOf(enabled(round)))).body.data.login.refreshToken,
        run: async (token) =>
          (await post(`mutation { refresh(refreshToken: "${token}") { accessToken } }`)).status,
      },
      me: asked('{ me { id username groups } }', member.token),
      'users, first page': list(''),
      'users(search:) rare': list(`(search: "${rare.name}")`),
      'users(search:) absent': list('(search: "cafebabelo")'),
      'users(search:) common': list('(search: "user")'),
      'users(search:) two letters': list('(search: "ab")'),
      'sessions of a user with many': asked(
        `{ user(id: "${heavy.id}") { sessions { id } } }`,
        admin,
      ),
      'logoutEverywhere of many': {
        prepare: revive,
        ...asked('mutation { logoutEverywhere }', heavy.token),
      },
      'disableUser with many sessions': {
        prepare: revive,
        ...asked(`mutation { disableUser(id: "${heavy.id}") { id } }`, admin),
      },
      'revokeGroup ADMIN': {
        prepare: () =>
          sql(`INSERT INTO gatehouse.memberships (user_id, "group") VALUES ($1, 'ADMIN')`, [late]),
        ...asked(`mutation { revokeGroup(userId: "${late}", group: ADMIN) { id } }`, admin),
      },
      'deleteUser who granted many': {
        prepare: () =>
          sql(
            `INSERT INTO gatehouse.users SELECT * FROM json_populate_recordset(NULL::gatehouse.users, $1)
             ON CONFLICT DO NOTHING`,
            [JSON.stringify(granterRow)],
          ),
        ...asked(`mutation { deleteUser(id: "${granter}") }`, admin),
      },
    },
  };
}
