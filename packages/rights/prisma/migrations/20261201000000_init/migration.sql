-- breaking: no (new tables)

-- How often operations used a group at a schema coordinate on one day (UTC). All nodes add to one row.
CREATE TABLE "group_uses" (
  "day" DATE NOT NULL,
  "coordinate" TEXT NOT NULL,
  "group" TEXT NOT NULL,
  -- No other group of the viewer would have admitted it.
  "alone" BIGINT NOT NULL,
  "among_others" BIGINT NOT NULL,
  PRIMARY KEY ("day", "coordinate", "group")
);

-- A time in which a node ran, and whether it counted. The node extends its row each minute.
CREATE TABLE "count_periods" (
  "id" UUID PRIMARY KEY,
  "started_at" TIMESTAMPTZ(3) NOT NULL,
  "ended_at" TIMESTAMPTZ(3) NOT NULL,
  "is_counting" BOOLEAN NOT NULL
);

-- What was read of fields and types with `@audited`. It refers to nothing, like events.
CREATE TABLE "reads" (
  "id" UUID PRIMARY KEY,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "coordinate" TEXT NOT NULL,
  -- That of the objects with these ids.
  "type" TEXT,
  "ids" TEXT[] NOT NULL CHECK (cardinality("ids") <= 1000 AND array_position("ids", NULL) IS NULL),
  "actor_kind" TEXT CHECK ("actor_kind" IN ('USER', 'API_CLIENT')),
  "actor_id" UUID,
  "ip" TEXT,
  -- The SHA-256 of its text in hexadecimal.
  "operation" TEXT NOT NULL,
  "request_id" TEXT NOT NULL,
  -- Of a reader both or neither is known.
  CHECK (("actor_kind" IS NULL) = ("actor_id" IS NULL))
) PARTITION BY RANGE ("id");

-- Ids hardly compress: an attempt takes as long as the insert of the row.
ALTER TABLE "reads" ALTER "ids" SET STORAGE EXTERNAL;

CREATE INDEX "reads_ids_idx" ON "reads" USING GIN ("ids") WITH (fastupdate = off);

SELECT gatehouse.make_audit_log('reads');
