import type { DatabaseConnection } from './connection.ts';

/** The database server does not have the role. */
class UnknownRoleError extends Error {
  override readonly name = 'UnknownRoleError';

  constructor(role: string) {
    super(`The database has no role ${role}. Create it first: CREATE ROLE ... LOGIN PASSWORD ...`);
  }
}

/**
 * Lets a role serve that does not own the tables. Only the owner may call it, again after each migration.
 *
 * @throws {UnknownRoleError}
 */
export async function grantNode({ database }: DatabaseConnection, role: string): Promise<void> {
  const found = await database.$queryRaw<unknown[]>`
    SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = ${role}`;
  if (found.length === 0) throw new UnknownRoleError(role);
  await database.$executeRaw`SELECT gatehouse.grant_node(quote_ident(${role})::regrole)`;
}
