import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createStatementWrite } from '../../src/changes/statement-write.ts';
import { connectPostgres } from '../../src/database/connect/connect-postgres.ts';
import type {
  DatabaseConnection,
  DatabaseTransaction,
  Read,
} from '../../src/database/connection.ts';
import { toClientError } from '../../src/database/errors.ts';
import { createUserStore } from '../../src/identity/users/user.store.ts';
import type { DataClient } from '../../src/values/sql-transaction.ts';
import { hasPostgres } from '../database/databases.ts';
import { storeDependencies } from '../support/store-dependencies.ts';
import { createMigratedDatabase, createTestDatabase } from '../support/test-database.ts';

async function connectMigratedPostgres(): Promise<DatabaseConnection> {
  const { url, drop } = await createMigratedDatabase();
  const connection = connectPostgres({ url, onPoolError: () => {} });
  return { ...connection, close: () => connection.close().then(drop) };
}

const kinds = [
  { kind: 'embedded', connect: createTestDatabase },
  ...(hasPostgres ? [{ kind: 'postgresql', connect: connectMigratedPostgres }] : []),
];

/** Renames the users with one of the names `$1`. */
const rename = {
  name: 'test_rename',
  valueCount: 2,
  tables: `written AS (
    UPDATE gatehouse.users SET display_name = $2::text WHERE username_key = ANY ($1::text[])
    RETURNING username, display_name AS "displayName")`,
};
const at = new Date('2026-03-01T12:00:00.000Z');
const origin = { actor: null, ip: '203.0.113.7', via: 'test' };
const event = { at, action: 'user.renamed', subjectId: null, detail: 'by hand' };

describe.each(kinds)('a write of one statement, on $kind', ({ connect }) => {
  let connection: DatabaseConnection;
  const dependencies = () =>
    storeDependencies({ database: connection.database, read: connection.read });
  beforeAll(async () => {
    connection = await connect();
    const users = createUserStore(dependencies());
    for (const username of ['ada', 'bob']) {
      const names = { username, usernameKey: username, displayName: username };
      const user = { ...names, passwordHash: 'x', email: null, groups: [], chosenGroups: [] };
      await users.create(user, { actor: null, ip: null });
    }
  });
  afterAll(() => connection.close());

  const write = (names: readonly string[], displayName: string, action = event.action) =>
    dependencies().writeStatement(rename)({
      values: [names, displayName],
      origin,
      event: { ...event, action },
    });
  const recorded = () =>
    connection.database.auditEvent.findMany({
      where: { ip: origin.ip },
      select: { at: true, action: true, actorKind: true, subjectId: true, ip: true, detail: true },
    });
  const displayNames = async () => {
    const users = await connection.database.user.findMany({ orderBy: { username: 'asc' } });
    return users.map(({ displayName }) => displayName);
  };
  let before = 0;
  beforeEach(async () => {
    before = (await recorded()).length;
  });

  it('returns what was written, and records its event', async () => {
    expect(await write(['ada'], 'Ada')).toEqual([{ username: 'ada', displayName: 'Ada' }]);
    expect(await displayNames()).toEqual(['Ada', 'bob']);
    expect((await recorded()).slice(before)).toEqual([
      {
        at,
        action: 'user.renamed',
        actorKind: null,
        subjectId: null,
        ip: '203.0.113.7',
        detail: 'by hand; test',
      },
    ]);
  });

  it('records nothing when nothing was written', async () => {
    expect(await write(['absent'], 'Absent')).toEqual([]);
    expect(await recorded()).toHaveLength(before);
  });

  it('records one event, however many rows were written', async () => {
    expect(await write(['ada', 'bob'], 'Both')).toHaveLength(2);
    expect(await recorded()).toHaveLength(before + 1);
  });

  it('writes nothing when the event is refused, and its error quotes no row and no value', async () => {
    const names = await displayNames();
    const error: unknown = await write(['ada'], 'Sensitive', 'malformed').then(
      () => expect.fail('nothing was thrown'),
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: '23514', constraint: 'audit_events_action_form' });
    expect(JSON.stringify(error)).not.toContain(origin.ip);
    expect(JSON.stringify(error)).not.toContain('Sensitive');
    expect(toClientError(error)).toBeUndefined();
    expect(await displayNames()).toEqual(names);
    expect(await recorded()).toHaveLength(before);
  });
});

describe('a write of one statement that fails', () => {
  let connection: DatabaseConnection;
  beforeAll(async () => {
    connection = await createTestDatabase();
  });
  afterAll(() => connection.close());

  /** Writes by a driver that fails with these errors, one after the other. */
  function writeFailing(...errors: readonly Error[]) {
    const remaining = [...errors];
    const runs: (readonly unknown[])[] = [];
    const run: Read = async (_statement, values) => {
      runs.push(values);
      const error = remaining.shift();
      if (error !== undefined) throw error;
      return [];
    };
    const data: DataClient<DatabaseTransaction> = {
      transaction: (work) => connection.database.$transaction(work),
      sql: (transaction) => transaction,
    };
    const write = createStatementWrite({ data, run });
    return { runs, written: write(rename)({ values: [['ada'], 'Ada'], origin, event }) };
  }
  const failure = (properties: object) => Object.assign(new Error('failed'), properties);

  it('is run again after a collision, which has rolled it back, with another event', async () => {
    const { runs, written } = writeFailing(failure({ code: '40001' }), failure({ code: '40P01' }));
    expect(await written).toEqual([]);
    expect(runs.map((values) => values.slice(0, 2))).toEqual(Array(3).fill([['ada'], 'Ada']));
    expect(new Set(runs.map(([, , eventId]) => eventId)).size).toBe(3);
  });

  it('is not run again after a lost connection, because its outcome is unknown', async () => {
    const lost = failure({ code: 'ECONNRESET' });
    const { runs, written } = writeFailing(lost);
    await expect(written).rejects.toBe(lost);
    expect(runs).toHaveLength(1);
  });

  it('names the table whose rows refer to a record that was to be removed', async () => {
    const referenced = failure({ code: '23503', constraint: 'memberships_user_id_fkey' });
    await expect(writeFailing(referenced).written).rejects.toMatchObject({
      facts: { reason: 'STILL_REFERENCED' },
      detail:
        'Rows of the table gatehouse.memberships refer to it, by the constraint memberships_user_id_fkey.',
      cause: referenced,
    });
  });
});
