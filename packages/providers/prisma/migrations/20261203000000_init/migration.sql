-- breaking: no (new tables)

-- Who users are at identity providers. Compared as bytes: two subjects that differ in case are two people.
CREATE TABLE "identities" (
  "id" UUID PRIMARY KEY,
  "user_id" UUID NOT NULL REFERENCES gatehouse.users ("id") ON DELETE CASCADE,
  -- The name in the configuration.
  "provider" TEXT COLLATE "C" NOT NULL,
  "issuer" TEXT COLLATE "C" NOT NULL,
  "subject" TEXT COLLATE "C" NOT NULL,
  -- A log-in counts as no more kinds of factors than were proved when it was linked.
  "max_kinds" INTEGER NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "last_used_at" TIMESTAMPTZ(3),
  -- The begin of the latest log-in whose groups were given: an older one brings none back.
  "groups_at" TIMESTAMPTZ(3),
  -- It opens nothing, and cannot be linked again.
  "disabled_at" TIMESTAMPTZ(3),
  UNIQUE ("provider", "issuer", "subject")
);
CREATE INDEX "identities_user_id_idx" ON "identities" ("user_id");

-- Log-ins with which sessions were opened: a log-out at the provider ends these. As long as such a session can live.
CREATE TABLE "logins" (
  "id" UUID PRIMARY KEY,
  -- Null: the identity was unlinked. The session that did so goes on, and ends with that at the provider all the same.
  "identity_id" UUID REFERENCES "identities" ("id") ON DELETE SET NULL,
  "provider" TEXT COLLATE "C" NOT NULL,
  -- The claim `sub`.
  "sub" TEXT COLLATE "C" NOT NULL,
  -- The claim `sid`. Null: the provider names no sessions.
  "sid" TEXT COLLATE "C",
  "expires_at" TIMESTAMPTZ(3) NOT NULL
);
CREATE INDEX "logins_identity_id_idx" ON "logins" ("identity_id");
CREATE INDEX "logins_sub_idx" ON "logins" ("provider", "sub");
CREATE INDEX "logins_sid_idx" ON "logins" ("provider", "sid") WHERE "sid" IS NOT NULL;
CREATE INDEX "logins_expires_at_idx" ON "logins" ("expires_at");

-- Log-outs at providers, each once: as long as its token, and as a log-in that had begun before can be completed.
CREATE TABLE "logouts" (
  "provider" TEXT COLLATE "C" NOT NULL,
  -- SHA-256 of the claim `jti`.
  "token_hash" BYTEA NOT NULL,
  "sub" TEXT COLLATE "C",
  "sid" TEXT COLLATE "C",
  "at" TIMESTAMPTZ(3) NOT NULL,
  -- When its sessions had ended. Null: the same token still has work to do.
  "done_at" TIMESTAMPTZ(3),
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  PRIMARY KEY ("provider", "token_hash"),
  CHECK ("sub" IS NOT NULL OR "sid" IS NOT NULL)
);
CREATE INDEX "logouts_sub_idx" ON "logouts" ("provider", "sub") WHERE "sub" IS NOT NULL;
CREATE INDEX "logouts_sid_idx" ON "logouts" ("provider", "sid") WHERE "sid" IS NOT NULL;
CREATE INDEX "logouts_expires_at_idx" ON "logouts" ("expires_at");

-- Accounts that were made without a password, until they get one.
CREATE TABLE "accounts_without_password" (
  "user_id" UUID PRIMARY KEY REFERENCES gatehouse.users ("id") ON DELETE CASCADE,
  -- Another one: the account has a password since.
  "password_version" INTEGER NOT NULL
);

-- Begins, codes and sign-ups from an address. Unlogged: a crash of the database may lose the counters.
CREATE UNLOGGED TABLE "address_attempts" (
  -- SHA-256 of the address.
  "key" BYTEA PRIMARY KEY,
  "points" INTEGER NOT NULL,
  "window_ends_at" TIMESTAMPTZ(3) NOT NULL
);
CREATE INDEX "address_attempts_window_ends_at_idx" ON "address_attempts" ("window_ends_at");

-- Log-ins that have begun: ten minutes.
CREATE TABLE "pending_logins" (
  -- SHA-256 of `state`.
  "state_hash" BYTEA PRIMARY KEY,
  -- SHA-256 of what the page or app sends to go on.
  "challenge_hash" BYTEA NOT NULL,
  "provider" TEXT COLLATE "C" NOT NULL,
  "nonce" TEXT NOT NULL,
  -- Of PKCE (RFC 7636).
  "verifier" TEXT NOT NULL,
  "return_to" TEXT NOT NULL,
  -- SHA-256 of the browser's cookie. Null: an app began it.
  "browser_hash" BYTEA,
  -- Of an app: SHA-256 in base64url of what it sends to go on.
  "app_challenge" TEXT,
  -- The session that began it, which alone can use it.
  "session_id" UUID,
  -- SHA-256 of the address. Null: it is not known.
  "address_hash" BYTEA,
  "begun_at" TIMESTAMPTZ(3) NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  -- When the browser came back. It does so once.
  "returned_at" TIMESTAMPTZ(3),
  -- What the way back has proved. SHA-256 of the code that the page or app got.
  "code_hash" BYTEA UNIQUE,
  "code_expires_at" TIMESTAMPTZ(3),
  "issuer" TEXT COLLATE "C",
  "subject" TEXT COLLATE "C",
  -- The claims `sub` and `sid`, by which the provider ends the session again.
  "sub" TEXT COLLATE "C",
  "sid" TEXT COLLATE "C",
  -- The groups that the claims give. Null: the provider gives none.
  "groups" JSONB,
  -- When the user proved itself to the provider. Null: the provider does not say.
  "proved_at" TIMESTAMPTZ(3),
  "kinds" INTEGER,
  CHECK (("browser_hash" IS NULL) <> ("app_challenge" IS NULL))
);
CREATE INDEX "pending_logins_expires_at_idx" ON "pending_logins" ("expires_at");
CREATE INDEX "pending_logins_address_hash_idx" ON "pending_logins" ("address_hash");
CREATE INDEX "pending_logins_browser_hash_idx" ON "pending_logins" ("browser_hash");
