-- Ends what drop-indexes.sql began.
DO $$
DECLARE
  each RECORD;
BEGIN
  SET LOCAL maintenance_work_mem = '256MB';
  FOR each IN SELECT definition FROM dropped_indexes LOOP EXECUTE each.definition; END LOOP;
END $$;
RESET session_replication_role;
ANALYZE;
