-- breaking: no (new tables)

-- When the operations of each version of a front end were last used. Written at most once a minute by each node.
CREATE TABLE "version_uses" (
  "app" TEXT NOT NULL,
  "version" TEXT NOT NULL,
  "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
  -- When an operation was last used that no other version holds.
  "last_needed_at" TIMESTAMPTZ(3),
  PRIMARY KEY ("app", "version")
);
