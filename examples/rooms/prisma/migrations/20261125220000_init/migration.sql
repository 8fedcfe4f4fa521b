-- CreateTable
CREATE TABLE "rooms" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "floor" INTEGER NOT NULL,
    "groups" TEXT[],
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
CREATE INDEX "room_entries_room_id_id_idx" ON "room_entries"("room_id", "id");

-- CreateIndex
CREATE INDEX "room_entries_user_id_id_idx" ON "room_entries"("user_id", "id");

-- AddForeignKey
ALTER TABLE "room_entries" ADD CONSTRAINT "room_entries_room_id_fkey" FOREIGN KEY ("room_id") REFERENCES "rooms"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "room_entries" ADD CONSTRAINT "room_entries_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "gatehouse"."users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- By hand from here on: what schema.prisma cannot say.

-- Never blank, and short enough for a line.
ALTER TABLE "rooms" ADD CONSTRAINT "rooms_name_length" CHECK (char_length("name") BETWEEN 1 AND 200);

-- The subscription `roomEntered` follows from this.
CREATE TRIGGER "room_entries_notify" AFTER INSERT ON "room_entries"
  FOR EACH ROW EXECUTE FUNCTION "gatehouse"."notify_inserts"('room_entries');
