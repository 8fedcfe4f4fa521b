-- breaking: no (a new table)
CREATE TABLE "notices" (
  "id" BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "text" TEXT NOT NULL,
  "posted_at" TIMESTAMPTZ NOT NULL DEFAULT now()
);
