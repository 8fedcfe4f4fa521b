-- Fills a migrated database of the demo with :users users, and in proportion with everything else that can grow: for
-- `npm run bench -- growth` and for the test of statements. Runs between drop-indexes.sql and create-indexes.sql.
--
-- The user with the username_key `user-n` has the id 00000000-0000-7000-8000-<n in 12 hexadecimal digits>. The older
-- half of the users is disabled. All have the password of the user `admin`. `heavy` has :sessions live sessions.

INSERT INTO gatehouse.users (id, username, username_key, display_name, password_hash, created_at, disabled_at)
SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'user-' || n, 'user-' || n,
  initcap(substr(letters, 1, 7)) || ' ' || initcap(substr(letters, 8, 9)),
  (SELECT password_hash FROM gatehouse.users WHERE username_key = 'admin'),
  TIMESTAMPTZ '2020-01-01' + n * INTERVAL '1 second',
  CASE WHEN n <= :users / 2 THEN TIMESTAMPTZ '2025-01-01' END
FROM generate_series(1, :users) AS n,
  LATERAL (SELECT translate(md5(n::text), '0123456789abcdef', 'abcdefghilmnorst') AS letters) AS named;

INSERT INTO gatehouse.users (id, username, username_key, display_name, password_hash)
SELECT gen_random_uuid(), 'heavy', 'heavy', 'Heavy', password_hash FROM gatehouse.users WHERE username_key = 'admin';

-- Each of ten users has granted a tenth of them.
INSERT INTO gatehouse.memberships (user_id, "group", granted_at, granted_by_id, expires_at)
SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'STAFF', TIMESTAMPTZ '2025-01-01',
  ('00000000-0000-7000-8000-' || lpad(to_hex(:users - n % 10), 12, '0'))::uuid,
  CASE WHEN n % 10 = 3 THEN TIMESTAMPTZ '2090-01-01' END
FROM generate_series(1, :users) AS n;

INSERT INTO gatehouse.memberships (user_id, "group", granted_at, expires_at)
SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'MANAGER', TIMESTAMPTZ '2025-01-01',
  CASE WHEN n % 100 = 1 THEN TIMESTAMPTZ '2090-01-01' END
FROM generate_series(1, :users, 10) AS n;

-- The history of the memberships, with one that ended of each user, and of a thousand runs of ten schemas.
INSERT INTO gatehouse.access_changes (at, subject_kind, subject_id, "group", kind)
SELECT TIMESTAMPTZ '2025-01-01' + n * INTERVAL '1 second', 'USER',
  ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, changed.name, changed.kind::gatehouse.access_change_kind
FROM generate_series(1, :users) AS n, (VALUES
  (1, '', 'CREATED'), (2, 'STAFF', 'GRANTED'), (3, 'CHIEF', 'GRANTED'), (4, 'CHIEF', 'ENDED')
) AS changed (place, name, kind)
ORDER BY n, place;

INSERT INTO gatehouse.access_schemas (digest, schema_hash, content)
SELECT sha256(n::text::bytea), 'schema-' || n, '{}' FROM generate_series(1, 10) AS n;

INSERT INTO gatehouse.access_schema_runs (digest, first_seen_at, last_seen_at)
SELECT sha256((n % 10 + 1)::text::bytea), began, began + INTERVAL '50 minutes'
FROM generate_series(1, 1000) AS n, LATERAL (SELECT TIMESTAMPTZ '2025-01-01' + n * INTERVAL '1 hour') AS run (began);

-- Two sessions of each enabled user, of which one has ended.
INSERT INTO gatehouse.sessions (id, user_id, created_at, last_used_at, expires_at, refresh_chain_hash,
  refresh_secret_hash, ended_at)
SELECT ('00000000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid,
  ('00000000-0000-7000-8000-' || lpad(to_hex(:users / 2 + (n + 1) / 2), 12, '0'))::uuid,
  now() - INTERVAL '1 day', now() - INTERVAL '1 hour', now() + INTERVAL '20 days',
  sha256(n::text::bytea), sha256(n::text::bytea),
  CASE WHEN n % 2 = 0 THEN now() - INTERVAL '30 minutes' END
FROM generate_series(1, :users) AS n;

INSERT INTO gatehouse.sessions (id, user_id, created_at, last_used_at, expires_at, refresh_chain_hash,
  refresh_secret_hash)
SELECT ('00000000-0000-7000-a000-' || lpad(to_hex(n), 12, '0'))::uuid, heavy.id,
  now() - INTERVAL '1 day', now() - n * INTERVAL '1 second', now() + INTERVAL '20 days',
  sha256(n::text::bytea), sha256(n::text::bytea)
FROM generate_series(1, :sessions) AS n, gatehouse.users AS heavy WHERE heavy.username_key = 'heavy';

INSERT INTO gatehouse.session_removals (user_id, before_epoch, due_at)
SELECT gen_random_uuid(), 1, now() + INTERVAL '1 day' FROM generate_series(1, :users / 10);

-- The events of a year, in the partitions of its months.
SELECT gatehouse.make_audit_partitions(now() - months * INTERVAL '1 month') FROM generate_series(0, 12) AS months;
INSERT INTO gatehouse.audit_events (id, at, action, actor_kind, actor_id, subject_id)
SELECT (left(gatehouse.first_uuid_of(at)::text, 13) || '-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, at,
  (ARRAY['login.succeeded', 'session.refreshed', 'session.ended', 'room.entered'])[1 + n % 4], 'USER',
  ('00000000-0000-7000-8000-' || lpad(to_hex(1 + n % :users), 12, '0'))::uuid, gen_random_uuid()
FROM generate_series(1, 2 * :users) AS n,
  LATERAL (SELECT now() - (1 - n / (2.0 * :users)) * INTERVAL '1 year' AS at) AS timed;

-- The reads of a year: two of each user alone, and lists of a hundred users, each read three times.
SELECT gatehouse.make_audit_partitions(now() - months * INTERVAL '1 month', 'gatehouse_rights.reads')
FROM generate_series(0, 12) AS months;
INSERT INTO gatehouse_rights.reads (id, at, coordinate, type, ids, actor_kind, actor_id, operation, request_id)
SELECT (left(gatehouse.first_uuid_of(at)::text, 13) || '-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, at,
  'User.email', 'User', ARRAY['00000000-0000-7000-8000-' || lpad(to_hex(1 + n % :users), 12, '0')], 'USER',
  ('00000000-0000-7000-8000-' || lpad(to_hex(1 + n % 100), 12, '0'))::uuid, 'user', n::text
FROM generate_series(1, 2 * :users) AS n,
  LATERAL (SELECT now() - (1 - n / (2.0 * :users)) * INTERVAL '1 year' AS at) AS timed;
INSERT INTO gatehouse_rights.reads (id, at, coordinate, type, ids, actor_kind, actor_id, operation, request_id)
SELECT (left(gatehouse.first_uuid_of(at)::text, 13) || '-7000-900' || again || '-' || lpad(to_hex(n), 12, '0'))::uuid,
  at, 'User.email', 'User', ARRAY(
    SELECT '00000000-0000-7000-8000-' || lpad(to_hex(n * 100 - each), 12, '0') FROM generate_series(0, 99) AS each
  ), 'USER', ('00000000-0000-7000-8000-' || lpad(to_hex(1 + n % 100), 12, '0'))::uuid, 'users', n::text
FROM generate_series(1, :users / 100) AS n, generate_series(0, 2) AS again,
  LATERAL (SELECT now() - (1 - n * 100.0 / :users) * INTERVAL '1 year' AS at) AS timed;

INSERT INTO gatehouse.rate_limits (key, points, expire)
SELECT 'account:' || n, 1, (extract(epoch FROM now()) * 1000)::bigint + n FROM generate_series(1, :users) AS n;

INSERT INTO public.rooms (id, name, floor, groups)
SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'Room ' || n, n % 10, '{STAFF}'
FROM generate_series(1, :users / 10) AS n;

INSERT INTO public.room_entries (id, room_id, user_id)
SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
  ('00000000-0000-7000-8000-' || lpad(to_hex(1 + n % (:users / 10)), 12, '0'))::uuid,
  ('00000000-0000-7000-8000-' || lpad(to_hex(1 + n % :users), 12, '0'))::uuid
FROM generate_series(1, 2 * :users) AS n;
