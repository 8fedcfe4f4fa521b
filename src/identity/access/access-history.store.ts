import type { DatabaseTransaction } from '../../database/connect.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import { createPruneAccessHistory } from './access-history-prune.store.ts';

/** Who reaches something: a user or an API client, by id. */
export interface Subject {
  readonly kind: 'USER' | 'API_CLIENT';
  readonly id: string;
}

/** The last change of an account up to a time. */
export type AccountState = 'CREATED' | 'ENABLED' | 'DISABLED' | 'DELETED';

export interface PastAccount {
  /** Undefined: it did not exist yet. */
  readonly state: AccountState | undefined;
  /** The groups that were granted to it, by name, without those whose time was over. */
  readonly grants: readonly PastGrant[];
}

export interface PastGrant {
  readonly group: string;
  /** Null: never. */
  readonly expiresAt: Date | null;
}

/** A schema that nodes served, with a time in which they did. */
export interface ServedSchema {
  readonly schemaHash: string;
  readonly content: string;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
}

/** When nodes served a schema, near a time at which none did. Null: never before, or never after. */
export interface ServedAround {
  readonly before: Date | null;
  readonly after: Date | null;
}

/** A schema to store. `digest` is the SHA-256 of its content. */
export interface SchemaSnapshot extends Pick<ServedSchema, 'schemaHash' | 'content'> {
  readonly digest: Uint8Array<ArrayBuffer>;
}

/** A schema that nodes served before another one. */
export interface FormerSchema extends Pick<ServedSchema, 'content'> {
  /** When nodes last served it, and not the other one yet. */
  readonly since: Date;
  /** Whether a node that serves it was seen in the last minutes. */
  readonly isServed: boolean;
}

/** Reads and prunes the history of access. Triggers write its changes. */
export const createAccessHistoryStore = (dependencies: StoreDependencies) => ({
  ...createSchemaHistory(dependencies),
  ...createAccountHistory(dependencies),
  prune: createPruneAccessHistory(dependencies),
});

/** How long after a node was last seen it may still serve, in seconds. Nodes are seen each minute. */
const missingSeconds = 300;

const createSchemaHistory = ({ database }: Pick<StoreDependencies, 'database'>) => ({
  /** Records that this process serves a schema now. The time is the database's. */
  async see({ schemaHash, content, digest }: SchemaSnapshot): Promise<void> {
    const [row] = await database.$queryRaw<{ readonly isStored: boolean }[]>`
      SELECT gatehouse.see_access_schema(${digest}) AS "isStored"`;
    if (row?.isStored === true) return;
    await database.$queryRaw`SELECT gatehouse.add_access_schema(${schemaHash}, ${content})::text`;
  },

  /** Returns the schemas that nodes served at a time, each with the last time in which they did. */
  servedAt: (at: Date): Promise<readonly ServedSchema[]> =>
    database.$queryRaw`
      SELECT DISTINCT ON (digest) schema_hash AS "schemaHash", content,
        first_seen_at AS "firstSeenAt", last_seen_at AS "lastSeenAt"
      FROM gatehouse.access_schema_runs JOIN gatehouse.access_schemas USING (digest)
      WHERE last_seen_at >= ${at}::timestamptz - ${missingSeconds}::int * INTERVAL '1 second'
        AND first_seen_at <= ${at}::timestamptz
      ORDER BY digest, last_seen_at DESC`,

  async servedAround(at: Date): Promise<ServedAround> {
    const [row] = await database.$queryRaw<ServedAround[]>`
      SELECT
        (SELECT max(last_seen_at) FROM gatehouse.access_schema_runs
          WHERE last_seen_at <= ${at}::timestamptz) AS before,
        (SELECT min(first_seen_at) FROM gatehouse.access_schema_runs
          WHERE last_seen_at > ${at}::timestamptz) AS after`;
    return row ?? { before: null, after: null };
  },

  /**
   * Returns the schema that nodes served when, or before, they began to serve another one: of several, the one that they
   * began with last. Undefined: the history has none, or not the other one.
   */
  async servedBefore({
    digest,
  }: Pick<SchemaSnapshot, 'digest'>): Promise<FormerSchema | undefined> {
    // Runs have ids in the order in which they began. One that began later is that of a newer schema, during a roll-out.
    const [row] = await database.$queryRaw<FormerSchema[]>`
      WITH present AS (
        SELECT id, digest, first_seen_at FROM gatehouse.access_schema_runs WHERE digest = ${digest}
        ORDER BY id DESC LIMIT 1
      ), former AS (
        SELECT run.digest, LEAST(run.last_seen_at, present.first_seen_at) AS since
        FROM gatehouse.access_schema_runs AS run, present
        WHERE run.digest <> present.digest AND run.id < present.id
        ORDER BY since DESC, run.id DESC LIMIT 1
      )
      SELECT content, since, EXISTS (
          SELECT FROM gatehouse.access_schema_runs AS run WHERE run.digest = former.digest
            AND run.last_seen_at > clock_timestamp() - ${missingSeconds}::int * INTERVAL '1 second'
        ) AS "isServed"
      FROM former JOIN gatehouse.access_schemas USING (digest)`;
    return row;
  },
});

const createAccountHistory = ({ database }: Pick<StoreDependencies, 'database'>) => ({
  /** Returns the time before which changes were removed. Null: none were. */
  async prunedUntil(): Promise<Date | null> {
    const start = await database.accessHistoryStart.findFirst({ select: { knownFrom: true } });
    return start?.knownFrom ?? null;
  },

  /** Whether the history has changes of an account at any time. */
  async hasChangesOf({ kind, id }: Subject): Promise<boolean> {
    const found = await database.accessChange.findFirst({
      where: { subjectKind: kind, subjectId: id },
      select: { id: true },
    });
    return found !== null;
  },

  /** Returns an account as it was at a time. */
  async accountAt(subject: Subject, at: Date): Promise<PastAccount> {
    const changes = await readLastChanges(database, subject, at);
    const account = changes.find(({ group }) => group === '');
    const grants = changes
      .filter(({ kind, expiresAt }) => kind === 'GRANTED' && (expiresAt === null || expiresAt > at))
      .map(({ group, expiresAt }) => ({ group, expiresAt }));
    return { state: account && stateOf(account.kind), grants };
  },
});

interface LastChange extends PastGrant {
  readonly kind: AccountState | 'GRANTED' | 'ENDED';
}

const stateOf = (kind: LastChange['kind']): AccountState | undefined =>
  kind === 'GRANTED' || kind === 'ENDED' ? undefined : kind;

/** Reads the last change of an account, and of each group, up to a time. */
const readLastChanges = (
  database: Pick<DatabaseTransaction, '$queryRaw'>,
  { kind, id }: Subject,
  at: Date,
): Promise<readonly LastChange[]> =>
  database.$queryRaw`
    SELECT DISTINCT ON ("group") "group", kind::text AS kind, expires_at AS "expiresAt"
    FROM gatehouse.access_changes
    WHERE subject_id = ${id}::uuid AND subject_kind = ${kind}::gatehouse.actor_kind
      AND at <= ${at}::timestamptz
    ORDER BY "group", id DESC`;
