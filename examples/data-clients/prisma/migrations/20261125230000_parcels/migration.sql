CREATE TABLE parcels (
  id uuid PRIMARY KEY,
  label text NOT NULL
);

INSERT INTO parcels (id, label) VALUES ('019ab000-0000-7000-8000-0000000000a1', 'Books');
