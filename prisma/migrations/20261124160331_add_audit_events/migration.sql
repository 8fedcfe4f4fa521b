-- CreateEnum
CREATE TYPE "actor_kind" AS ENUM ('USER', 'API_CLIENT');

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
);

-- CreateIndex
CREATE INDEX "audit_events_action_id_idx" ON "audit_events"("action", "id");

-- By hand from here on: what schema.prisma cannot say.

-- An action is `thing.happened`.
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_action_form" CHECK ("action" ~ '^[a-z_]{1,32}\.[a-z_]{1,32}$');

-- Of an actor both or neither is known.
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_actor_whole" CHECK (("actor_kind" IS NULL) = ("actor_id" IS NULL));

-- What has happened cannot be made undone: rows are added, and neither changed nor removed. The one way
-- out is a transaction that says so, which the command for pruning does.
CREATE FUNCTION "forbid_audit_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('gatehouse.audit_prune', true) = 'on' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'audit_events is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER "audit_events_append_only" BEFORE UPDATE OR DELETE ON "audit_events"
  FOR EACH ROW EXECUTE FUNCTION "forbid_audit_change"();

CREATE TRIGGER "audit_events_no_truncate" BEFORE TRUNCATE ON "audit_events"
  FOR EACH STATEMENT EXECUTE FUNCTION "forbid_audit_change"();
