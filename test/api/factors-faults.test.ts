import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rotateKey } from '../../packages/factors/src/commands/rotate-key.ts';
import { removeExpired } from '../../packages/factors/src/database/remove-expired.ts';
import { createKeyRing } from '../../packages/factors/src/keys/key-ring.ts';
import { secretContext } from '../../packages/factors/src/totp/otp.store.ts';
import { eventually } from '../support/eventually.ts';
import {
  type AddedApp,
  codeOf,
  createFactorsClient,
  outcomeOf,
  startFactorsServer,
} from '../support/factors-server.ts';
import { packageDatabase } from '../support/package-database.ts';
import type { TestServer, TestUser } from '../support/test-server.ts';

let nowMs = Date.parse('2026-05-01T12:00:00Z');
const now = () => new Date(nowMs);
const pass = (seconds: number) => {
  nowMs += seconds * 1000;
};
let server: TestServer;
let client: ReturnType<typeof createFactorsClient>;
let user: TestUser;
let app: AddedApp;
beforeAll(async () => {
  server = await startFactorsServer({ now, environment: { ACCESS_TOKEN_SECONDS: '3600' } });
  client = createFactorsClient(server, now);
  await server.owner.migrations.query(`
    CREATE FUNCTION gatehouse_factors.fail() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'a fault'; END $$`);
});
afterAll(() => server.stop());
beforeEach(async () => {
  user = await server.aUser();
  app = await client.addApp(user);
  pass(60);
});

/** Lets each write of a table fail, as if the process were killed before its commit. */
async function withFault<Result>(table: string, work: () => Promise<Result>): Promise<Result> {
  const { query } = server.owner.migrations;
  await query(
    `CREATE TRIGGER fault BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION gatehouse_factors.fail()`,
  );
  try {
    return await work();
  } finally {
    await query(`DROP TRIGGER fault ON ${table}`);
  }
}

const attemptsOf = async (userId: string) =>
  (
    await server.owner.migrations.query<{ points: number }>(
      `SELECT points FROM gatehouse_factors.code_attempts WHERE user_id = '${userId}'`,
    )
  )[0]?.points ?? 0;

describe('a change that fails before its commit', () => {
  it.each([
    { what: 'code', proof: () => ({ otp: codeOf(app.secret, now()) }) },
    { what: 'recovery code', proof: () => ({ recoveryCode: app.recoveryCodes[0] ?? '' }) },
  ])(
    'leaves the challenge and the $what of a login usable, and counts no guess',
    async ({ proof }) => {
      const due = await client.logIn(user);
      const { challenge } = due.errors[0].extensions;
      const failed = await withFault('gatehouse.sessions', () =>
        client.complete(challenge, proof()),
      );
      expect(failed.status).toBe(500);
      await eventually(async () => expect(await attemptsOf(user.id)).toBe(0));
      expect(outcomeOf(await client.complete(challenge, proof()))).toBe('200 completeLogin');
    },
  );

  it.each(['gatehouse_factors.recovery_codes', 'gatehouse.audit_events'])(
    'enrols nothing, when it fails at %s',
    async (table) => {
      const other = await server.aUser();
      const { secret, enrolment } = (await client.enrolOtp(other.accessToken)).data.enrolOtp;
      const confirm = () => client.confirmOtp(other.accessToken, enrolment, codeOf(secret, now()));
      expect((await withFault(table, confirm)).status).toBe(500);
      expect(await client.factorsOf(other.accessToken)).toEqual({
        recoveryCodesLeft: 0,
        secondFactors: [],
      });
      expect(outcomeOf(await confirm())).toBe('200 confirmOtp');
    },
  );

  it.each(['gatehouse_factors.enrolment_openings', 'gatehouse.audit_events'])(
    'resets nothing, when it fails at %s',
    async (table) => {
      const admin = await server.aUser('ADMIN');
      const session = await client.session(user, { otp: codeOf(app.secret, now()) });
      const reset = () =>
        server.ask('mutation ($id: ID!) { resetFactors(userId: $id) { id } }', {
          token: admin.accessToken,
          variables: { id: user.id },
        });
      expect((await withFault(table, reset)).status).toBe(500);
      expect(await client.factorsOf(session.accessToken)).toMatchObject({
        recoveryCodesLeft: 10,
        secondFactors: [{ id: app.factorId }],
      });
      expect(outcomeOf(await reset())).toBe('200 resetFactors');
    },
  );
});

describe('the rotation of a key', () => {
  it('goes on where it was interrupted, over more than one batch', async () => {
    const keyOf = (version: number) => ({ version, bytes: new Uint8Array(32).fill(version) });
    const randomBytes = (size: number) => new Uint8Array(size).fill(9);
    const old = createKeyRing([keyOf(7)], randomBytes);
    const keys = createKeyRing([keyOf(7), keyOf(8)], randomBytes);
    const { database, migrations } = server.owner;
    await migrations.query('DELETE FROM gatehouse_factors.otp_factors');
    await database.$executeRaw`
      INSERT INTO gatehouse.users (id, username, username_key, display_name, password_hash)
      SELECT gen_random_uuid(), 'many-' || n, 'many-' || n, 'Many', 'none' FROM generate_series(1, 205) AS n`;
    const users = await database.user.findMany({ where: { username: { startsWith: 'many-' } } });
    for (const { id } of users) {
      const { bytes } = old.seal(Buffer.from(id), secretContext(id, id));
      await database.$queryRawUnsafe(
        `INSERT INTO gatehouse_factors.otp_factors
           (user_id, id, name, secret, key_version, last_step, created_at)
         VALUES ($1::uuid, $1::uuid, '', decode($2, 'hex'), 7, 0, now())`,
        id,
        Buffer.from(bytes).toString('hex'),
      );
    }
    let writes = 0;
    const sql = {
      $queryRawUnsafe(text: string, ...values: unknown[]) {
        if (text.startsWith('UPDATE')) writes += 1;
        if (writes === 120) throw new Error('killed');
        return database.$queryRawUnsafe(text, ...values);
      },
    };
    await expect(rotateKey({ sql, keys })).rejects.toThrow('killed');
    writes = 200;
    expect(await rotateKey({ sql, keys })).toEqual({ done: 205 - 119, failed: 0 });
    const rows = await migrations.query<{ id: string; version: number; secret: string }>(
      `SELECT id::text, key_version AS version, encode(secret, 'hex') AS secret
       FROM gatehouse_factors.otp_factors`,
    );
    expect(rows).toHaveLength(205);
    for (const { id, version, secret } of rows) {
      const sealed = { keyVersion: version, bytes: Buffer.from(secret, 'hex') };
      expect(version).toBe(8);
      expect(keys.open(sealed, secretContext(id, id))?.toString()).toBe(Buffer.from(id).toString());
    }
  });
});

it('removes rows whose time is over, and no others', async () => {
  const { query } = server.owner.migrations;
  await query(`INSERT INTO gatehouse_factors.spent_challenges (hash, expires_at)
    VALUES ('old', now() - interval '2 hours'), ('new', now())`);
  await query(`INSERT INTO gatehouse_factors.duties (user_id, actor_id, duty, at)
    SELECT id, id, duty, now() - days * interval '1 day' FROM gatehouse.users,
      (VALUES ('FACTORS', 1), ('CREDENTIALS', 4)) AS duties (duty, days)
    WHERE username = '${user.username}'`);
  await removeExpired({ sql: packageDatabase(server.connection) }, () => false);
  const left = await query<{ text: string }>(`
    SELECT encode(hash, 'escape') AS text FROM gatehouse_factors.spent_challenges
    UNION ALL SELECT duty FROM gatehouse_factors.duties WHERE user_id = actor_id`);
  expect(left.map(({ text }) => text)).toEqual(['new', 'FACTORS']);
});
