-- breaking: no (new tables)

-- The verified address of an account. It counts while it equals the address in "gatehouse"."users".
CREATE TABLE "addresses" (
  "user_id" UUID PRIMARY KEY REFERENCES gatehouse.users ("id") ON DELETE CASCADE,
  -- As mails are sent to it.
  "address" TEXT NOT NULL,
  -- In lower case, as it is compared. Several accounts may have the same.
  "address_key" TEXT NOT NULL,
  "verified_at" TIMESTAMPTZ(3) NOT NULL,
  -- The language of the last mail that the user asked for.
  "locale" TEXT,
  -- When mails to it came back. It is not verified from then on.
  "bounced_at" TIMESTAMPTZ(3)
);
CREATE INDEX "addresses_address_key_idx" ON "addresses" ("address_key");

-- Addresses that an account had verified before someone else changed them. They keep administrators from choosing a password
-- for a day, and get notices.
CREATE TABLE "taken_addresses" (
  "user_id" UUID NOT NULL REFERENCES gatehouse.users ("id") ON DELETE CASCADE,
  "address" TEXT NOT NULL,
  -- As of "addresses".
  "locale" TEXT,
  "taken_at" TIMESTAMPTZ(3) NOT NULL,
  PRIMARY KEY ("user_id", "address")
);
CREATE INDEX "taken_addresses_taken_at_idx" ON "taken_addresses" ("taken_at");

-- Invitations by those who may create users.
CREATE TABLE "invitations" (
  "id" UUID PRIMARY KEY,
  "address" TEXT NOT NULL,
  "address_key" TEXT NOT NULL,
  -- A list of groups, or null: those of new users.
  "groups" JSONB,
  -- USER or API_CLIENT.
  "inviter_kind" TEXT NOT NULL,
  "inviter_id" UUID NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  -- When it ends if its mail has not been sent yet: later than the token, whose life begins with the first attempt.
  "expires_at" TIMESTAMPTZ(3) NOT NULL
);
CREATE INDEX "invitations_created_at_idx" ON "invitations" ("created_at", "id");
CREATE INDEX "invitations_address_key_idx" ON "invitations" ("address_key");
CREATE INDEX "invitations_expires_at_idx" ON "invitations" ("expires_at");

-- The tokens of links. The key that makes a token of "id" is not in the database.
CREATE TABLE "tokens" (
  "id" UUID PRIMARY KEY,
  -- The order in which they were made. Times do not tell it: clocks of nodes differ.
  "number" BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY,
  -- The mail that has it.
  "mail_id" UUID NOT NULL,
  -- SHA-256 of the token. Null: no attempt was made to send it.
  "hash" BYTEA UNIQUE,
  -- invitation, sign-up, reset, verification, address or undo.
  "purpose" TEXT NOT NULL,
  -- Null: an account that does not exist yet.
  "user_id" UUID REFERENCES gatehouse.users ("id") ON DELETE CASCADE,
  "invitation_id" UUID REFERENCES "invitations" ("id") ON DELETE CASCADE,
  -- What it is bound to: the address that the mail is sent to, and for undo the one that it restores.
  "address" TEXT NOT NULL,
  "address_key" TEXT NOT NULL,
  -- The user's password version. Null: the token does not depend on it.
  "password_version" INTEGER,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  -- Null: its life has not begun. It begins with the first attempt that may have reached the recipient.
  "expires_at" TIMESTAMPTZ(3),
  "spent_at" TIMESTAMPTZ(3),
  -- How often an account was to be made with it: each attempt can show whether a user name is taken.
  "attempts" INTEGER NOT NULL DEFAULT 0,
  -- The language of its mail.
  "locale" TEXT
);
CREATE INDEX "tokens_mail_id_idx" ON "tokens" ("mail_id");
CREATE INDEX "tokens_user_id_idx" ON "tokens" ("user_id", "purpose");
CREATE INDEX "tokens_invitation_id_idx" ON "tokens" ("invitation_id");
CREATE INDEX "tokens_address_key_idx" ON "tokens" ("address_key", "purpose");
CREATE INDEX "tokens_expires_at_idx" ON "tokens" ("expires_at");
CREATE INDEX "tokens_unsent_idx" ON "tokens" ("created_at") WHERE "expires_at" IS NULL;

-- Mails to be sent: what they are about, without their text and tokens.
CREATE TABLE "outbox" (
  "id" UUID PRIMARY KEY,
  -- ACCOUNT, or REQUEST for what anonymous viewers ask for.
  "queue" TEXT NOT NULL,
  "purpose" TEXT NOT NULL,
  "user_id" UUID REFERENCES gatehouse.users ("id") ON DELETE CASCADE,
  -- The address that was typed, or that the account had at the time of the cause.
  "address" TEXT NOT NULL,
  -- The application whose pages the links name. Null: the first one.
  "app" TEXT,
  "locale" TEXT,
  -- Texts by name.
  "values" JSONB NOT NULL DEFAULT '{}',
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  -- When it is to be sent, or tried again.
  "due_at" TIMESTAMPTZ(3) NOT NULL,
  "attempts" INTEGER NOT NULL DEFAULT 0,
  -- Whether an earlier attempt may have reached the recipient.
  "may_have_arrived" BOOLEAN NOT NULL DEFAULT false,
  -- When it was sent, or there was nothing to send, or it was given up.
  "done_at" TIMESTAMPTZ(3),
  -- SENT, NOTHING or GIVEN_UP.
  "outcome" TEXT,
  -- When the row is removed.
  "remove_at" TIMESTAMPTZ(3)
);
CREATE INDEX "outbox_due_idx" ON "outbox" ("queue", "due_at") WHERE "done_at" IS NULL;
CREATE INDEX "outbox_waiting_idx" ON "outbox" ("created_at") WHERE "done_at" IS NULL;
CREATE INDEX "outbox_remove_at_idx" ON "outbox" ("remove_at") WHERE "done_at" IS NOT NULL;
CREATE INDEX "outbox_given_up_idx" ON "outbox" ("done_at") WHERE "outcome" = 'GIVEN_UP';
CREATE INDEX "outbox_user_id_idx" ON "outbox" ("user_id");

-- Which node sends the mails of a queue.
CREATE TABLE "senders" (
  "queue" TEXT PRIMARY KEY,
  "node" UUID NOT NULL,
  "until" TIMESTAMPTZ(3) NOT NULL
);

-- Requests of anonymous viewers, by sender and by target. Unlogged: a crash of the database may lose the counters.
CREATE UNLOGGED TABLE "request_counts" (
  -- SHA-256 of what is counted.
  "key" BYTEA PRIMARY KEY,
  "minute_points" INTEGER NOT NULL,
  "minute_ends_at" TIMESTAMPTZ(3) NOT NULL,
  "hour_points" INTEGER NOT NULL,
  "hour_ends_at" TIMESTAMPTZ(3) NOT NULL
);
CREATE INDEX "request_counts_hour_ends_at_idx" ON "request_counts" ("hour_ends_at");

-- Devices that have logged in.
CREATE TABLE "devices" (
  "user_id" UUID NOT NULL REFERENCES gatehouse.users ("id") ON DELETE CASCADE,
  -- SHA-256 of the user agent without its versions.
  "hash" BYTEA NOT NULL,
  "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
  PRIMARY KEY ("user_id", "hash")
);
CREATE INDEX "devices_last_seen_at_idx" ON "devices" ("last_seen_at");

-- How far `gatehouse mail verify-all` has come. At most one row.
CREATE TABLE "verification_runs" (
  "id" INTEGER PRIMARY KEY CHECK ("id" = 1),
  -- The last user. Null: none yet.
  "after_id" UUID,
  "started_at" TIMESTAMPTZ(3) NOT NULL,
  "finished_at" TIMESTAMPTZ(3)
);

-- The key of a development server without MAIL_KEY. Empty in production.
CREATE TABLE "development_keys" (
  "id" INTEGER PRIMARY KEY CHECK ("id" = 1),
  "key" BYTEA NOT NULL
);
