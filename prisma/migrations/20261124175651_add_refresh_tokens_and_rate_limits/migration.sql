-- CreateTable
CREATE TABLE "refresh_tokens" (
    "hash" BYTEA NOT NULL,
    "session_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "successor_salt" BYTEA,

    CONSTRAINT "refresh_tokens_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "rate_limits" (
    "key" TEXT NOT NULL,
    "points" INTEGER NOT NULL DEFAULT 0,
    "expire" BIGINT,

    CONSTRAINT "rate_limits_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE INDEX "refresh_tokens_session_id_idx" ON "refresh_tokens"("session_id");

-- CreateIndex
CREATE INDEX "rate_limits_expire_idx" ON "rate_limits"("expire");

-- CreateIndex
CREATE INDEX "sessions_expires_at_idx" ON "sessions"("expires_at");

-- AddForeignKey
ALTER TABLE "refresh_tokens" ADD CONSTRAINT "refresh_tokens_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Sessions that are open keep their token.
INSERT INTO "refresh_tokens" ("hash", "session_id", "created_at")
SELECT "refresh_token_hash", "id", "last_used_at" FROM "sessions";

ALTER TABLE "sessions" DROP COLUMN "refresh_token_hash";

-- A session has one token that may still be used: whoever races, a second one cannot be written.
CREATE UNIQUE INDEX "refresh_tokens_one_unused" ON "refresh_tokens"("session_id") WHERE "used_at" IS NULL;

ALTER TABLE "refresh_tokens" ADD CONSTRAINT "refresh_tokens_hash_length" CHECK (octet_length("hash") = 32);

ALTER TABLE "refresh_tokens" ADD CONSTRAINT "refresh_tokens_salt_with_use" CHECK (("used_at" IS NULL) = ("successor_salt" IS NULL));
