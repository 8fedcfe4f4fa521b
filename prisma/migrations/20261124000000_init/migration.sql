-- CreateEnum
CREATE TYPE "group" AS ENUM ('ADMIN', 'AUDITOR', 'MANAGER', 'STAFF');

-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL,
    "username" TEXT NOT NULL,
    "username_key" TEXT NOT NULL,
    "display_name" TEXT NOT NULL,
    "email" TEXT,
    "password_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "disabled_at" TIMESTAMPTZ(3),

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "memberships" (
    "user_id" UUID NOT NULL,
    "group" "group" NOT NULL,
    "granted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "granted_by_id" UUID,
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "memberships_pkey" PRIMARY KEY ("user_id","group")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "refresh_token_hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "user_agent" TEXT,
    "ip" TEXT,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rooms" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "floor" INTEGER NOT NULL,
    "groups" "group"[],
    "access_code" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rooms_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "room_entries" (
    "id" UUID NOT NULL,
    "room_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "entered_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "room_entries_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "users_username_key_key" ON "users"("username_key");

-- CreateIndex
CREATE INDEX "memberships_group_idx" ON "memberships"("group");

-- CreateIndex
CREATE INDEX "memberships_granted_by_id_idx" ON "memberships"("granted_by_id");

-- CreateIndex
CREATE UNIQUE INDEX "sessions_refresh_token_hash_key" ON "sessions"("refresh_token_hash");

-- CreateIndex
CREATE INDEX "sessions_user_id_idx" ON "sessions"("user_id");

-- CreateIndex
CREATE INDEX "room_entries_room_id_id_idx" ON "room_entries"("room_id", "id");

-- CreateIndex
CREATE INDEX "room_entries_user_id_idx" ON "room_entries"("user_id");

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_granted_by_id_fkey" FOREIGN KEY ("granted_by_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "room_entries" ADD CONSTRAINT "room_entries_room_id_fkey" FOREIGN KEY ("room_id") REFERENCES "rooms"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "room_entries" ADD CONSTRAINT "room_entries_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- By hand from here on: what schema.prisma cannot say. The API checks the same bounds and answers
-- with the argument's name; these hold for every other way into the database too. Lengths are in
-- characters (code points).

-- A user without a name cannot log in, and a name without a bound fills the index.
ALTER TABLE "users" ADD CONSTRAINT "users_username_length" CHECK (char_length("username") BETWEEN 1 AND 64);
ALTER TABLE "users" ADD CONSTRAINT "users_username_key_length" CHECK (char_length("username_key") BETWEEN 1 AND 64);

-- Shown to every member: never blank, and short enough for a line.
ALTER TABLE "users" ADD CONSTRAINT "users_display_name_length" CHECK (char_length("display_name") BETWEEN 1 AND 200);

-- The longest address that SMTP can deliver to (RFC 5321, 4.5.3.1.3, less the angle brackets).
ALTER TABLE "users" ADD CONSTRAINT "users_email_length" CHECK (char_length("email") <= 254);

-- A membership that ends before it begins was never held: a mistake in a date or its time zone.
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_expires_after_grant" CHECK ("expires_at" > "granted_at");

-- A session must have a life, or its first token would be born expired.
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_expires_after_creation" CHECK ("expires_at" > "created_at");

-- Never blank, and short enough for a line.
ALTER TABLE "rooms" ADD CONSTRAINT "rooms_name_length" CHECK (char_length("name") BETWEEN 1 AND 200);
