import { createHash } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { commandLine } from '../../src/changes/origin.ts';
import { connectPostgres } from '../../src/database/connect/connect-postgres.ts';
import type { DatabaseConnection } from '../../src/database/connection.ts';
import { grantNode, requireGranted } from '../../src/database/migrations/grant-node.ts';
import { createAccessHistoryStore } from '../../src/identity/access/access-history.store.ts';
import { createAccessHistoryWork } from '../../src/identity/access/access-history-work.ts';
import { auditLog } from '../../src/identity/audit/audit-log.ts';
import { createMakePartitions } from '../../src/identity/audit/log-partitions.store.ts';
import { createPruneLog } from '../../src/identity/audit/log-prune.store.ts';
import { addEventAt, partitionsOf } from '../support/audit-partitions.ts';
import { roles } from '../support/postgres-database.ts';
import { readReads } from '../support/rights-tables.ts';
import { storeDependencies } from '../support/store-dependencies.ts';
import { createMigratedDatabase, type PostgresDatabase } from '../support/test-database.ts';
import { hasPostgres } from './databases.ts';

const dayMs = 24 * 60 * 60 * 1000;
const timeFromNow = (days: number) => new Date(Date.now() + days * dayMs).toISOString();
const monthOf = (at: string) => at.slice(0, 7).replace('-', '');
const thisMonth = `gatehouse.audit_events_${monthOf(timeFromNow(0))}`;

/** SQL that inserts a row whose id and time are some days away. */
function insertEvent(table: string, idDays: number, atDays = idDays): string {
  const [columns, values] = table.includes('reads')
    ? ['coordinate, operation, request_id, ids', "'User.email', 'forged', 'r1', '{}'"]
    : ['action', "'test.forged'"];
  return `INSERT INTO ${table} (id, at, ${columns}) VALUES (
    overlay(gatehouse.first_uuid_of('${timeFromNow(idDays)}')::text
      PLACING right(gen_random_uuid()::text, 12) FROM 25)::uuid,
    '${timeFromNow(atDays)}', ${values})`;
}

const denied = /permission denied|must be|append-only|row-level security|only the owner|not a log/;
const tables = [
  ...['gatehouse.audit_events', 'gatehouse.audit_events_default', thisMonth],
  ...['gatehouse_rights.reads', 'gatehouse_rights.reads_default'],
];

/** Statements that must all fail. They run on one connection, one after the other. */
const attacks: readonly (readonly string[])[] = [
  ...tables.flatMap((table) => [
    [`UPDATE ${table} SET ip = '192.0.2.7'`],
    [`DELETE FROM ${table}`],
    [`SET gatehouse.audit_prune = 'on'`, `DELETE FROM ${table}`],
    [
      `SET gatehouse.audit_prune = 'on'`,
      `WITH gone AS (DELETE FROM ${table} RETURNING *) TABLE gone`,
    ],
    [`SET session_replication_role = replica`, `DELETE FROM ${table}`],
    [`TRUNCATE ${table}`],
    [`DROP TABLE ${table} CASCADE`],
    [`ALTER TABLE ${table} DISABLE TRIGGER USER`, `DELETE FROM ${table}`],
    [`ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`],
    [`ALTER TABLE ${table} RENAME TO gone`],
    [`ALTER TABLE ${table} OWNER TO ${roles.node}`],
    [`DROP TRIGGER no_truncate ON ${table}`],
    [
      `CREATE TRIGGER mine BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION gatehouse.forbid_audit_change()`,
    ],
    [`CREATE RULE mine AS ON INSERT TO ${table} DO INSTEAD NOTHING`],
    [`GRANT DELETE ON ${table} TO ${roles.node}`, `DELETE FROM ${table}`],
    [`BEGIN`, `LOCK TABLE ${table} IN SHARE MODE`],
    [insertEvent(table, -2)],
    [insertEvent(table, -2, 0)],
    [insertEvent(table, 0, -2)],
    [insertEvent(table, 2)],
    [`COPY ${table} FROM STDIN`],
  ]),
  ...['access_changes', 'access_schemas', 'access_schema_runs', 'access_history_start'].flatMap(
    (name) => [
      [`INSERT INTO gatehouse.${name} SELECT * FROM gatehouse.${name}`],
      [`SET gatehouse.audit_prune = 'on'`, `DELETE FROM gatehouse.${name}`],
      [`TRUNCATE gatehouse.${name} CASCADE`],
      [`ALTER TABLE gatehouse.${name} DISABLE TRIGGER USER`],
    ],
  ),
  ['UPDATE gatehouse.access_changes SET at = now()'],
  ['UPDATE gatehouse.access_schema_runs SET first_seen_at = now()'],
  ['DROP TRIGGER memberships_record ON gatehouse.memberships'],
  ['TRUNCATE gatehouse.memberships'],
  ["SELECT setval('gatehouse.access_changes_id_seq', 1)"],
  ['BEGIN', 'SELECT gatehouse.make_audit_partitions(now())', 'DELETE FROM gatehouse.audit_events'],
  [insertEvent(thisMonth, 0)],
  [`ALTER TABLE gatehouse.audit_events DETACH PARTITION ${thisMonth}`],
  [`SELECT gatehouse.drop_audit_partition('${monthOf(timeFromNow(0))}')`],
  ['ALTER POLICY add ON gatehouse.audit_events WITH CHECK (true)'],
  ['DROP POLICY add ON gatehouse.audit_events'],
  ['ALTER POLICY add ON gatehouse_rights.reads WITH CHECK (true)'],
  [`SELECT gatehouse.drop_audit_partition('${monthOf(timeFromNow(0))}', 'gatehouse_rights.reads')`],
  [`SELECT gatehouse.make_audit_partitions('${timeFromNow(400)}', 'gatehouse_rights.reads')`],
  [`SELECT gatehouse.make_audit_partitions(now(), 'gatehouse.users')`],
  [
    'CREATE TEMPORARY TABLE mine (id uuid PRIMARY KEY) PARTITION BY RANGE (id)',
    'CREATE TRIGGER append_only BEFORE DELETE ON mine FOR EACH ROW EXECUTE FUNCTION gatehouse.forbid_audit_change()',
    "SELECT gatehouse.make_audit_partitions(now(), 'mine')",
  ],
  [`SELECT gatehouse.make_audit_partitions(now(), NULL)`],
  [`SELECT gatehouse.make_audit_partitions('${timeFromNow(400)}')`],
  [`SELECT gatehouse.make_audit_partitions('${timeFromNow(-400)}')`],
  [`SELECT gatehouse.make_audit_partitions('infinity')`],
  [`SELECT gatehouse.make_audit_partitions(NULL)`],
  [`SELECT gatehouse.grant_node('${roles.node}')`],
  ['CREATE TABLE gatehouse.audit_events_209901 ()'],
  ['CREATE TABLE public.mine ()'],
  ['CREATE FUNCTION gatehouse.mine() RETURNS int LANGUAGE sql RETURN 1'],
  [
    'CREATE OR REPLACE FUNCTION gatehouse.forbid_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$',
  ],
  [
    'CREATE TEMPORARY TABLE mine (id uuid)',
    "CREATE TRIGGER mine AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION gatehouse.notify_inserts('x')",
  ],
  [`SET ROLE ${roles.owner}`],
  ["SELECT setval('gatehouse.event_batches_number_seq', 1)"],
  ['DELETE FROM gatehouse._prisma_migrations'],
  ['UPDATE public._prisma_migrations SET checksum = NULL'],
  ['DELETE FROM gatehouse.migration_notes'],
  ["UPDATE gatehouse.event_keys SET key = ''"],
];

describe.runIf(hasPostgres)('the role of a node', () => {
  let postgres: PostgresDatabase;
  let owner: DatabaseConnection;
  let node: DatabaseConnection;
  beforeAll(async () => {
    postgres = await createMigratedDatabase();
    owner = connectPostgres({ url: postgres.url, onPoolError: () => {} });
    node = connectPostgres({ url: postgres.nodeUrl, onPoolError: () => {} });
    await addEventAt(owner.database, '2026-01-02T00:00:00Z'); // in the default partition
    await addEventAt(node.database, timeFromNow(0));
    await owner.migrations.query(insertEvent('gatehouse_rights.reads', -300));
    await node.migrations.query(insertEvent('gatehouse_rights.reads', 0));
  });
  afterAll(async () => {
    await Promise.all([owner.close(), node.close()]);
    await postgres.drop();
  });

  /** A connection that ends with the test. */
  async function connectNode(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: postgres.nodeUrl });
    await client.connect();
    onTestFinished(() => client.end());
    return client;
  }

  const stateOf = async () => ({
    events: await owner.database.auditEvent.findMany({ orderBy: { id: 'asc' } }),
    reads: await readReads(owner.database),
    partitions: await partitionsOf(owner.database),
    history: await owner.database.accessChange.findMany({ orderBy: { id: 'asc' } }),
    schemas: await owner.database.accessSchema.findMany({ include: { runs: true } }),
    partitionsOfReads: await partitionsOf(owner.database, 'gatehouse_rights.reads'),
  });

  it.each(attacks.map((statements) => [statements.join('; '), statements] as const))(
    'cannot do this: %s',
    async (_, statements) => {
      const before = await stateOf();
      const client = await connectNode();
      const errors: string[] = [];
      for (const statement of statements) {
        await client.query(statement).catch((error) => void errors.push(error.message));
      }
      await client.query('COMMIT');
      expect(errors.length).toBeGreaterThan(0);
      for (const error of errors) expect(error).toMatch(denied);
      expect(await stateOf()).toEqual(before);
    },
  );

  it('runs nothing of its own with the rights of the owner, by types that it makes', async () => {
    const client = await connectNode();
    await client.query(`CREATE FUNCTION pg_temp.intrude(anyelement) RETURNS boolean LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'ran as %', current_user; END $$`);
    for (const type of [
      'timestamptz',
      'text',
      'uuid',
      'name',
      'regclass',
      'regnamespace',
      'regproc',
      'regrole',
    ]) {
      await client.query(`CREATE DOMAIN pg_temp.${type} AS pg_catalog.${type}
        CHECK (pg_temp.intrude(VALUE))`);
    }
    // So that the statements of this test do not mean these types.
    await client.query('SET search_path = pg_catalog, pg_temp');
    await createMakePartitions({ database: owner.database, now: () => new Date() }, auditLog)(); // a month may have begun
    await owner.migrations.query(`DROP TABLE ${thisMonth}`);
    const { rows } = await client.query('SELECT gatehouse.make_audit_partitions(now()) AS made');
    expect(rows).toEqual([{ made: 1 }]);
    await client.query(insertEvent('gatehouse.audit_events', 0)); // sends an event
    await client.query(`WITH added AS (
        INSERT INTO gatehouse.users (id, username, username_key, display_name, password_hash)
        VALUES (gen_random_uuid(), 'una', 'una', 'Una', '') RETURNING id)
      INSERT INTO gatehouse.memberships (user_id, "group") SELECT id, 'STAFF' FROM added`);
    await client.query(`UPDATE gatehouse.users SET session_epoch = 1 WHERE username = 'una'`);
    await client.query(`DELETE FROM gatehouse.users WHERE username = 'una'`);
  });

  it('makes the partitions of now, and cannot remove events by the command', async () => {
    const store = { database: node.database, now: () => new Date() };
    expect(await createMakePartitions(store, auditLog)()).toBe(0);
    const prune = createPruneLog(storeDependencies(store), auditLog);
    await expect(prune(new Date(), commandLine)).rejects.toThrow(
      'Only the owner of the tables may remove events',
    );
  });

  it('says what it serves now, and cannot remove the history of access', async () => {
    const history = createAccessHistoryStore(storeDependencies({ database: node.database }));
    const content = '{}';
    const digest = new Uint8Array(createHash('sha256').update(content).digest());
    for (let seen = 0; seen < 2; seen += 1) await history.see({ schemaHash: 'a', content, digest });
    const { schemas } = await stateOf();
    expect(schemas).toMatchObject([{ schemaHash: 'a', digest, runs: [{}] }]);
    await expect(history.prune(new Date(), commandLine)).rejects.toThrow(
      'Only the owner of the tables may remove the history',
    );
    const { tasks } = createAccessHistoryWork({
      store: history,
      snapshot: { schemaHash: 'a', content, digest },
      days: 1,
      now: () => new Date('2999-01-01'),
    });
    for (const { run } of tasks) await run();
    expect((await stateOf()).schemas).toHaveLength(1);
  });

  it('names the command to run when a migration has added a table', async () => {
    await owner.migrations.query('CREATE TABLE gatehouse.later ()');
    await expect(requireGranted(owner)).resolves.toBeUndefined();
    await expect(requireGranted(node)).rejects.toThrow(
      `The role ${roles.node} may not read gatehouse.later: run \`gatehouse migrate --grant ${roles.node}\``,
    );
    await owner.migrations.query('DROP TABLE gatehouse.later');
    await expect(requireGranted(node)).resolves.toBeUndefined();
    await expect(grantNode(owner, 'Absent Role')).rejects.toThrow('has no role Absent Role');
  });

  it('may use a table of the project only after it was granted', async () => {
    await owner.migrations.query('CREATE TABLE public.later (id bigserial)');
    const insert = () => node.migrations.query('INSERT INTO public.later DEFAULT VALUES');
    await expect(insert()).rejects.toThrow('permission denied');
    await grantNode(owner, roles.node);
    await insert();
    await owner.migrations.query('DROP TABLE public.later');
  });
});
