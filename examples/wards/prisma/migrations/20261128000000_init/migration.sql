-- CreateTable
CREATE TABLE "wards" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "wards_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ward_members" (
    "ward_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,

    CONSTRAINT "ward_members_pkey" PRIMARY KEY ("ward_id","user_id")
);

-- CreateTable
CREATE TABLE "patients" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "ward_id" UUID NOT NULL,
    "user_id" UUID,

    CONSTRAINT "patients_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notes" (
    "id" UUID NOT NULL,
    "patient_id" UUID NOT NULL,
    "author_id" UUID NOT NULL,
    "text" TEXT NOT NULL,
    "is_confidential" BOOLEAN NOT NULL,

    CONSTRAINT "notes_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "ward_members_user_id_idx" ON "ward_members"("user_id");

-- CreateIndex
CREATE INDEX "patients_ward_id_id_idx" ON "patients"("ward_id", "id");

-- CreateIndex
CREATE INDEX "patients_user_id_idx" ON "patients"("user_id");

-- CreateIndex
CREATE INDEX "notes_patient_id_id_idx" ON "notes"("patient_id", "id");

-- CreateIndex
CREATE INDEX "notes_author_id_id_idx" ON "notes"("author_id", "id");

-- AddForeignKey
ALTER TABLE "ward_members" ADD CONSTRAINT "ward_members_ward_id_fkey" FOREIGN KEY ("ward_id") REFERENCES "wards"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ward_members" ADD CONSTRAINT "ward_members_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "gatehouse"."users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "patients" ADD CONSTRAINT "patients_ward_id_fkey" FOREIGN KEY ("ward_id") REFERENCES "wards"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "patients" ADD CONSTRAINT "patients_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "gatehouse"."users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notes" ADD CONSTRAINT "notes_patient_id_fkey" FOREIGN KEY ("patient_id") REFERENCES "patients"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notes" ADD CONSTRAINT "notes_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "gatehouse"."users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- The subscription `noteAdded` follows from this.
CREATE TRIGGER "notes_notify" AFTER INSERT ON "notes"
  FOR EACH ROW EXECUTE FUNCTION "gatehouse"."notify_inserts"('notes');
