-- By hand, all of it: schema.prisma knows no triggers.
--
-- Every listening process is told what has changed, whoever changed it: the API, a command, or SQL by
-- hand. A payload holds ids alone; whoever hears it reads the row itself. PostgreSQL sends it when the
-- transaction commits, in the order of the commits, never when it is undone, and the same payload of one
-- transaction once.
--
-- What it costs: transactions that notify commit one after the other, under one lock of the whole
-- server, which is held while the commit is written to disk. Nearly every change notifies, since it is
-- audited: writes are as many in a second as the disk flushes, some thousands on a plain SSD. Reads do
-- not wait for it. With asynchronous commit the lock is held for microseconds.

CREATE FUNCTION "notify_added"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify(TG_ARGV[0], NEW."id"::text);
  RETURN NULL;
END
$$;

CREATE TRIGGER "room_entries_notify" AFTER INSERT ON "room_entries"
  FOR EACH ROW EXECUTE FUNCTION "notify_added"('gatehouse_room_entry');

CREATE TRIGGER "audit_events_notify" AFTER INSERT ON "audit_events"
  FOR EACH ROW EXECUTE FUNCTION "notify_added"('gatehouse_audit_event');

-- Whose rights may have changed, as `kind:id`. Arguments: the kind, and the column that holds the id.
CREATE FUNCTION "notify_access"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM pg_notify('gatehouse_access', TG_ARGV[0] || ':' || (to_jsonb(OLD) ->> TG_ARGV[1]));
  END IF;
  IF TG_OP <> 'DELETE' THEN
    PERFORM pg_notify('gatehouse_access', TG_ARGV[0] || ':' || (to_jsonb(NEW) ->> TG_ARGV[1]));
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER "memberships_notify_access" AFTER INSERT OR UPDATE OR DELETE ON "memberships"
  FOR EACH ROW EXECUTE FUNCTION "notify_access"('user', 'user_id');

-- Not for the last use, which changes often and takes no right away.
CREATE TRIGGER "sessions_notify_access" AFTER UPDATE OF "ended_at", "expires_at" ON "sessions"
  FOR EACH ROW WHEN ((OLD."ended_at", OLD."expires_at") IS DISTINCT FROM (NEW."ended_at", NEW."expires_at"))
  EXECUTE FUNCTION "notify_access"('session', 'id');

CREATE TRIGGER "sessions_notify_access_of_deleted" AFTER DELETE ON "sessions"
  FOR EACH ROW EXECUTE FUNCTION "notify_access"('session', 'id');

CREATE TRIGGER "users_notify_access" AFTER UPDATE OF "disabled_at" ON "users"
  FOR EACH ROW WHEN (OLD."disabled_at" IS DISTINCT FROM NEW."disabled_at")
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
