import type { Database } from '../../../src/database/connection.ts';

/** The tables of `race-domain.ts`, which the owner of the database makes for every role. */
const statements = [
  'CREATE TABLE race_orders (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner uuid NOT NULL)',
  'CREATE TABLE race_wards (id uuid PRIMARY KEY DEFAULT gen_random_uuid())',
  'CREATE TABLE race_stays (ward uuid, "user" uuid, PRIMARY KEY (ward, "user"))',
  'CREATE TABLE race_acts (id bigserial PRIMARY KEY, key text NOT NULL, "user" uuid NOT NULL)',
  'CREATE INDEX race_acts_key ON race_acts (key, "user")',
  `CREATE TABLE race_turns (id bigserial PRIMARY KEY, key text NOT NULL, holder uuid, "by" uuid, seen jsonb NOT NULL)`,
  `GRANT ALL ON race_orders, race_wards, race_stays, race_acts, race_turns TO PUBLIC`,
  'GRANT ALL ON SEQUENCE race_acts_id_seq, race_turns_id_seq TO PUBLIC',
];

export async function createRaceTables(owner: Database): Promise<void> {
  for (const statement of statements) await owner.$executeRawUnsafe(statement);
}
