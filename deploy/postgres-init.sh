#!/bin/sh
# Run once by the postgres image, when its volume is empty: a role for Gatehouse that is not a superuser, and a
# database that it owns. The image's own user, postgres, stays for administration.
set -eu
psql --username "$POSTGRES_USER" --dbname postgres --no-psqlrc --set ON_ERROR_STOP=1 \
  --set password="$POSTGRES_GATEHOUSE_PASSWORD" <<'SQL'
CREATE ROLE gatehouse LOGIN PASSWORD :'password';
CREATE DATABASE gatehouse OWNER gatehouse;
SQL
