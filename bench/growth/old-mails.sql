-- A hundred mails that were done, and a hundred tokens that have ended, in a database that fill-mail.sql has filled.
INSERT INTO gatehouse_mail.outbox (id, queue, purpose, address, created_at, due_at, done_at, outcome, remove_at)
SELECT gen_random_uuid(), 'ACCOUNT', 'notice', 'old-' || n || '@example.org', now(), now(), now(), 'SENT', now()
FROM generate_series(1, 100) AS n;
INSERT INTO gatehouse_mail.tokens (id, mail_id, purpose, address, address_key, created_at, expires_at)
SELECT gen_random_uuid(), gen_random_uuid(), 'sign-up', '', '', now(), now() - INTERVAL '2 days'
FROM generate_series(1, 100);
