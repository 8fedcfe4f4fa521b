-- Fills a migrated database of the demo, with the tables of second factors and mails, for the pages of the console:
-- :users users, and in proportion with them everything that a page reads. For `npm run proof -- console-growth`. Runs
-- between drop-indexes.sql and create-indexes.sql.
--
-- `user-n` has the id 00000000-0000-7000-8000-<n in 12 hexadecimal digits>. The older half is disabled. Every user is in
-- STAFF, two are in AUDITOR, and none is in MANAGER. The oldest tenth is called `quit-n`, the newest `guest-n`, and one
-- user in a hundred Anna. A quarter has the same e-mail address. `heavy` has :sessions live sessions and has done half of
-- all events, of which a tenth was done to it.

INSERT INTO gatehouse.users (id, username, username_key, display_name, email, password_hash, created_at, disabled_at)
SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, name, name,
  CASE WHEN n % 100 = 7 THEN 'Anna' ELSE initcap(substr(letters, 1, 7)) END || ' ' || initcap(substr(letters, 8, 9)),
  CASE WHEN n % 4 = 1 THEN 'shared' ELSE name END || '@example.org', 'none',
  TIMESTAMPTZ '2020-01-01' + n * INTERVAL '1 second',
  CASE WHEN n <= :users / 2 THEN TIMESTAMPTZ '2025-01-01' END
FROM generate_series(1, :users) AS n,
  LATERAL (SELECT translate(md5(n::text), '0123456789abcdef', 'bcdefghilmnorstv') AS letters,
    CASE WHEN n <= :users / 10 THEN 'quit-' WHEN n > :users - :users / 10 THEN 'guest-' ELSE 'user-' END || n AS name
  ) AS named;
INSERT INTO gatehouse.users (id, username, username_key, display_name, password_hash)
VALUES ('ffffffff-0000-7000-8000-000000000001', 'heavy', 'heavy', 'Heavy', 'none');

-- A membership was last used, or granted, in the last days: none is unused for a month. One in ten ends.
INSERT INTO gatehouse.memberships (user_id, "group", granted_at, granted_by_id, last_used_on, expires_at)
SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'STAFF',
  CASE WHEN n % 2 = 0 THEN TIMESTAMPTZ '2025-01-01' ELSE now() - INTERVAL '1 day' END,
  ('00000000-0000-7000-8000-' || lpad(to_hex(:users - n % 10), 12, '0'))::uuid,
  CASE WHEN n % 2 = 0 THEN current_date - (n / 2) % 20 END,
  CASE WHEN n % 10 = 3 THEN now() + n * INTERVAL '1 hour' END
FROM generate_series(1, :users) AS n;
INSERT INTO gatehouse.memberships (user_id, "group")
SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n * 250), 12, '0'))::uuid, 'AUDITOR' FROM generate_series(1, 2) AS n;

INSERT INTO gatehouse.sessions (id, user_id, created_at, last_used_at, expires_at, refresh_chain_hash, refresh_secret_hash)
SELECT ('00000000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid,
  ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
  now() - INTERVAL '1 day', now() - INTERVAL '1 hour', now() + INTERVAL '20 days', sha256(n::text::bytea), sha256(n::text::bytea)
FROM generate_series(:users / 2, :users) AS n;
INSERT INTO gatehouse.sessions (id, user_id, created_at, last_used_at, expires_at, refresh_chain_hash, refresh_secret_hash)
SELECT ('00000000-0000-7000-a000-' || lpad(to_hex(n), 12, '0'))::uuid, 'ffffffff-0000-7000-8000-000000000001',
  now() - INTERVAL '1 day', now() - n * INTERVAL '1 second', now() + INTERVAL '20 days', sha256(n::text::bytea),
  sha256(n::text::bytea)
FROM generate_series(1, :sessions) AS n;
INSERT INTO gatehouse.session_removals (user_id, before_epoch, due_at)
SELECT gen_random_uuid(), 1, now() - INTERVAL '1 minute' FROM generate_series(1, :users / 10);

-- As many events as users, in the partitions of a year.
SELECT gatehouse.make_audit_partitions(now() - months * INTERVAL '1 month') FROM generate_series(0, 12) AS months;
INSERT INTO gatehouse.audit_events (id, at, action, actor_kind, actor_id, subject_id)
SELECT (left(gatehouse.first_uuid_of(at)::text, 13) || '-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, at,
  (ARRAY['login.succeeded', 'session.refreshed', 'session.ended', 'room.entered'])[1 + n % 4], 'USER',
  CASE WHEN n % 2 = 0 THEN heavy ELSE other END, CASE WHEN n % 10 = 0 THEN heavy ELSE other END
FROM generate_series(1, :users) AS n,
  LATERAL (SELECT now() - (1 - n / (1.0 * :users)) * INTERVAL '1 year' AS at,
    'ffffffff-0000-7000-8000-000000000001'::uuid AS heavy,
    ('00000000-0000-7000-8000-' || lpad(to_hex(1 + n % :users), 12, '0'))::uuid AS other) AS timed;

INSERT INTO gatehouse.api_clients (id, name, groups, secret_hash)
SELECT ('00000000-0000-7000-b000-' || lpad(to_hex(n), 12, '0'))::uuid, 'program-' || n, '{STAFF}', sha256(n::text::bytea)
FROM generate_series(1, 20) AS n;

-- A tenth of the users has an app, a verified address and a mail that was sent. As many are invited.
INSERT INTO gatehouse_factors.otp_factors (id, user_id, name, secret, key_version, last_step, created_at)
SELECT gen_random_uuid(), id, 'Phone', '\x00', 1, 0, now() FROM gatehouse.users
WHERE id > ('00000000-0000-7000-8000-' || lpad(to_hex(:users - :users / 10), 12, '0'))::uuid AND username_key <> 'heavy'
  AND email IS NOT NULL;
INSERT INTO gatehouse_factors.recovery_codes (user_id, hash)
SELECT user_id, sha256(n::text::bytea) FROM gatehouse_factors.otp_factors, generate_series(1, 2) AS n;
INSERT INTO gatehouse_mail.addresses (user_id, address, address_key, verified_at)
SELECT users.id, email, email, TIMESTAMPTZ '2025-01-01' FROM gatehouse.users JOIN gatehouse_factors.otp_factors ON user_id = users.id;
INSERT INTO gatehouse_mail.outbox (id, queue, purpose, user_id, address, created_at, due_at, attempts, done_at, outcome,
  remove_at)
SELECT gen_random_uuid(), 'ACCOUNT', 'reset', user_id, address, now(), now(), 1, now(), 'GIVEN_UP', now() + INTERVAL '30 days'
FROM gatehouse_mail.addresses;
INSERT INTO gatehouse_mail.outbox (id, queue, purpose, user_id, address, created_at, due_at, attempts)
SELECT gen_random_uuid(), 'ACCOUNT', 'reset', user_id, address, now() - INTERVAL '1 day', now() + INTERVAL '1 day', 1
FROM gatehouse_mail.addresses;
INSERT INTO gatehouse_mail.invitations (id, address, address_key, inviter_kind, inviter_id, created_at, expires_at)
SELECT ('00000000-0000-7000-c000-' || lpad(to_hex(n), 12, '0'))::uuid, address, address, 'USER',
  ('00000000-0000-7000-8000-' || lpad(to_hex(:users), 12, '0'))::uuid, now() - n * INTERVAL '1 second',
  now() + INTERVAL '10 days'
FROM generate_series(1, :users / 10) AS n, LATERAL (SELECT 'invited-' || n || '@example.org' AS address) AS named;
