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

/** The role may not use all tables of Gatehouse. */
export class NotGrantedError extends Error {
  override readonly name = 'NotGrantedError';
  /** What has to be done about it. */
  readonly advice: string;

  constructor(role: string, tables: readonly string[]) {
    const advice = `run \`gatehouse migrate --grant ${role}\` as the owner of the tables`;
    super(`The role ${role} may not read ${tables.join(', ')}: ${advice}.`);
    this.advice = advice;
  }
}

/**
 * Checks that the role of the connection may read all tables of Gatehouse. Each migration that adds one has to be
 * followed by another grant.
 *
 * @throws {NotGrantedError}
 */
export async function requireGranted({ migrations }: DatabaseConnection): Promise<void> {
  const found = await migrations.query<{ readonly role: string; readonly table: string }>(
    `SELECT current_user AS role, format('%I.%I', nspname, relname) AS "table"
     FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
     WHERE nspname = 'gatehouse' AND relkind IN ('r', 'p', 'v') AND NOT relispartition
       AND NOT (has_schema_privilege(pg_namespace.oid, 'USAGE') AND has_table_privilege(pg_class.oid, 'SELECT'))
     ORDER BY relname`,
  );
  const [first] = found;
  if (first === undefined) return;
  throw new NotGrantedError(
    first.role,
    found.map(({ table }) => table),
  );
}
