/** What is asked. */
import { query } from '../server.mjs';

export const cases = {
  me: '{ me { id username groups } }',
  users: '{ users(first: 100) { edges { node { id username groups } } } }',
  'users-whole':
    '{ users(first: 100) { edges { node { id username displayName email groups createdAt disabledAt } } } }',
};

/** Makes 100 more users, each in one group. None of them logs in. */
export async function seedUsers(databaseUrl) {
  await query(
    databaseUrl,
    `WITH made AS (
      INSERT INTO gatehouse.users (id, username, username_key, display_name, password_hash)
      SELECT gen_random_uuid(), 'user' || n, 'user' || n, 'User ' || n, 'none'
      FROM generate_series(1, 100) AS n RETURNING id
    )
    INSERT INTO gatehouse.memberships (user_id, "group") SELECT id, 'AUDITOR' FROM made`,
  );
  await query(databaseUrl, 'ANALYZE gatehouse.users, gatehouse.memberships, gatehouse.sessions');
}
