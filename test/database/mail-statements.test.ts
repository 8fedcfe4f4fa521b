import { mail } from '@graphql-gatehouse/mail';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeExpired } from '../../packages/mail/src/remove-expired.ts';
import { connectPostgres } from '../../src/database/connect/connect-postgres.ts';
import type { DatabaseConnection } from '../../src/database/connection.ts';
import { createAccountFacts } from '../../src/identity/packages/account-facts.store.ts';
import { mailSettings } from '../support/mail/mail-server.ts';
import { createStoreCalls } from '../support/mail/store-calls.ts';
import { migrateMail } from '../support/mail-kill/mail-project.ts';
import { packageDatabase } from '../support/package-database.ts';
import { startPackageServer } from '../support/package-server.ts';
import {
  addOldMails,
  connectExplained,
  fillDatabase,
  fillMails,
  type RanStatement,
  unboundedReads,
} from '../support/statement-plans.ts';
import { storeDependencies } from '../support/store-dependencies.ts';
import { createMigratedDatabase, type PostgresDatabase } from '../support/test-database.ts';
import type { TestServer } from '../support/test-server.ts';
import { hasPostgres } from './databases.ts';

const users = 20_000;
const verified = 8_000;
const storeCalls = createStoreCalls({ users, at: new Date() });

describe.runIf(hasPostgres)('the statements for mails, on PostgreSQL', () => {
  let postgres: PostgresDatabase;
  let connection: DatabaseConnection;
  let owner: DatabaseConnection;
  let server: TestServer;
  const ran: RanStatement[] = [];
  beforeAll(async () => {
    postgres = await createMigratedDatabase();
    owner = connectPostgres({ url: postgres.url, onPoolError: () => {}, maxConnections: 2 });
    await migrateMail(owner);
    connection = await connectExplained(postgres, (statement) => void ran.push(statement));
    server = await startPackageServer({
      // Background work would run other statements meanwhile.
      packages: [{ ...mail({ signUp: true }), background: {} }],
      now: () => new Date(),
      environment: { ...mailSettings('smtp://127.0.0.1:1'), TRUST_PROXY: '1' },
      database: { ...connection, owner },
    });
    await fillDatabase(postgres, { users, sessions: 100 });
    await fillMails(postgres, { users, verified });
  });
  afterAll(async () => {
    await server.stop();
    await Promise.all([connection.close(), owner.close()]);
    await postgres.drop();
  });

  it.each(Object.entries(storeCalls))('read few rows in the store of %s', async (_name, call) => {
    ran.length = 0;
    await call(connection.database);
    expect(ran.length).toBeGreaterThan(0);
    expect(unboundedReads(ran)).toEqual([]);
  });

  const kinds = {
    verified: `user-${users - 2}@example.org`,
    unverified: `user-${users - verified - 2}@example.org`,
    disabled: `user-${users - 3}@example.org`,
    unknown: 'not-known@example.org',
  };

  it.each(['requestPasswordReset', 'signUp'])(
    'are the same for every address, of %s',
    async (field) => {
      const where = { usernameKey: `user-${users - 3}` };
      await owner.database.user.update({ where, data: { disabledAt: new Date() } });
      const statements: (readonly string[])[] = [];
      for (const email of Object.values(kinds)) {
        ran.length = 0;
        const query = `mutation ($email: String!) { ${field}(email: $email) }`;
        const { data } = await server.ask(query, { variables: { email } });
        expect(data).toEqual({ [field]: true });
        statements.push(ran.map(({ text }) => text));
      }
      expect(statements[0]).toHaveLength(1);
      expect(new Set(statements.map((each) => JSON.stringify(each)))).toHaveLength(1);
    },
  );

  it('read few rows for the next accounts of `verify-all`', async () => {
    const { listAfter } = createAccountFacts(storeDependencies({ database: connection.database }));
    ran.length = 0;
    expect(await listAfter(connection.database, null, 10)).toHaveLength(10);
    expect(ran.flatMap(({ reads }) => reads)).toEqual([expect.objectContaining({ rows: 10 })]);
  });

  it('remove the old rows of the bench of growth', async () => {
    await addOldMails(postgres);
    const countOld = async () => {
      const [found] = await owner.migrations.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM gatehouse_mail.outbox WHERE address LIKE 'old-%'`,
      );
      return found?.count;
    };
    expect(await countOld()).toBe(100);
    await removeExpired({ sql: packageDatabase(owner), now: () => new Date() }, () => false);
    expect(await countOld()).toBe(0);
  });

  it('read few rows for fields of users and invitations', async () => {
    const query = `{ users(first: 100) { edges { node { email emailVerifiedAt } } }
      invitations(first: 100) { edges { node { email invitedBy { id } } } } }`;
    ran.length = 0;
    const { data } = await server.ask(query, { token: server.admin.accessToken });
    expect(data.invitations.edges).toHaveLength(100);
    expect(unboundedReads(ran)).toEqual([]);
  });

  it.each([
    {
      index: 'outbox_due_idx, gatehouse_mail.outbox_waiting_idx',
      table: 'outbox',
      call: 'requests',
    },
    { index: 'tokens_mail_id_idx', table: 'tokens', call: 'tokens' },
    { index: 'invitations_created_at_idx', table: 'invitations', call: 'invitations' },
    { index: 'addresses_address_key_idx', table: 'addresses', call: 'addresses' },
  ])('are found to need the index $index once it is dropped', async ({ index, table, call }) => {
    await owner.migrations.query(`DROP INDEX gatehouse_mail.${index}`);
    ran.length = 0;
    await storeCalls[call]?.(connection.database);
    expect(unboundedReads(ran)).toContainEqual(
      expect.stringContaining(`gatehouse_mail.${table}: `),
    );
  });
});
