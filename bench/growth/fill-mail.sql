-- Adds to a database that fill.sql has filled, with the tables of accounts by mail: addresses of the 2 * :verified latest
-- users, which the later half has verified, and in proportion with them everything else that can grow. Needs a superuser.
--
-- `user-n` has the address user-n@example.org. 1,000 requests and 50 mails of accounts wait for another attempt.
SET session_replication_role = replica;

UPDATE gatehouse.users SET email = username || '@example.org'
WHERE id > ('00000000-0000-7000-8000-' || lpad(to_hex(:users - 2 * :verified), 12, '0'))::uuid AND username LIKE 'user-%';

INSERT INTO gatehouse_mail.addresses (user_id, address, address_key, verified_at)
SELECT id, email, email, TIMESTAMPTZ '2025-01-01' FROM gatehouse.users
WHERE id > ('00000000-0000-7000-8000-' || lpad(to_hex(:users - :verified), 12, '0'))::uuid AND username LIKE 'user-%';

-- Mails of the last day, each with a token: a quarter of the tokens was spent, and a quarter has ended.
INSERT INTO gatehouse_mail.outbox (id, queue, purpose, user_id, address, created_at, due_at, attempts, done_at, outcome,
  remove_at)
SELECT ('00000000-0000-7000-b000-' || lpad(to_hex(n), 12, '0'))::uuid,
  CASE WHEN n % 2 = 0 THEN 'REQUEST' ELSE 'ACCOUNT' END, 'reset', known.user_id, known.address, at, at, 1, at,
  CASE WHEN n % 100 = 0 THEN 'GIVEN_UP' ELSE 'SENT' END, at + INTERVAL '30 days'
FROM (SELECT user_id, address, row_number() OVER (ORDER BY user_id) AS n FROM gatehouse_mail.addresses) AS known,
  LATERAL (SELECT now() - (1 - n / (1.0 * :verified)) * INTERVAL '1 day' AS at) AS timed;
INSERT INTO gatehouse_mail.tokens (id, mail_id, hash, purpose, user_id, address, address_key, password_version, created_at,
  expires_at, spent_at)
SELECT gen_random_uuid(), id, sha256(id::text::bytea), 'reset', user_id, address, address, 0, created_at,
  now() + CASE WHEN n % 4 = 0 THEN INTERVAL '-1 hour' ELSE INTERVAL '1 day' END, CASE WHEN n % 4 = 1 THEN now() END
FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM gatehouse_mail.outbox) AS mail;

INSERT INTO gatehouse_mail.outbox (id, queue, purpose, address, created_at, due_at, attempts)
SELECT gen_random_uuid(), CASE WHEN n <= 1000 THEN 'REQUEST' ELSE 'ACCOUNT' END, 'reset', 'waiting-' || n || '@example.org',
  now(), now() + INTERVAL '1 day', 1
FROM generate_series(1, 1050) AS n;

INSERT INTO gatehouse_mail.invitations (id, address, address_key, inviter_kind, inviter_id, created_at, expires_at)
SELECT ('00000000-0000-7000-c000-' || lpad(to_hex(n), 12, '0'))::uuid, address, address, 'USER',
  ('00000000-0000-7000-8000-' || lpad(to_hex(:users), 12, '0'))::uuid, now() - n * INTERVAL '1 second', now() + INTERVAL '10 days'
FROM generate_series(1, :verified) AS n, LATERAL (SELECT 'invited-' || n || '@example.org' AS address) AS named;
INSERT INTO gatehouse_mail.tokens (id, mail_id, hash, purpose, invitation_id, address, address_key, created_at, expires_at)
SELECT gen_random_uuid(), gen_random_uuid(), sha256(id::text::bytea), 'invitation', id, address, address_key, created_at, expires_at
FROM gatehouse_mail.invitations;

INSERT INTO gatehouse_mail.devices (user_id, hash, last_seen_at)
SELECT user_id, sha256(n::text::bytea), now() FROM gatehouse_mail.addresses, generate_series(1, 2) AS n;

INSERT INTO gatehouse_mail.request_counts (key, minute_points, minute_ends_at, hour_points, hour_ends_at)
SELECT sha256(n::text::bytea), 1, now() - INTERVAL '1 minute', 1, now() + INTERVAL '1 hour'
FROM generate_series(1, :verified) AS n;
RESET session_replication_role;
ANALYZE;
