#!/bin/sh
# Run once by the postgres image, when its volume is empty: a role that owns the database of Gatehouse and nothing else,
# and one for the nodes, which cannot change tables. The image's own user, postgres, stays for administration.
set -eu
psql --username "$POSTGRES_USER" --dbname postgres --no-psqlrc --set ON_ERROR_STOP=1 \
  --set owner_password="$POSTGRES_OWNER_PASSWORD" --set node_password="$POSTGRES_NODE_PASSWORD" <<'SQL'
CREATE ROLE gatehouse_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE gatehouse_node LOGIN PASSWORD :'node_password';
CREATE DATABASE gatehouse OWNER gatehouse_owner;
SQL
