import { readRows } from 'graphql-gatehouse/package';
import { z } from 'zod';
import type { FactorsRuntime } from '../parts.ts';

/** Returns the id of the user with a username, in any case, or with an id. @throws NOT_FOUND. */
export async function findUser({ sql, errors }: FactorsRuntime, name: string): Promise<string> {
  const found = await readRows(sql, z.object({ id: z.string() }))`
    SELECT id::text FROM gatehouse.people
    WHERE lower(username) = lower(${name}) OR id::text = lower(${name})`;
  const [user, ...others] = found;
  if (user === undefined || others.length > 0) throw errors.notFound('user');
  return user.id;
}
