-- breaking: yes (the first: there is no older node)

-- CreateEnum
CREATE TYPE "actor_kind" AS ENUM ('USER', 'API_CLIENT');

-- CreateEnum
CREATE TYPE "access_change_kind" AS ENUM ('CREATED', 'DISABLED', 'ENABLED', 'DELETED', 'GRANTED', 'ENDED');

-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL,
    "username" TEXT NOT NULL,
    "username_key" TEXT NOT NULL,
    "display_name" TEXT NOT NULL,
    "email" TEXT,
    "password_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "disabled_at" TIMESTAMPTZ(3),
    "enabled_at" TIMESTAMPTZ(3),
    "session_epoch" INTEGER NOT NULL DEFAULT 0,
    "password_version" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "memberships" (
    "user_id" UUID NOT NULL,
    "group" TEXT NOT NULL,
    "source" TEXT NOT NULL DEFAULT '',
    "taken_at" TIMESTAMPTZ(3),
    "granted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "granted_by_id" UUID,
    "expires_at" TIMESTAMPTZ(3),
    "last_used_on" DATE,

    CONSTRAINT "memberships_pkey" PRIMARY KEY ("user_id","group","source")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "epoch" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "user_agent" TEXT,
    "ip" TEXT,
    "cookie_hash" BYTEA,
    "refresh_generation" INTEGER NOT NULL DEFAULT 0,
    "refresh_chain_hash" BYTEA,
    "refresh_secret_hash" BYTEA,
    "refresh_salt" BYTEA,
    "refresh_former_generation" INTEGER,
    "refresh_former_chain_hash" BYTEA,
    "proved" JSONB NOT NULL DEFAULT '{}',
    "proof_count" INTEGER NOT NULL DEFAULT 0,
    "opened_with" UUID,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "login_challenges" (
    "hash" BYTEA NOT NULL,
    "user_id" UUID NOT NULL,
    "purpose" TEXT NOT NULL,
    "session_id" UUID,
    "cookie_hash" BYTEA,
    "epoch" INTEGER NOT NULL,
    "password_version" INTEGER NOT NULL,
    "proved" JSONB NOT NULL,
    "session_seconds" INTEGER,
    "opened_with" UUID,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "login_challenges_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "session_removals" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" UUID NOT NULL,
    "before_epoch" INTEGER,
    "due_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "session_removals_pkey" PRIMARY KEY ("id")
);

-- CreateTable
-- Unlogged: each attempt to log in writes here, and a crash of the database may lose the counters.
CREATE UNLOGGED TABLE "rate_limits" (
    "key" TEXT NOT NULL,
    "points" INTEGER NOT NULL DEFAULT 0,
    "expire" BIGINT,

    CONSTRAINT "rate_limits_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "api_clients" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "groups" TEXT[],
    "secret_hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "disabled_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "created_by_id" UUID,

    CONSTRAINT "api_clients_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_events" (
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "action" TEXT NOT NULL,
    "actor_kind" "actor_kind",
    "actor_id" UUID,
    "subject_id" UUID,
    "ip" TEXT,
    "detail" TEXT,

    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("id")
) PARTITION BY RANGE ("id");

-- CreateTable
CREATE TABLE "access_changes" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
    "subject_kind" "actor_kind" NOT NULL,
    "subject_id" UUID NOT NULL,
    "group" TEXT NOT NULL DEFAULT '',
    "kind" "access_change_kind" NOT NULL,
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "access_changes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "access_schemas" (
    "digest" BYTEA NOT NULL,
    "schema_hash" TEXT NOT NULL,
    "content" TEXT NOT NULL,

    CONSTRAINT "access_schemas_pkey" PRIMARY KEY ("digest")
);

-- CreateTable
CREATE TABLE "access_schema_runs" (
    "id" BIGSERIAL NOT NULL,
    "digest" BYTEA NOT NULL,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "access_schema_runs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "access_history_start" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "known_from" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "access_history_start_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbox" (
    "transaction" xid8 NOT NULL DEFAULT pg_current_xact_id(),
    "topic" TEXT NOT NULL,
    "payload" TEXT NOT NULL,
    "number" BIGSERIAL NOT NULL,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("transaction","topic","payload")
);

-- CreateTable
CREATE TABLE "event_batches" (
    "number" BIGSERIAL NOT NULL,
    "topic" TEXT NOT NULL,
    "payloads" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "event_batches_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "event_keys" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "key" TEXT NOT NULL,

    CONSTRAINT "event_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "migration_notes" (
    "schema" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "is_breaking" BOOLEAN NOT NULL,
    "reason" TEXT NOT NULL,
    "version" TEXT NOT NULL,

    CONSTRAINT "migration_notes_pkey" PRIMARY KEY ("schema","name")
);

-- CreateIndex
CREATE UNIQUE INDEX "users_username_key_key" ON "users"("username_key");

-- CreateIndex
CREATE INDEX "memberships_group_user_id_idx" ON "memberships"("group", "user_id");

-- CreateIndex
CREATE UNIQUE INDEX "sessions_cookie_hash_key" ON "sessions"("cookie_hash");

-- CreateIndex
CREATE INDEX "sessions_user_id_ended_at_epoch_id_idx" ON "sessions"("user_id", "ended_at", "epoch", "id");

-- CreateIndex
CREATE INDEX "sessions_expires_at_idx" ON "sessions"("expires_at");

-- CreateIndex
CREATE INDEX "login_challenges_opened_with_idx" ON "login_challenges"("opened_with");

-- CreateIndex
CREATE INDEX "login_challenges_user_id_idx" ON "login_challenges"("user_id");

-- CreateIndex
CREATE INDEX "login_challenges_expires_at_idx" ON "login_challenges"("expires_at");

-- CreateIndex
CREATE INDEX "session_removals_due_at_idx" ON "session_removals"("due_at");

-- CreateIndex
CREATE INDEX "rate_limits_expire_idx" ON "rate_limits"("expire");

-- CreateIndex
CREATE UNIQUE INDEX "api_clients_secret_hash_key" ON "api_clients"("secret_hash");

-- CreateIndex
CREATE INDEX "audit_events_action_id_idx" ON "audit_events"("action", "id");

-- CreateIndex
CREATE INDEX "audit_events_actor_id_id_idx" ON "audit_events"("actor_id", "id");

-- CreateIndex
CREATE INDEX "audit_events_subject_id_id_idx" ON "audit_events"("subject_id", "id");

-- CreateIndex
CREATE INDEX "access_changes_subject_id_group_id_idx" ON "access_changes"("subject_id", "group", "id");

-- CreateIndex
CREATE INDEX "access_changes_at_idx" ON "access_changes"("at");

-- CreateIndex
CREATE INDEX "access_schema_runs_digest_last_seen_at_idx" ON "access_schema_runs"("digest", "last_seen_at");

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "login_challenges" ADD CONSTRAINT "login_challenges_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "access_schema_runs" ADD CONSTRAINT "access_schema_runs_digest_fkey" FOREIGN KEY ("digest") REFERENCES "access_schemas"("digest") ON DELETE CASCADE ON UPDATE CASCADE;

-- By hand from here on: what schema.prisma cannot say. The API checks the same bounds and answers with the
-- argument's name; these hold for every other way into the database too. Lengths are in characters (code points).

-- A user without a name cannot log in, and a name without a bound fills the index.
ALTER TABLE "users" ADD CONSTRAINT "users_username_length" CHECK (char_length("username") BETWEEN 1 AND 64);
ALTER TABLE "users" ADD CONSTRAINT "users_username_key_length" CHECK (char_length("username_key") BETWEEN 1 AND 64);

-- Shown to every member: never blank, and short enough for a line.
ALTER TABLE "users" ADD CONSTRAINT "users_display_name_length" CHECK (char_length("display_name") BETWEEN 1 AND 200);

-- The longest address that SMTP can deliver to (RFC 5321, 4.5.3.1.3, less the angle brackets).
ALTER TABLE "users" ADD CONSTRAINT "users_email_length" CHECK (char_length("email") <= 254);

-- The list of users: without the disabled ones, of which there may be many before the first that is listed.
CREATE INDEX "users_enabled" ON "users"("id") WHERE "disabled_at" IS NULL;
CREATE INDEX "users_disabled" ON "users"("id") WHERE "disabled_at" IS NOT NULL;

-- The costs of the bcrypt hashes, of which there are few different ones.
CREATE INDEX "users_password_cost" ON "users"((substring("password_hash" FROM '^[$]2[abxy][$]([0-9]{2})[$]')::int4));

-- The search of users by the beginning of a name.
CREATE INDEX "users_username_start" ON "users"(lower("username") text_pattern_ops);
CREATE INDEX "users_display_name_start" ON "users"(lower("display_name") text_pattern_ops);

-- The search of users by a whole e-mail address.
CREATE INDEX "users_email" ON "users"(lower("email"));

-- The search by any part of a name needs the extension pg_trgm. PostgreSQL trusts it, so the owner of a database may
-- create it. Where it is not installed on the server or not allowed, the search is by the beginning of a name: call the
-- function again once it is installed. Returns whether the indexes exist.
CREATE FUNCTION "index_parts_of_names"() RETURNS BOOLEAN LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
  home TEXT;
BEGIN
  BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA gatehouse;
  EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
    RAISE NOTICE 'pg_trgm cannot be created: %', SQLERRM;
  END;
  SELECT nspname INTO home FROM pg_catalog.pg_extension
    JOIN pg_catalog.pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'pg_trgm';
  IF home IS NULL THEN
    RETURN false;
  END IF;
  -- Without the list of pending entries, which each search would have to read.
  EXECUTE pg_catalog.format('CREATE INDEX IF NOT EXISTS users_username_part ON gatehouse.users
    USING gin (lower(username) %I.gin_trgm_ops) WITH (fastupdate = off)', home);
  EXECUTE pg_catalog.format('CREATE INDEX IF NOT EXISTS users_display_name_part ON gatehouse.users
    USING gin (lower(display_name) %I.gin_trgm_ops) WITH (fastupdate = off)', home);
  RETURN true;
END
$$;

SELECT "index_parts_of_names"();

-- The first users that these indexes find, in no order: at most "most". The settings choose the indexes, whatever the
-- statistics say of a text: another scan reads all users before those who have it, if these are the latest.
CREATE FUNCTION "find_parts_of_names"("pattern" TEXT, "most" INTEGER)
  RETURNS TABLE ("id" UUID, "disabled_at" TIMESTAMPTZ)
  LANGUAGE sql STABLE SET search_path = '' SET enable_seqscan = off SET enable_indexscan = off AS $$
  SELECT id, disabled_at FROM gatehouse.users
    WHERE lower(username) LIKE lower(pattern) OR lower(display_name) LIKE lower(pattern)
    LIMIT most
$$;

-- The rule of the last ADMIN: the permanent members of one group, however many members the others have.
CREATE INDEX "memberships_permanent" ON "memberships"("group", "user_id") WHERE "expires_at" IS NULL;

-- The report of unused rights: the memberships that were longest not used, of which each began with a grant, and those
-- that have not ended yet.
CREATE INDEX "memberships_idle" ON "memberships"(
  (GREATEST("last_used_on", ("granted_at" AT TIME ZONE 'UTC')::date)), "group", "user_id"
) WHERE "expires_at" IS NULL;
CREATE INDEX "memberships_ending" ON "memberships"("expires_at") WHERE "expires_at" IS NOT NULL AND "source" = '';

-- The members of a group are counted without those whose membership has expired.
CREATE INDEX "memberships_group_ending" ON "memberships"("group", "expires_at")
  WHERE "expires_at" IS NOT NULL AND "source" = '';
CREATE INDEX "memberships_group_given" ON "memberships"("group", "expires_at") WHERE "source" <> '';

-- A membership that ends before it begins was never held: a mistake in a date or its time zone.
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_expires_after_grant" CHECK ("expires_at" > "granted_at");

-- A group is a name of GraphQL.
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_group_form" CHECK ("group" ~ '^[_A-Za-z][_0-9A-Za-z]{0,127}$');

-- What a package gives is named for it and ends without it: nothing that was removed elsewhere stays for ever, and no
-- last ADMIN depends on it.
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_source_form" CHECK ("source" = '' OR "source" ~ '^[a-z][a-z0-9-]*:.{1,100}$');
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_source_ends" CHECK ("source" = '' OR "expires_at" IS NOT NULL);

-- A session must have a life, or its first token would be born expired.
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_expires_after_creation" CHECK ("expires_at" > "created_at");
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_cookie_hash_length" CHECK (octet_length("cookie_hash") = 32);

-- What has opened sessions ends them: few are opened by something that a package names.
CREATE INDEX "sessions_opened_with" ON "sessions"("opened_with") WHERE "opened_with" IS NOT NULL;

-- A session continues by its cookie or by its refresh tokens, never by both. Of the tokens one may be used next: a second
-- one cannot be written, whatever races.
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_one_secret" CHECK ("cookie_hash" IS NULL OR "refresh_chain_hash" IS NULL);
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_refresh_whole" CHECK (("refresh_chain_hash" IS NULL) = ("refresh_secret_hash" IS NULL));
-- Hashes alone. Another length could be the secret itself.
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_refresh_lengths" CHECK (
  octet_length("refresh_chain_hash") = 32 AND octet_length("refresh_secret_hash") = 32
  AND octet_length("refresh_salt") = 32 AND octet_length("refresh_former_chain_hash") = 32
);
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_refresh_salt_with_use" CHECK (
  "refresh_generation" >= 0 AND ("refresh_generation" = 0) = ("refresh_salt" IS NULL)
);

-- A new fact, or an end of old ones, is a higher count: it never goes back.
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_proof_count" CHECK ("proof_count" >= 0);

-- Hashes alone, for one purpose. A browser's challenge works together with its cookie; a session's names the session.
ALTER TABLE "login_challenges" ADD CONSTRAINT "login_challenges_hash_length" CHECK (octet_length("hash") = 32);
ALTER TABLE "login_challenges" ADD CONSTRAINT "login_challenges_purpose" CHECK (
  ("purpose" = 'LOGIN' AND "session_id" IS NULL AND "cookie_hash" IS NULL)
  OR ("purpose" = 'SESSION' AND "session_id" IS NULL AND octet_length("cookie_hash") = 32)
  OR ("purpose" IN ('REAUTHENTICATION', 'CHANGE') AND "session_id" IS NOT NULL AND "cookie_hash" IS NULL)
);

-- For the cleaner. Without those that have not ended, a login or a refresh does not change it.
CREATE INDEX "sessions_ended" ON "sessions"("ended_at") WHERE "ended_at" IS NOT NULL;

-- All sessions of a user end at once, by a new epoch or with the user, in one row however many they are. Here they
-- are noted for the cleaner, whoever ended them: it removes them after a week, like sessions that ended one by one, and
-- those of a deleted user as soon as it runs. The order is that of the index, without which PostgreSQL may read the
-- whole table for a user with many of all sessions.
CREATE FUNCTION "note_ended_sessions"() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    PERFORM 1 FROM gatehouse.sessions WHERE user_id = OLD.id ORDER BY ended_at, epoch, id LIMIT 1;
    IF FOUND THEN
      INSERT INTO gatehouse.session_removals (user_id, due_at) VALUES (OLD.id, CURRENT_TIMESTAMP);
    END IF;
  ELSE
    PERFORM 1 FROM gatehouse.sessions
      WHERE user_id = OLD.id AND ended_at IS NULL AND epoch < NEW.session_epoch
      ORDER BY ended_at, epoch, id LIMIT 1;
    IF FOUND THEN
      INSERT INTO gatehouse.session_removals (user_id, before_epoch, due_at)
      VALUES (OLD.id, NEW.session_epoch, CURRENT_TIMESTAMP + INTERVAL '7 days');
    END IF;
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER "users_note_ended_sessions" AFTER UPDATE OF "session_epoch" ON "users"
  FOR EACH ROW WHEN (OLD."session_epoch" <> NEW."session_epoch")
  EXECUTE FUNCTION "note_ended_sessions"();

CREATE TRIGGER "users_note_ended_sessions_of_deleted" AFTER DELETE ON "users"
  FOR EACH ROW EXECUTE FUNCTION "note_ended_sessions"();

-- Never blank, and short enough for a line.
ALTER TABLE "api_clients" ADD CONSTRAINT "api_clients_name_length" CHECK (char_length("name") BETWEEN 1 AND 200);
-- A list, though it may be empty, without a gap.
ALTER TABLE "api_clients" ADD CONSTRAINT "api_clients_groups_whole" CHECK ("groups" IS NOT NULL AND array_position("groups", NULL) IS NULL);
-- A SHA-256. Another length could be the secret itself.
ALTER TABLE "api_clients" ADD CONSTRAINT "api_clients_secret_hash_length" CHECK (octet_length("secret_hash") = 32);

-- An action is `thing.happened`.
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_action_form" CHECK ("action" ~ '^[a-z_]{1,32}\.[a-z_]{1,32}$');
-- Of an actor both or neither is known.
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_actor_whole" CHECK (("actor_kind" IS NULL) = ("actor_id" IS NULL));

-- Rows of logs are added, and neither changed nor removed. Only the owner may delete them, for example to prune a
-- log. The setting keeps the owner from doing it by mistake, and gives no right: any role can set it.
CREATE FUNCTION "forbid_audit_change"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('gatehouse.audit_prune', true) = 'on'
    AND pg_has_role((SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;

-- Events: every listening process hears what has changed, whoever changed it: the API, a command, or SQL by hand.
-- Triggers write ids into an outbox, in the transaction of the change. One node at a time moves them into batches, which
-- all nodes read, and notifies the others. Not NOTIFY in each change: transactions that notify commit one after the
-- other, under one lock of the whole server, which is held while the commit is written to disk.

-- The payload is a part of the outbox's key: the same payload of one transaction is one event. Both tables are logged, so
-- that a crash of PostgreSQL loses no event. A payload has no comma, which separates payloads in a batch, and a batch
-- fits into a page of PostgreSQL (8,192 bytes), where it is stored as it is. Lengths are compared, because `{1,60}` is
-- slow in a regular expression.
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_topic_form"
  CHECK ("topic" ~ '^[a-z0-9_.]+$' AND octet_length("topic") <= 130);
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_payload_form"
  CHECK ("payload" ~ '^[a-z0-9: -]+$' AND octet_length("payload") <= 60);

-- Rows stay for milliseconds, and for minutes: vacuum by their number, not by a part of a table that is nearly empty.
ALTER TABLE "outbox" SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
ALTER TABLE "event_batches" SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

ALTER TABLE "event_batches" ALTER "payloads" SET STORAGE PLAIN;

-- A node whose connection was lost reads on from the last batch that it had. The newest batch is never removed, and so
-- there is always one.
INSERT INTO "event_batches" ("topic", "payloads") VALUES ('gatehouse.none', '');

-- 244 random bits. Others may be able to publish to the server that brings batches to the nodes, such as NATS.
INSERT INTO "event_keys" ("key") VALUES (gen_random_uuid()::text || gen_random_uuid()::text);

-- Moves events that were committed since the snapshot "relayed" from the outbox into batches: in one transaction, so that
-- each is moved once, whatever is killed. Null: all events. Returns the snapshot for the next call, and whether more
-- events wait. One call runs at a time; another returns at once, with null.
--
-- The snapshots are for speed: without them each call would have to skip all events that were removed since the oldest
-- transaction that still runs began, such as that of a backup. So are the settings: they choose the index, also for a
-- table that seems small, and the one kind of scan that skips removed rows the next time.
CREATE FUNCTION "relay_events"("relayed" pg_snapshot, OUT "seen" pg_snapshot, OUT "more" BOOLEAN)
  LANGUAGE plpgsql SET search_path = '' SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  most_events CONSTANT INTEGER := 5000;
  batch_size CONSTANT INTEGER := 100;
BEGIN
  seen := relayed;
  IF NOT pg_catalog.pg_try_advisory_xact_lock(72707370, 1) THEN
    RETURN;
  END IF;
  -- A statement of its own: its snapshot is newer than the previous call, which held the lock until it was committed.
  WITH waiting AS (
    SELECT ctid FROM gatehouse.outbox
      WHERE transaction = ANY (ARRAY(SELECT pg_catalog.pg_snapshot_xip(relayed)))
    UNION ALL
    SELECT ctid FROM gatehouse.outbox
      WHERE transaction >= COALESCE(pg_catalog.pg_snapshot_xmax(relayed), '0')
  ), moved AS (
    DELETE FROM gatehouse.outbox WHERE ctid = ANY (ARRAY(SELECT ctid FROM waiting LIMIT most_events))
    RETURNING topic, payload, number
  ), numbered AS (
    SELECT *, (row_number() OVER (PARTITION BY topic ORDER BY number) - 1) / batch_size AS part FROM moved
  ), batches AS (
    INSERT INTO gatehouse.event_batches (topic, payloads)
    SELECT topic, string_agg(payload, ',' ORDER BY number) FROM numbered
      GROUP BY topic, part ORDER BY min(number)
    RETURNING pg_catalog.pg_notify('gatehouse_events', ''),
      CASE WHEN topic = 'gatehouse_access' THEN pg_catalog.pg_notify('gatehouse_access', '') END
  )
  SELECT pg_catalog.pg_current_snapshot(), count(*) = most_events INTO seen, more FROM moved;
  IF more THEN
    seen := relayed;
  END IF;
END
$$;

-- Reads the first batches from the number "last" on. The batch "last" itself, without payloads, shows that nothing is
-- missing after it. With "one_topic", those of one topic, and the newest one without payloads: nothing is missing up to it. The
-- settings choose the index, whatever the statistics of a table say that changes all the time.
CREATE FUNCTION "read_events"("last" DOUBLE PRECISION, "most" INTEGER, "one_topic" TEXT DEFAULT NULL)
  RETURNS TABLE ("number" DOUBLE PRECISION, "topic" TEXT, "payloads" TEXT)
  LANGUAGE sql STABLE SET search_path = '' SET enable_seqscan = off SET enable_bitmapscan = off AS $$
  SELECT number, topic, CASE WHEN number > last::bigint AND topic = COALESCE(one_topic, topic) THEN payloads ELSE '' END
    FROM gatehouse.event_batches
    WHERE number >= last::bigint AND (topic = COALESCE(one_topic, topic)
      OR number IN (last::bigint, (SELECT max(number) FROM gatehouse.event_batches)))
    ORDER BY number LIMIT most
$$;

-- Removes batches that are older than five minutes, at most a thousand, and never the newest one.
CREATE FUNCTION "remove_old_events"() RETURNS VOID
  LANGUAGE sql SET search_path = '' SET enable_seqscan = off SET enable_bitmapscan = off AS $$
  DELETE FROM gatehouse.event_batches WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM (
      SELECT ctid, at FROM gatehouse.event_batches
        WHERE number < (SELECT max(number) FROM gatehouse.event_batches) ORDER BY number LIMIT 1000
    ) AS oldest WHERE at < CURRENT_TIMESTAMP - INTERVAL '5 minutes'))
$$;

-- The embedded database has no other process: what is sent need not be relayed.
CREATE FUNCTION "send_event"("topic" TEXT, "payload" TEXT) RETURNS VOID LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF pg_catalog.current_setting('gatehouse.single_process', true) = 'on' THEN
    PERFORM pg_catalog.pg_notify('gatehouse_events', concat_ws(' ', topic, payload));
  ELSE
    INSERT INTO gatehouse.outbox (topic, payload) VALUES (send_event.topic, send_event.payload) ON CONFLICT DO NOTHING;
  END IF;
END
$$;

-- Public: for triggers `AFTER INSERT ... FOR EACH ROW` of other tables, whose key `id` is a UUID. The argument is the
-- topic, in lower case, digits and underscores. `AFTER UPDATE` is possible too: the transaction makes each change an
-- event of its own. With its owner's rights, so that a role that may write to the table needs no other.
--
-- Whatever runs with the owner's rights names pg_temp last: otherwise the caller's temporary types come first.
CREATE FUNCTION "notify_inserts"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM gatehouse.send_event(TG_ARGV[0], NEW."id"::text
    || CASE TG_OP WHEN 'UPDATE' THEN ' ' || pg_catalog.pg_current_xact_id()::text ELSE '' END);
  RETURN NULL;
END
$$;

CREATE TRIGGER "audit_events_notify" AFTER INSERT ON "audit_events"
  FOR EACH ROW EXECUTE FUNCTION "notify_inserts"('gatehouse.audit_events');

-- A log has a partition for each month (UTC), because a partition is removed at once, and its rows are not removed one by
-- one. The range is that of ids, which start with the time (UUID of version 7). The triggers for rows and the indexes of a
-- partition come from the whole table; the trigger that forbids TRUNCATE has to be made for each.

-- The least UUID of version 7 with a time.
CREATE FUNCTION "first_uuid_of"("at" TIMESTAMPTZ) RETURNS UUID LANGUAGE sql IMMUTABLE
  RETURN (lpad(to_hex(floor(extract(epoch FROM "at") * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid;

-- The name of a partition of a log.
CREATE FUNCTION "audit_partition"("log" REGCLASS, "suffix" TEXT) RETURNS TEXT LANGUAGE sql STABLE
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT format('%I.%I', nspname, relname || '_' || suffix)
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE pg_class.oid = log
$$;

-- Makes a log of a table with the columns `id`, a UUID of version 7, and `at`, which is divided by ranges of `id`. Logs of
-- packages are made by this too.
--
-- Roles that do not own the tables read all rows, and add those of now: neither older nor later ones, and none directly
-- to a partition, for which there is no policy. An hour is more than a transaction takes and clocks differ. The default
-- partition has rows for which there is no other: a row never fails for want of one.
CREATE FUNCTION "make_audit_log"("log" REGCLASS) RETURNS VOID LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  rest TEXT := gatehouse.audit_partition(log, 'default');
  statement TEXT;
BEGIN
  EXECUTE format('CREATE TABLE %s (LIKE %s INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)', rest, log);
  EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s DEFAULT', log, rest);
  FOREACH statement IN ARRAY ARRAY[
    'ALTER TABLE %s ENABLE ROW LEVEL SECURITY',
    'CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %s
      FOR EACH STATEMENT EXECUTE FUNCTION gatehouse.forbid_audit_change()'
  ] LOOP
    EXECUTE format(statement, log);
    EXECUTE format(statement, rest);
  END LOOP;
  EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %s
    FOR EACH ROW EXECUTE FUNCTION gatehouse.forbid_audit_change()', log);
  EXECUTE format('CREATE POLICY read ON %s FOR SELECT USING (true)', log);
  EXECUTE format('CREATE POLICY add ON %s FOR INSERT WITH CHECK (
    at BETWEEN now() - INTERVAL ''1 hour'' AND now() + INTERVAL ''1 hour''
    AND id BETWEEN gatehouse.first_uuid_of(now() - INTERVAL ''1 hour'')
      AND gatehouse.first_uuid_of(now() + INTERVAL ''1 hour'')
  )', log);
  PERFORM gatehouse.make_audit_partitions(CURRENT_TIMESTAMP, log);
END
$$;

-- Makes the missing partitions of a log for the month of `at` and the next three, and returns their number. The nodes call
-- it with their own clocks, from which the ids come.
--
-- It runs with the rights of the owner, for roles that may add rows. For these, `at` is at most a day away: they can
-- make no other months. A log is a table of the owner with the trigger above: what another role has made of a table would
-- run with these rights. It locks only the default partition, so rows of other partitions are added meanwhile; it fails
-- (55P03) if it does not get the lock soon, since those that need the default partition wait behind it. Rows of the
-- month that are already there are moved, unless they are so many that it would take long: the month then stays there.
CREATE FUNCTION "make_audit_partitions"("at" TIMESTAMPTZ, "log" REGCLASS DEFAULT 'gatehouse.audit_events') RETURNS INTEGER
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET lock_timeout = '100ms' AS $$
DECLARE
  rest TEXT := gatehouse.audit_partition(log, 'default');
  month TIMESTAMPTZ;
  partition TEXT;
  first_id UUID;
  end_id UUID;
  few INTEGER;
  made INTEGER := 0;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_class JOIN pg_trigger ON tgrelid = pg_class.oid
    WHERE pg_class.oid = log AND relkind = 'p' AND relowner = quote_ident(current_user)::regrole
      AND tgname = 'append_only' AND tgfoid = 'gatehouse.forbid_audit_change'::regproc) THEN
    RAISE EXCEPTION 'not a log' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF NOT has_table_privilege(session_user, log, 'INSERT') THEN
    RAISE EXCEPTION 'permission denied for %', log USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NOT pg_has_role(session_user, current_user, 'USAGE')
    AND (at BETWEEN now() - INTERVAL '1 day' AND now() + INTERVAL '1 day') IS NOT TRUE THEN
    RAISE EXCEPTION 'only the owner may make partitions for another time' USING ERRCODE = 'insufficient_privilege';
  END IF;
  FOR month IN SELECT date_trunc('month', at) + n * INTERVAL '1 month' FROM generate_series(0, 3) AS n
  LOOP
    partition := gatehouse.audit_partition(log, to_char(month, 'YYYYMM'));
    CONTINUE WHEN to_regclass(partition) IS NOT NULL;
    -- Another node is making it.
    EXIT WHEN NOT pg_try_advisory_xact_lock(4283003, log::oid::bigint::bit(32)::int);
    -- It has just made it.
    CONTINUE WHEN EXISTS (SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
      WHERE format('%I.%I', nspname, relname) = partition);
    first_id := gatehouse.first_uuid_of(month);
    end_id := gatehouse.first_uuid_of(month + INTERVAL '1 month');
    EXECUTE format('SELECT count(*) FROM (SELECT FROM %s WHERE id >= %L AND id < %L LIMIT 10001) AS few',
      rest, first_id, end_id) INTO few;
    CONTINUE WHEN few > 10000;
    EXECUTE format('CREATE TABLE %s (LIKE %s INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)', partition, log);
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', partition);
    EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', rest);
    PERFORM set_config('gatehouse.audit_prune', 'on', true);
    EXECUTE format('WITH moved AS (DELETE FROM %s WHERE id >= %L AND id < %L RETURNING *)
      INSERT INTO %s SELECT * FROM moved', rest, first_id, end_id, partition);
    PERFORM set_config('gatehouse.audit_prune', 'off', true);
    EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)', log, partition, first_id, end_id);
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %s
      FOR EACH STATEMENT EXECUTE FUNCTION gatehouse.forbid_audit_change()', partition);
    made := made + 1;
  END LOOP;
  RETURN made;
END
$$;

SELECT "make_audit_log"('audit_events');

-- Removes the partition of a log for a month (`YYYYMM`) with its rows, and returns true. Only the owner may. Returns
-- false if the table is in use, such as by a backup or an export: it would have to be locked as a whole, and rows that
-- are added wait behind that. So they wait at most for the time below.
CREATE FUNCTION "drop_audit_partition"("month" TEXT, "log" REGCLASS DEFAULT 'gatehouse.audit_events') RETURNS BOOLEAN
  LANGUAGE plpgsql SET search_path = '' SET lock_timeout = '100ms' AS $$
BEGIN
  EXECUTE pg_catalog.format('DROP TABLE %s', gatehouse.audit_partition(log, month));
  RETURN true;
EXCEPTION WHEN lock_not_available THEN
  RETURN false;
END
$$;

-- Whose rights may have changed, as `kind:id`. Arguments: the kind, and the column that holds the id.
CREATE FUNCTION "notify_access"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM gatehouse.send_event('gatehouse_access', TG_ARGV[0] || ':' || (pg_catalog.to_jsonb(OLD) ->> TG_ARGV[1]));
  END IF;
  IF TG_OP <> 'DELETE' THEN
    PERFORM gatehouse.send_event('gatehouse_access', TG_ARGV[0] || ':' || (pg_catalog.to_jsonb(NEW) ->> TG_ARGV[1]));
  END IF;
  RETURN NULL;
END
$$;

-- Not for the last use, as of sessions.
CREATE TRIGGER "memberships_notify_access"
  AFTER INSERT OR UPDATE OF "user_id", "group", "expires_at" OR DELETE ON "memberships"
  FOR EACH ROW EXECUTE FUNCTION "notify_access"('user', 'user_id');

-- Not for the last use, which changes often and takes no right away.
CREATE TRIGGER "sessions_notify_access" AFTER UPDATE OF "ended_at", "expires_at", "proof_count" ON "sessions"
  FOR EACH ROW WHEN (
    (OLD."ended_at", OLD."expires_at", OLD."proof_count")
      IS DISTINCT FROM (NEW."ended_at", NEW."expires_at", NEW."proof_count")
  )
  EXECUTE FUNCTION "notify_access"('session', 'id');

CREATE TRIGGER "sessions_notify_access_of_deleted" AFTER DELETE ON "sessions"
  FOR EACH ROW EXECUTE FUNCTION "notify_access"('session', 'id');

-- A new epoch ends all sessions of the user: one notification, however many they are.
CREATE TRIGGER "users_notify_access" AFTER UPDATE OF "disabled_at", "session_epoch" ON "users"
  FOR EACH ROW WHEN (
    (OLD."disabled_at", OLD."session_epoch") IS DISTINCT FROM (NEW."disabled_at", NEW."session_epoch")
  )
  EXECUTE FUNCTION "notify_access"('user', 'id');

CREATE TRIGGER "users_notify_access_of_deleted" AFTER DELETE ON "users"
  FOR EACH ROW EXECUTE FUNCTION "notify_access"('user', 'id');

CREATE TRIGGER "api_clients_notify_access" AFTER UPDATE OF "disabled_at", "secret_hash", "groups" ON "api_clients"
  FOR EACH ROW WHEN (
    (OLD."disabled_at", OLD."secret_hash", OLD."groups")
      IS DISTINCT FROM (NEW."disabled_at", NEW."secret_hash", NEW."groups")
  )
  EXECUTE FUNCTION "notify_access"('client', 'id');

CREATE TRIGGER "api_clients_notify_access_of_deleted" AFTER DELETE ON "api_clients"
  FOR EACH ROW EXECUTE FUNCTION "notify_access"('client', 'id');

-- Locks a user and one of its sessions (shared) for a change, and returns the user's memberships that have not expired: when
-- each was granted, in milliseconds since 1970, by group. Null: the session has ended, or the user is disabled or deleted. Each statement of a volatile function sees what was committed
-- before it (in READ COMMITTED), and so the second one reads what the lock has waited for. It locks the session too: the
-- reuse of a refresh token ends it without locking the user for update. A serializable transaction reads what was
-- committed before its first statement: only the lock of a membership fails when it was revoked since, so that the
-- transaction runs again.
CREATE FUNCTION "confirm_user"("viewer_id" UUID, "session_id" UUID, "at" TIMESTAMPTZ) RETURNS JSONB
  LANGUAGE plpgsql VOLATILE SET search_path = '' AS $$
DECLARE
  granted JSONB;
BEGIN
  PERFORM 1 FROM gatehouse.users WHERE id = viewer_id FOR SHARE;
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    PERFORM 1 FROM gatehouse.memberships WHERE user_id = viewer_id FOR SHARE;
  END IF;
  SELECT COALESCE((
      SELECT jsonb_object_agg(held."group", extract(epoch FROM held.granted_at) * 1000)
      FROM (
        SELECT membership."group", min(membership.granted_at) AS granted_at
        FROM gatehouse.memberships AS membership
        WHERE membership.user_id = member.id AND (membership.expires_at IS NULL OR membership.expires_at > confirm_user.at)
        GROUP BY membership."group"
      ) AS held
    ), '{}') INTO granted
    FROM gatehouse.sessions AS session
    JOIN gatehouse.users AS member ON member.id = session.user_id AND member.disabled_at IS NULL
    WHERE session.id = session_id AND session.ended_at IS NULL AND session.epoch = member.session_epoch
    FOR SHARE OF session;
  RETURN granted;
END
$$;

-- The history of access: which groups each account held, and which schema the nodes served. Its rows are added, and removed
-- by the owner alone; `forbid_audit_change` keeps the owner from doing it by mistake.

-- Writes how a user holds a group now: until the latest end of all sources that give it.
CREATE FUNCTION "record_held"("user_id" UUID, "group" TEXT) RETURNS VOID LANGUAGE sql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO gatehouse.access_changes (subject_kind, subject_id, "group", kind, expires_at)
  SELECT 'USER', record_held.user_id, record_held."group",
    (CASE WHEN count(*) = 0 THEN 'ENDED' ELSE 'GRANTED' END)::gatehouse.access_change_kind,
    CASE WHEN bool_or(held.expires_at IS NULL) THEN NULL ELSE max(held.expires_at) END
  FROM gatehouse.memberships AS held
  WHERE held.user_id = record_held.user_id AND held."group" = record_held."group"
    AND (held.expires_at IS NULL OR held.expires_at > clock_timestamp())
$$;

-- Writes each change of an account and of its groups, in the transaction of the change, whatever made it: the API, a
-- command, a cascade or SQL by hand. The time is that of the change, not of the transaction, which may have waited for
-- another one.
CREATE FUNCTION "record_membership"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    INSERT INTO gatehouse.access_changes (subject_kind, subject_id, "group", kind)
      SELECT DISTINCT 'USER'::gatehouse.actor_kind, user_id, "group", 'ENDED'::gatehouse.access_change_kind
      FROM gatehouse.memberships;
    RETURN NULL;
  END IF;
  IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND (OLD.user_id, OLD."group") <> (NEW.user_id, NEW."group") THEN
    PERFORM gatehouse.record_held(OLD.user_id, OLD."group");
  END IF;
  IF TG_OP <> 'DELETE' THEN
    PERFORM gatehouse.record_held(NEW.user_id, NEW."group");
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER "memberships_record" AFTER INSERT OR DELETE ON "memberships"
  FOR EACH ROW EXECUTE FUNCTION "record_membership"();

CREATE TRIGGER "memberships_record_change" AFTER UPDATE ON "memberships"
  FOR EACH ROW WHEN (
    (OLD."user_id", OLD."group", OLD."expires_at") IS DISTINCT FROM (NEW."user_id", NEW."group", NEW."expires_at")
  )
  EXECUTE FUNCTION "record_membership"();

CREATE TRIGGER "memberships_record_truncate" BEFORE TRUNCATE ON "memberships"
  FOR EACH STATEMENT EXECUTE FUNCTION "record_membership"();

-- The argument is the kind of the accounts.
CREATE FUNCTION "record_account"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  subject gatehouse.actor_kind := TG_ARGV[0]::gatehouse.actor_kind;
  is_other BOOLEAN := TG_OP = 'UPDATE' AND OLD.id <> NEW.id;
BEGIN
  IF TG_OP = 'DELETE' OR is_other THEN
    INSERT INTO gatehouse.access_changes (subject_kind, subject_id, kind) VALUES (subject, OLD.id, 'DELETED');
  END IF;
  IF TG_OP = 'INSERT' OR is_other THEN
    INSERT INTO gatehouse.access_changes (subject_kind, subject_id, kind) VALUES (subject, NEW.id, 'CREATED');
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.disabled_at IS NOT NULL THEN
    INSERT INTO gatehouse.access_changes (subject_kind, subject_id, kind) VALUES (subject, NEW.id, 'DISABLED');
  ELSIF TG_OP = 'UPDATE' AND NOT is_other THEN
    INSERT INTO gatehouse.access_changes (subject_kind, subject_id, kind) VALUES (subject, NEW.id, 'ENABLED');
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER "users_record" AFTER INSERT OR DELETE ON "users"
  FOR EACH ROW EXECUTE FUNCTION "record_account"('USER');

CREATE TRIGGER "users_record_change" AFTER UPDATE ON "users"
  FOR EACH ROW WHEN (OLD."id" <> NEW."id" OR (OLD."disabled_at" IS NULL) <> (NEW."disabled_at" IS NULL))
  EXECUTE FUNCTION "record_account"('USER');

CREATE TRIGGER "api_clients_record" AFTER INSERT OR DELETE ON "api_clients"
  FOR EACH ROW EXECUTE FUNCTION "record_account"('API_CLIENT');

CREATE TRIGGER "api_clients_record_change" AFTER UPDATE ON "api_clients"
  FOR EACH ROW WHEN (OLD."id" <> NEW."id" OR (OLD."disabled_at" IS NULL) <> (NEW."disabled_at" IS NULL))
  EXECUTE FUNCTION "record_account"('API_CLIENT');

-- The groups of API clients.
CREATE FUNCTION "record_client_groups"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  is_other BOOLEAN := TG_OP = 'UPDATE' AND OLD.id <> NEW.id;
BEGIN
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO gatehouse.access_changes (subject_kind, subject_id, "group", kind)
      SELECT 'API_CLIENT', OLD.id, ended, 'ENDED' FROM (
        SELECT unnest(OLD.groups) EXCEPT
        SELECT unnest(NEW.groups) WHERE TG_OP = 'UPDATE' AND NOT is_other
      ) AS held (ended);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO gatehouse.access_changes (subject_kind, subject_id, "group", kind)
      SELECT 'API_CLIENT', NEW.id, granted, 'GRANTED' FROM (
        SELECT unnest(NEW.groups) EXCEPT
        SELECT unnest(OLD.groups) WHERE TG_OP = 'UPDATE' AND NOT is_other
      ) AS held (granted);
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER "api_clients_record_groups" AFTER INSERT OR DELETE ON "api_clients"
  FOR EACH ROW EXECUTE FUNCTION "record_client_groups"();

CREATE TRIGGER "api_clients_record_groups_change" AFTER UPDATE ON "api_clients"
  FOR EACH ROW WHEN (OLD."id" <> NEW."id" OR OLD."groups" <> NEW."groups")
  EXECUTE FUNCTION "record_client_groups"();

-- Of tables that are emptied at once, each account ends in the same way.
CREATE FUNCTION "record_accounts_truncated"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_TABLE_NAME = 'api_clients' THEN
    INSERT INTO gatehouse.access_changes (subject_kind, subject_id, "group", kind)
      SELECT DISTINCT 'API_CLIENT'::gatehouse.actor_kind, id, held, 'ENDED'::gatehouse.access_change_kind
      FROM gatehouse.api_clients, unnest(groups) AS held;
    INSERT INTO gatehouse.access_changes (subject_kind, subject_id, kind)
      SELECT 'API_CLIENT', id, 'DELETED' FROM gatehouse.api_clients;
  ELSE
    INSERT INTO gatehouse.access_changes (subject_kind, subject_id, kind)
      SELECT 'USER', id, 'DELETED' FROM gatehouse.users;
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER "users_record_truncate" BEFORE TRUNCATE ON "users"
  FOR EACH STATEMENT EXECUTE FUNCTION "record_accounts_truncated"();

CREATE TRIGGER "api_clients_record_truncate" BEFORE TRUNCATE ON "api_clients"
  FOR EACH STATEMENT EXECUTE FUNCTION "record_accounts_truncated"();

CREATE TRIGGER "access_changes_append_only" BEFORE UPDATE OR DELETE ON "access_changes"
  FOR EACH ROW EXECUTE FUNCTION "forbid_audit_change"();

CREATE TRIGGER "access_changes_no_truncate" BEFORE TRUNCATE ON "access_changes"
  FOR EACH STATEMENT EXECUTE FUNCTION "forbid_audit_change"();

CREATE TRIGGER "access_schemas_append_only" BEFORE UPDATE OR DELETE ON "access_schemas"
  FOR EACH ROW EXECUTE FUNCTION "forbid_audit_change"();

CREATE TRIGGER "access_schemas_no_truncate" BEFORE TRUNCATE ON "access_schemas"
  FOR EACH STATEMENT EXECUTE FUNCTION "forbid_audit_change"();

-- Called by each node each minute: it serves the schema with this digest now. Returns false if it is not stored. A node
-- that was not seen for five minutes begins another run. With the owner's rights: nodes can say what they serve now, and
-- change nothing about the past.
CREATE FUNCTION "see_access_schema"("seen" BYTEA) RETURNS BOOLEAN LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  seen_at TIMESTAMPTZ;
BEGIN
  -- One node after the other, or each would begin a run.
  PERFORM 1 FROM gatehouse.access_schemas WHERE digest = seen FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  seen_at := clock_timestamp();
  UPDATE gatehouse.access_schema_runs SET last_seen_at = GREATEST(last_seen_at, seen_at) WHERE id = (
    SELECT id FROM gatehouse.access_schema_runs
      WHERE digest = seen AND last_seen_at > seen_at - INTERVAL '5 minutes'
      ORDER BY last_seen_at DESC LIMIT 1);
  IF NOT FOUND THEN
    INSERT INTO gatehouse.access_schema_runs (digest, first_seen_at, last_seen_at) VALUES (seen, seen_at, seen_at);
  END IF;
  RETURN true;
END
$$;

-- Stores a schema, and says that it is served now. The digest is that of the content.
CREATE FUNCTION "add_access_schema"("schema_hash" TEXT, "content" TEXT) RETURNS VOID LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  digest BYTEA := sha256(convert_to(content, 'UTF8'));
BEGIN
  INSERT INTO gatehouse.access_schemas VALUES (digest, schema_hash, content) ON CONFLICT DO NOTHING;
  PERFORM gatehouse.see_access_schema(digest);
END
$$;

-- Public: who users are, for joins of other tables.
CREATE VIEW "people" AS
  SELECT "id", "username", "display_name", "disabled_at" FROM "users";

-- Public: lets a role serve that owns no table. To be called by the owner, again after each migration. It gives the role
-- no right to change or remove audit events or migrations, and all rows of the tables in the schema public.
CREATE FUNCTION "grant_node"("node" REGROLE) RETURNS VOID LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  rights TEXT;
BEGIN
  FOR rights IN
    SELECT unnest(ARRAY[
      'USAGE ON SCHEMA gatehouse, public',
      'SELECT ON gatehouse._prisma_migrations, gatehouse.migration_notes, gatehouse.event_keys, gatehouse.people',
      'SELECT, INSERT, UPDATE, DELETE ON gatehouse.users, gatehouse.memberships, gatehouse.sessions',
      'SELECT, INSERT, UPDATE, DELETE ON gatehouse.session_removals, gatehouse.rate_limits, gatehouse.api_clients',
      'SELECT, INSERT, UPDATE, DELETE ON gatehouse.login_challenges',
      'SELECT, INSERT ON gatehouse.audit_events',
      'EXECUTE ON FUNCTION gatehouse.make_audit_partitions',
      'SELECT ON gatehouse.access_changes, gatehouse.access_schemas, gatehouse.access_schema_runs',
      'SELECT ON gatehouse.access_history_start',
      'EXECUTE ON FUNCTION gatehouse.see_access_schema, gatehouse.add_access_schema',
      'SELECT, DELETE ON gatehouse.outbox',
      'SELECT, INSERT, DELETE ON gatehouse.event_batches',
      'USAGE ON SEQUENCE gatehouse.event_batches_number_seq'
    ])
    UNION ALL
    -- Not all of them: those of extensions can belong to another role.
    SELECT format('%s %s', CASE
        WHEN relkind = 'S' THEN 'USAGE ON SEQUENCE'
        WHEN relname = '_prisma_migrations' THEN 'SELECT ON'
        ELSE 'SELECT, INSERT, UPDATE, DELETE ON' END, oid::regclass)
      FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
        AND pg_has_role(relowner, 'USAGE')
  LOOP
    EXECUTE format('GRANT %s TO %s', rights, node);
  END LOOP;
END
$$;

-- What has the owner's rights is for its triggers, and for roles that it names.
REVOKE EXECUTE ON FUNCTION "notify_inserts", "notify_access", "make_audit_partitions", "grant_node", "record_held", "record_membership",
  "record_account", "record_client_groups", "record_accounts_truncated", "see_access_schema", "add_access_schema" FROM PUBLIC;
