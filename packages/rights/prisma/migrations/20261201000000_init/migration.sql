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
