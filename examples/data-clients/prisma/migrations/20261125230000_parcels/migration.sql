CREATE TABLE parcels (
  id uuid PRIMARY KEY,
  label text NOT NULL,
  recipient_id uuid REFERENCES gatehouse.users (id) ON DELETE SET NULL
);

CREATE INDEX parcels_recipient ON parcels (recipient_id, id);

INSERT INTO parcels (id, label) VALUES ('019ab000-0000-7000-8000-0000000000a1', 'Books');
