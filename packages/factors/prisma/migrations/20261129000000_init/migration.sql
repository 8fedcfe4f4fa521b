-- breaking: no (new tables)

-- The authenticator apps of users.
CREATE TABLE "otp_factors" (
  "id" UUID PRIMARY KEY,
  "user_id" UUID NOT NULL REFERENCES gatehouse.users ("id") ON DELETE CASCADE,
  "name" TEXT NOT NULL,
  -- AES-256-GCM under a key of FACTORS_KEYS: the nonce, the encrypted bytes and the tag.
  "secret" BYTEA NOT NULL,
  "key_version" INTEGER NOT NULL,
  -- The time step of the last used code. Codes of this step and of earlier ones are refused.
  "last_step" INTEGER NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "last_used_at" TIMESTAMPTZ(3),
  -- When the key of the secret was given up. A second factor stays due.
  "lost_at" TIMESTAMPTZ(3),
  -- When the session that added it had proved itself by a recovery code, shortly before.
  "recovered_at" TIMESTAMPTZ(3)
);
CREATE INDEX "otp_factors_user_id_idx" ON "otp_factors" ("user_id");
CREATE INDEX "otp_factors_key_version_idx" ON "otp_factors" ("key_version") WHERE "lost_at" IS NULL;

CREATE TABLE "recovery_codes" (
  "user_id" UUID NOT NULL REFERENCES gatehouse.users ("id") ON DELETE CASCADE,
  -- SHA-256 of a code of 128 random bits.
  "hash" BYTEA NOT NULL,
  PRIMARY KEY ("user_id", "hash")
);

CREATE TABLE "passkeys" (
  "id" UUID PRIMARY KEY,
  "user_id" UUID NOT NULL REFERENCES gatehouse.users ("id") ON DELETE CASCADE,
  "credential_id" BYTEA NOT NULL UNIQUE,
  -- A COSE key.
  "public_key" BYTEA NOT NULL,
  "counter" BIGINT NOT NULL,
  -- A list of texts.
  "transports" JSONB NOT NULL,
  "name" TEXT NOT NULL,
  -- Whether the authenticator keeps a copy elsewhere.
  "is_backed_up" BOOLEAN NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "last_used_at" TIMESTAMPTZ(3),
  -- As of "otp_factors".
  "recovered_at" TIMESTAMPTZ(3)
);
CREATE INDEX "passkeys_user_id_idx" ON "passkeys" ("user_id");

-- Challenges of passkeys are signed, and stored only when they are spent.
CREATE TABLE "spent_challenges" (
  "hash" BYTEA PRIMARY KEY,
  "expires_at" TIMESTAMPTZ(3) NOT NULL
);
CREATE INDEX "spent_challenges_expires_at_idx" ON "spent_challenges" ("expires_at");

-- Attempts to guess codes of an account.
CREATE TABLE "code_attempts" (
  "user_id" UUID PRIMARY KEY REFERENCES gatehouse.users ("id") ON DELETE CASCADE,
  "points" INTEGER NOT NULL,
  "window_ends_at" TIMESTAMPTZ(3) NOT NULL,
  -- Wrong codes of the authenticator app since the last right proof.
  "failures" INTEGER NOT NULL
);

-- Attempts with passkeys from an address. Unlogged: a crash of the database may lose the counters.
CREATE UNLOGGED TABLE "address_attempts" (
  -- SHA-256 of the address.
  "key" BYTEA PRIMARY KEY,
  "points" INTEGER NOT NULL,
  "window_ends_at" TIMESTAMPTZ(3) NOT NULL
);
CREATE INDEX "address_attempts_window_ends_at_idx" ON "address_attempts" ("window_ends_at");

-- Accounts that may enrol a first factor although the grace of a group is over.
CREATE TABLE "enrolment_openings" (
  "user_id" UUID PRIMARY KEY REFERENCES gatehouse.users ("id") ON DELETE CASCADE,
  "until" TIMESTAMPTZ(3) NOT NULL
);

-- Since when a group demands factors.
CREATE TABLE "group_demands" (
  "group" TEXT NOT NULL,
  "factors" INTEGER NOT NULL,
  "since" TIMESTAMPTZ(3) NOT NULL,
  PRIMARY KEY ("group", "factors")
);

-- Who has reset the factors of an account, or set its password or address. The same person may not do both within a day.
CREATE TABLE "duties" (
  "user_id" UUID NOT NULL REFERENCES gatehouse.users ("id") ON DELETE CASCADE,
  -- Null: anyone can be behind it, such as for an API client.
  "actor_id" UUID,
  -- FACTORS or CREDENTIALS.
  "duty" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  UNIQUE NULLS NOT DISTINCT ("user_id", "actor_id", "duty")
);

-- Accounts that someone else has made or enabled, or whose password, address or factors someone else has changed.
CREATE TABLE "opened_accounts" (
  "user_id" UUID PRIMARY KEY REFERENCES gatehouse.users ("id") ON DELETE CASCADE,
  -- The last time.
  "at" TIMESTAMPTZ(3) NOT NULL
);

-- The key of a development server without FACTORS_KEYS. Empty in production.
CREATE TABLE "development_keys" (
  "version" INTEGER PRIMARY KEY,
  "key" BYTEA NOT NULL
);
