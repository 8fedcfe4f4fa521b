-- CreateTable
CREATE TABLE "api_clients" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "groups" "group"[],
    "secret_hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "disabled_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "created_by_id" UUID,

    CONSTRAINT "api_clients_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "api_clients_secret_hash_key" ON "api_clients"("secret_hash");

-- CreateIndex
CREATE INDEX "api_clients_created_by_id_idx" ON "api_clients"("created_by_id");

-- AddForeignKey
ALTER TABLE "api_clients" ADD CONSTRAINT "api_clients_created_by_id_fkey" FOREIGN KEY ("created_by_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- By hand from here on: what schema.prisma cannot say.

-- Never blank, and short enough for a line.
ALTER TABLE "api_clients" ADD CONSTRAINT "api_clients_name_length" CHECK (char_length("name") BETWEEN 1 AND 200);

-- A list, though it may be empty: a missing one, or one with a gap, would be read as who knows what.
ALTER TABLE "api_clients" ADD CONSTRAINT "api_clients_groups_whole" CHECK ("groups" IS NOT NULL AND array_position("groups", NULL) IS NULL);

-- A SHA-256. What is longer or shorter is none, and could be the secret itself.
ALTER TABLE "api_clients" ADD CONSTRAINT "api_clients_secret_hash_length" CHECK (octet_length("secret_hash") = 32);
