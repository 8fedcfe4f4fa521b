-- breaking: yes (older nodes know no groups that are held in one place: they disable and delete its last holder, and read such a group in the table of global ones as a global one)

-- The places in which groups are held: rows of a type of the schema. One row ends a place, however much is held in it.
CREATE TABLE "places" (
    "type" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "places_pkey" PRIMARY KEY ("type","id")
);

-- What is held in a place. Apart from what is held everywhere: whoever forgets the place reads nothing.
CREATE TABLE "place_memberships" (
    "user_id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "place_id" TEXT NOT NULL,
    "group" TEXT NOT NULL,
    "granted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "granted_by_id" UUID,
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "place_memberships_pkey" PRIMARY KEY ("user_id","type","place_id","group")
);

-- CreateIndex
CREATE INDEX "place_memberships_type_place_id_group_user_id_idx" ON "place_memberships"("type", "place_id", "group", "user_id");

-- Offers of groups in places. Only the hash of a code is kept.
CREATE TABLE "place_invitations" (
    "id" UUID NOT NULL,
    "code_hash" BYTEA NOT NULL,
    "type" TEXT NOT NULL,
    "place_id" TEXT NOT NULL,
    "groups" TEXT[],
    "groups_until" TIMESTAMPTZ(3),
    "inviter_kind" "actor_kind" NOT NULL,
    "inviter_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "place_invitations_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "place_invitations_code_hash_key" ON "place_invitations"("code_hash");

-- CreateIndex
CREATE INDEX "place_invitations_type_place_id_id_idx" ON "place_invitations"("type", "place_id", "id");

-- CreateIndex
CREATE INDEX "place_invitations_expires_at_idx" ON "place_invitations"("expires_at");

-- AddForeignKey
ALTER TABLE "place_memberships" ADD CONSTRAINT "place_memberships_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "place_memberships" ADD CONSTRAINT "place_memberships_type_place_id_fkey" FOREIGN KEY ("type", "place_id") REFERENCES "places"("type", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "place_invitations" ADD CONSTRAINT "place_invitations_type_place_id_fkey" FOREIGN KEY ("type", "place_id") REFERENCES "places"("type", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- By hand from here on: what schema.prisma cannot say.

-- Names of GraphQL, and an id as it is compared: longer ones are no ids of rows.
ALTER TABLE "places" ADD CONSTRAINT "places_type_form" CHECK ("type" ~ '^[_A-Za-z][_0-9A-Za-z]{0,127}$');
ALTER TABLE "places" ADD CONSTRAINT "places_id_length" CHECK (char_length("id") BETWEEN 1 AND 200);
ALTER TABLE "place_memberships" ADD CONSTRAINT "place_memberships_group_form" CHECK ("group" ~ '^[_A-Za-z][_0-9A-Za-z]{0,127}$');

-- As of "memberships": one that ends before it begins was never held.
ALTER TABLE "place_memberships" ADD CONSTRAINT "place_memberships_expires_after_grant" CHECK ("expires_at" > "granted_at");

-- As of other tokens: 32 bytes of SHA-256. It gives something, and not for longer than a week.
ALTER TABLE "place_invitations" ADD CONSTRAINT "place_invitations_code_hash_length" CHECK (octet_length("code_hash") = 32);
ALTER TABLE "place_invitations" ADD CONSTRAINT "place_invitations_groups_given" CHECK (cardinality("groups") BETWEEN 1 AND 100);
ALTER TABLE "place_invitations" ADD CONSTRAINT "place_invitations_life" CHECK ("expires_at" > "created_at" AND "expires_at" <= "created_at" + INTERVAL '7 days');

-- Ended places are few: what a viewer holds is compared with them alone.
CREATE INDEX "places_ended" ON "places"("type", "id") WHERE "ended_at" IS NOT NULL;

-- The last holder of a place: those without an end, however many others there are.
CREATE INDEX "place_memberships_permanent" ON "place_memberships"("type", "place_id", "group", "user_id") WHERE "expires_at" IS NULL;

-- Public: ends a place, such as in the transaction that deletes its row. From then on nothing that is held in it opens anything,
-- and the id is never a place again. What was held in it is removed later, in batches.
CREATE FUNCTION "remove_place"("type" TEXT, "id" TEXT) RETURNS VOID LANGUAGE sql SET search_path = '' AS $$
  INSERT INTO gatehouse.places AS place (type, id, ended_at) VALUES (remove_place.type, remove_place.id, clock_timestamp())
    ON CONFLICT ("type", "id") DO UPDATE SET ended_at = EXCLUDED.ended_at WHERE place.ended_at IS NULL
$$;

-- Whose rights may have changed: those of one user, or of all who hold something in a place that has ended. Its batches are then
-- no news.
CREATE FUNCTION "notify_place_access"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_TABLE_NAME = 'places' THEN
    PERFORM gatehouse.send_event('gatehouse_access', 'place:ended');
    RETURN NULL;
  END IF;
  IF TG_OP = 'DELETE' THEN
    PERFORM 1 FROM gatehouse.places WHERE type = OLD.type AND id = OLD.place_id AND ended_at IS NOT NULL;
    IF NOT FOUND THEN
      PERFORM gatehouse.send_event('gatehouse_access', 'user:' || OLD.user_id);
    END IF;
  ELSE
    PERFORM gatehouse.send_event('gatehouse_access', 'user:' || NEW.user_id);
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER "place_memberships_notify_access"
  AFTER INSERT OR UPDATE OF "group", "expires_at" OR DELETE ON "place_memberships"
  FOR EACH ROW EXECUTE FUNCTION "notify_place_access"();

CREATE TRIGGER "places_notify_access" AFTER UPDATE OF "ended_at" ON "places"
  FOR EACH ROW WHEN (OLD."ended_at" IS NULL AND NEW."ended_at" IS NOT NULL)
  EXECUTE FUNCTION "notify_place_access"();

REVOKE EXECUTE ON FUNCTION "notify_place_access" FROM PUBLIC;

-- The same as before, with the tables of this migration: lets a role serve that owns no table. To be called by the owner, again after each migration. It gives the role
-- no right to change or remove audit events or migrations, and all rows of the tables in the schema public.
CREATE OR REPLACE FUNCTION "grant_node"("node" REGROLE) RETURNS VOID LANGUAGE plpgsql
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
      'SELECT, INSERT, UPDATE ON gatehouse.places',
      'SELECT, INSERT, UPDATE, DELETE ON gatehouse.place_memberships',
      'SELECT, INSERT, DELETE ON gatehouse.place_invitations',
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
