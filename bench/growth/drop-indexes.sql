-- Indexes are created after the rows, by create-indexes.sql, which takes a fraction of the time. Those of partitions come
-- and go with those of the whole table. No trigger runs for the rows, which needs a superuser.
SET session_replication_role = replica;

CREATE TEMPORARY TABLE dropped_indexes AS
  SELECT indexrelid::regclass::text AS name, replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') AS definition
  FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
  WHERE relnamespace IN ('gatehouse'::regnamespace, 'public'::regnamespace)
    AND NOT indisprimary AND NOT indisunique AND NOT relispartition;
DO $$ BEGIN
  EXECUTE (SELECT 'DROP INDEX ' || string_agg(name, ', ') FROM dropped_indexes);
END $$;
