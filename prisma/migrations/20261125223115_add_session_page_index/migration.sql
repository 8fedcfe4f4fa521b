-- DropIndex
DROP INDEX "sessions_user_id_idx";

-- CreateIndex
CREATE INDEX "sessions_user_id_ended_at_id_idx" ON "sessions"("user_id", "ended_at", "id");
