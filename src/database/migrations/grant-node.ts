import pg from 'pg';
import { NamedError } from '../../error-pages.ts';
import type { DatabaseConnection } from '../connection.ts';
import { gatehouseSchema, type MigrationHistory } from './migrate.ts';

type GrantedHistory = Pick<MigrationHistory, 'schema' | 'nodeRights'>;

/**
 * Lets a role serve that does not own the tables, of the histories too. Only the owner may call it, again after each
 * migration.
 *
 * @throws when the role does not exist.
 */
export async function grantNode(
  { database, migrations }: DatabaseConnection,
  role: string,
  histories: readonly GrantedHistory[] = [],
): Promise<void> {
  const found = await database.$queryRaw<unknown[]>`
    SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = ${role}`;
  if (found.length === 0) {
    throw new Error(
      `The database has no role ${role}. Create it first: CREATE ROLE ... LOGIN PASSWORD ...`,
    );
  }
  await database.$executeRaw`SELECT gatehouse.grant_node(quote_ident(${role})::regrole)`;
  for (const { schema, nodeRights = {} } of historiesOfPackages(histories)) {
    await migrations.query(grantSchema(schema, nodeRights, pg.escapeIdentifier(role)));
  }
}

/** The tables of the project are in `public`. */
const historiesOfPackages = (histories: readonly GrantedHistory[]) =>
  histories.flatMap(({ schema = 'public', ...history }) =>
    schema === 'public' ? [] : [{ schema, ...history }],
  );

/**
 * The tables of a package are its own, apart from the record of its migrations and from what it limits. Fails for a limited
 * table that does not exist. Partitions are used through their tables.
 */
function grantSchema(
  schema: string,
  nodeRights: NonNullable<GrantedHistory['nodeRights']>,
  role: string,
): string {
  const limited = Object.entries({ _prisma_migrations: [], ...nodeRights });
  const names = limited.map(([table]) => pg.escapeLiteral(table));
  const grants = limited.map(
    ([table, rights]) =>
      `GRANT ${['SELECT', ...rights].join(', ')} ON "${schema}".${pg.escapeIdentifier(table)} TO ${role};`,
  );
  return `DO $grant$ DECLARE relation REGCLASS; BEGIN
  GRANT USAGE ON SCHEMA "${schema}" TO ${role};
  GRANT USAGE ON ALL SEQUENCES IN SCHEMA "${schema}" TO ${role};
  REVOKE ALL ON ALL TABLES IN SCHEMA "${schema}" FROM ${role};
  FOR relation IN SELECT oid FROM pg_catalog.pg_class
    WHERE relnamespace = '"${schema}"'::regnamespace AND relkind IN ('r', 'p', 'v')
      AND NOT relispartition AND relname NOT IN (${names.join(', ')})
  LOOP
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %s', relation, ${pg.escapeLiteral(role)});
  END LOOP;
  ${grants.join('\n  ')}
END $grant$`;
}

/** The role may not use all tables of Gatehouse and of its packages. */
export class NotGrantedError extends NamedError {
  override readonly name = 'NotGrantedError';
  /** What has to be done about it. */
  readonly advice: string;

  constructor(role: string, tables: readonly string[]) {
    const advice = `run \`gatehouse migrate --grant ${role}\` as the owner of the tables`;
    super('tables-not-granted', `The role ${role} may not read ${tables.join(', ')}: ${advice}.`);
    this.advice = advice;
  }
}

/**
 * Checks that the role of the connection may read all tables of Gatehouse and of its packages. Each migration that adds
 * one has to be followed by another grant.
 *
 * @throws {NotGrantedError}
 */
export async function requireGranted(
  { migrations }: DatabaseConnection,
  histories: readonly GrantedHistory[] = [],
): Promise<void> {
  const ofPackages = historiesOfPackages(histories).map(({ schema }) => schema);
  const schemas = [gatehouseSchema, ...ofPackages].map(pg.escapeLiteral);
  const found = await migrations.query<{ readonly role: string; readonly table: string }>(
    `SELECT current_user AS role, format('%I.%I', nspname, relname) AS "table"
     FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
     WHERE nspname IN (${schemas.join(', ')}) AND relkind IN ('r', 'p', 'v') AND NOT relispartition
       AND NOT (has_schema_privilege(pg_namespace.oid, 'USAGE') AND has_table_privilege(pg_class.oid, 'SELECT'))
     ORDER BY nspname, relname`,
  );
  const [first] = found;
  if (first === undefined) return;
  throw new NotGrantedError(
    first.role,
    found.map(({ table }) => table),
  );
}
