import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectPostgres } from '../../src/database/connect/connect-postgres.ts';
import type { DatabaseConnection } from '../../src/database/connection.ts';
import { isMalformed, toClientError } from '../../src/database/errors.ts';
import { migrate } from '../../src/database/migrations/migrate.ts';
import { NotFoundError } from '../../src/errors.ts';
import { storeDependencies } from '../support/store-dependencies.ts';
import {
  asAdmin,
  createPostgresDatabase,
  migrationsDirectory,
  type PostgresDatabase,
} from '../support/test-database.ts';
import { databaseKinds, hasPostgres } from './databases.ts';

const user = { username: 'ada', usernameKey: 'ada', displayName: 'Ada', passwordHash: 'x' };
const UNAVAILABLE = { code: 'SERVICE_UNAVAILABLE' };
const REFERENCED = { code: 'CONFLICT', facts: { reason: 'STILL_REFERENCED' } };
const unknownId = '00000000-0000-0000-0000-000000000000';
const EXISTS = { code: 'CONFLICT', facts: { reason: 'ALREADY_EXISTS' } };

/** The client error of what `work` throws; the cause must be that very error. */
async function clientErrorOf(work: Promise<unknown>) {
  const thrown: unknown = await work.then(
    () => expect.fail('nothing was thrown'),
    (error: unknown) => error,
  );
  const clientError = toClientError(thrown);
  if (clientError !== undefined) expect(clientError.cause).toBe(thrown);
  return clientError;
}

it('returns a client error as it is', () => {
  const error = new NotFoundError('id', 'No such row.');
  expect(toClientError(error)).toBe(error);
});

it.each([undefined, null, 'text', new TypeError('a fault'), { code: 7, cause: { meta: null } }])(
  'has nothing to say of %s',
  (error) => {
    expect(toClientError(error)).toBeUndefined();
  },
);

it.each([
  { kind: 'ConnectionClosed', reported: UNAVAILABLE },
  { kind: 'DatabaseNotReachable', reported: UNAVAILABLE },
  { kind: 'SocketTimeout', reported: UNAVAILABLE },
  { kind: 'TooManyConnections', reported: UNAVAILABLE },
  { kind: 'UniqueConstraintViolation', reported: EXISTS },
  { kind: 'TransactionWriteConflict', reported: UNAVAILABLE },
])('knows a raw query that failed by $kind alone', ({ kind, reported }) => {
  const meta = { driverAdapterError: { name: 'DriverAdapterError', cause: { kind } } };
  expect(toClientError({ code: 'P2010', meta })).toMatchObject(reported);
});

it.each([
  { code: '53100', what: 'a full disk' },
  { code: '53200', what: 'a server without memory' },
  { code: '58030', what: 'a disk that cannot be read' },
  { code: '25006', what: 'a replica, that cannot be written to' },
  { code: '40P01', what: 'a deadlock' },
  { code: '55000', what: 'a database that accepts no connections' },
  { code: '57000', what: 'an intervention of the operator' },
  { code: '57P04', what: 'a database that was dropped' },
  { code: '57P05', what: 'a connection that was idle for too long' },
  { code: '58P01', what: 'a file of the database that is missing' },
])('calls $what unavailable', ({ code }) => {
  const meta = { driverAdapterError: { cause: { kind: 'postgres', originalCode: code } } };
  expect(toClientError({ code: 'P2010', meta })).toMatchObject(UNAVAILABLE);
});

it.each([
  { code: 'XX000', what: 'an internal error of the database' },
  { code: 'XX001', what: 'damaged data' },
  { code: 'XX002', what: 'a damaged index' },
  { code: '25P02', what: 'a statement after a failed one' },
  { code: '42501', what: 'a missing privilege' },
  { code: '54001', what: 'a statement that is too complex' },
])('has nothing to say of $what, which no later try mends', ({ code }) => {
  const meta = { driverAdapterError: { cause: { kind: 'postgres', originalCode: code } } };
  expect(toClientError({ code: 'P2010', meta })).toBeUndefined();
});

it('survives an error that is its own cause', () => {
  const error = new Error('round');
  error.cause = error;
  expect(toClientError(error)).toBeUndefined();
});

describe.each(databaseKinds)('errors of a database of kind $kind', ({ connectEmpty }) => {
  let connection: DatabaseConnection;

  beforeAll(async () => {
    connection = await connectEmpty();
    await migrate({ connection, migrationsDirectory });
    await connection.database.user.create({ data: user });
  });

  afterAll(() => connection.close());

  it('says of a unique violation that the value exists, and names its constraint for the log', async () => {
    const { database } = connection;
    const insert = `
      INSERT INTO gatehouse.users (id, username, username_key, display_name, password_hash)
      VALUES (gen_random_uuid(), 'ada', 'ada', 'Ada', 'x')`;
    for (const repeated of [
      () => database.user.create({ data: user }),
      () => database.$transaction((tx) => tx.user.create({ data: user })),
      () => database.$executeRawUnsafe(insert),
      () => database.$transaction((tx) => tx.$executeRawUnsafe(insert)),
      () => connection.migrations.query(insert),
      () => connection.read({ name: 'repeated', text: insert }, []),
    ]) {
      const error = await clientErrorOf(repeated());
      const detail = 'A row of the table users has it, by the constraint users_username_key_key.';
      expect(error).toMatchObject({ ...EXISTS, detail });
      expect(JSON.stringify(error?.facts) + error?.message).not.toMatch(/users|ada/);
    }
  });

  it('rejects a transaction whose commit fails, and names what was violated', async () => {
    const { database } = connection;
    await database.$executeRaw`
      CREATE TABLE public.places (n INT CONSTRAINT places_n_key UNIQUE DEFERRABLE INITIALLY DEFERRED)`;
    const take = () =>
      database.$transaction(async (tx) => {
        await tx.$executeRaw`INSERT INTO public.places VALUES (1)`;
      });
    await take();
    const detail = 'A row of the table places has it, by the constraint places_n_key.';
    expect(await clientErrorOf(take())).toMatchObject({ ...EXISTS, detail });
    expect(await database.$queryRaw`SELECT n FROM public.places`).toEqual([{ n: 1 }]);
    // The connection goes on.
    await database.$transaction((tx) => tx.$executeRaw`DELETE FROM public.places`);
    await take();
  });

  it('says the same of a violated exclusion constraint', async () => {
    const { database } = connection;
    await database.$executeRaw`
      CREATE TABLE public.bookings (at INT4RANGE, EXCLUDE USING gist (at WITH &&))`;
    const book = (at: string) =>
      database.$executeRawUnsafe('INSERT INTO public.bookings VALUES ($1::int4range)', at);
    await book('[1,5)');
    expect(await clientErrorOf(book('[4,9)'))).toMatchObject(EXISTS);
  });

  it("says of a collision in Gatehouse's own tables that another try can succeed", async () => {
    const { database, read } = connection;
    const { write, writeStatement } = storeDependencies({ database, read });
    const origin = { actor: null, ip: null };
    const event = { at: new Date(), action: 'user.created', subjectId: null };
    const tables = `written AS (
      INSERT INTO gatehouse.users (id, username, username_key, display_name, password_hash)
      VALUES (gen_random_uuid(), $1, $1, $1, 'x') RETURNING id)`;
    for (const repeated of [
      () => write({ origin }, (tx) => tx.user.create({ data: user })),
      () =>
        writeStatement({ name: 'repeated_user', valueCount: 1, tables })({
          values: ['ada'],
          origin,
          event,
        }),
    ]) {
      await expect(repeated()).rejects.toMatchObject({
        code: 'CONFLICT',
        facts: { reason: 'CHANGED_MEANWHILE' },
      });
    }
  });

  it('has nothing to say of a violated CHECK or a wrong query: faults of ours', async () => {
    const { database } = connection;
    const { create } = database.user;
    expect(await clientErrorOf(create({ data: { ...user, username: '' } }))).toBeUndefined();
    expect(await clientErrorOf(database.$queryRaw`SELECT nonsense`)).toBeUndefined();
  });

  it('says of a record that is not there that it was not found', async () => {
    const { user } = connection.database;
    const where = { id: unknownId };
    for (const missing of [
      () => user.findUniqueOrThrow({ where }),
      () => user.update({ where, data: { displayName: 'A' } }),
      () => user.delete({ where }),
    ]) {
      expect(await clientErrorOf(missing())).toMatchObject({ code: 'NOT_FOUND', facts: {} });
    }
  });

  it('calls a malformed id wrong input, and does not quote it', async () => {
    const { database } = connection;
    for (const malformed of [
      () => database.user.findUnique({ where: { id: 'secret' } }),
      () => database.user.findMany({ where: { id: { in: ['secret'] } } }),
      () => database.$queryRaw`SELECT ${'secret'}::uuid`,
      () => connection.migrations.query("SELECT 'secret'::uuid"),
    ]) {
      const error = await clientErrorOf(malformed());
      expect(error).toMatchObject({ code: 'BAD_USER_INPUT', facts: {} });
      expect(error?.message).not.toContain('secret');
    }
  });

  it('calls a text that PostgreSQL cannot store wrong input, and does not quote it', async () => {
    const { database } = connection;
    const text = 'secret\u0000';
    for (const unstorable of [
      () => database.user.findMany({ where: { displayName: text } }),
      () => database.user.findMany({ where: { displayName: { in: [text] } } }),
      () => database.user.findMany({ where: { displayName: { contains: text } } }),
      () => database.$queryRaw`SELECT ${text}::text`,
      () => connection.read({ name: 'unstorable', text: 'SELECT $1::text' }, [text]),
    ]) {
      const error = await clientErrorOf(unstorable());
      expect(error).toMatchObject({ code: 'BAD_USER_INPUT', facts: {} });
      expect(error?.message).not.toContain('secret');
      expect(isMalformed(error?.cause)).toBe(true);
    }
  });

  it('calls a reference to a record that is not there wrong input', async () => {
    const { database } = connection;
    const data = { userId: unknownId, group: 'STAFF' };
    for (const dangling of [
      () => database.membership.create({ data }),
      () => database.membership.createMany({ data: [data] }),
      () =>
        database.$executeRaw`INSERT INTO gatehouse.memberships (user_id, "group") VALUES (${unknownId}::uuid, 'STAFF')`,
    ]) {
      expect(await clientErrorOf(dangling())).toMatchObject({ code: 'BAD_USER_INPUT', facts: {} });
    }
  });

  it('calls the removal of a record to which others refer a conflict', async () => {
    const { database } = connection;
    await database.$executeRaw`
      CREATE TABLE public.orders (id INT PRIMARY KEY, buyer UUID REFERENCES gatehouse.users (id) ON DELETE RESTRICT)`;
    await database.$executeRaw`INSERT INTO public.orders SELECT 1, id FROM gatehouse.users`;
    for (const removal of [
      () => database.user.delete({ where: { usernameKey: 'ada' } }),
      () => database.user.deleteMany(),
      () => database.$transaction((tx) => tx.user.deleteMany()),
      () => database.$executeRaw`DELETE FROM gatehouse.users`,
    ]) {
      expect(await clientErrorOf(removal())).toMatchObject(REFERENCED);
    }
    const byDriver = await clientErrorOf(
      connection.migrations.query('DELETE FROM gatehouse.users'),
    );
    expect(byDriver).toMatchObject({
      code: 'CONFLICT',
      facts: { reason: 'STILL_REFERENCED' },
      detail: 'Rows of the table orders refer to it, by the constraint orders_buyer_fkey.',
    });
  });

  it('calls a transaction that waits for itself unavailable', async () => {
    const waiting = connection.database.$transaction(
      async (tx) => {
        await tx.user.update({ where: { usernameKey: 'ada' }, data: { displayName: 'A' } });
        await connection.database.user.updateMany({ data: { displayName: 'B' } });
      },
      { timeout: 50 },
    );
    expect(await clientErrorOf(waiting)).toMatchObject(UNAVAILABLE);
  });

  it('calls a closed database unavailable', async () => {
    const closed = await connectEmpty();
    await closed.close();
    expect(await clientErrorOf(closed.database.user.count())).toMatchObject(UNAVAILABLE);
    expect(await clientErrorOf(closed.ping())).toMatchObject(UNAVAILABLE);
  });
});

it.each(['127.0.0.1', 'localhost'])('calls a closed port of %s unavailable', async (host) => {
  const listener = createServer().listen(0);
  const { port } = addressOf(listener.address());
  listener.close();
  await once(listener, 'close');
  const url = `postgresql://user:secret@${host}:${port}/gatehouse`;
  const connection = connectPostgres({ url, onPoolError: () => {} });
  expect(connection.description).toBe(`PostgreSQL at ${host}:${port}/gatehouse`);
  expect(await clientErrorOf(connection.database.user.count())).toMatchObject(UNAVAILABLE);
  expect(await clientErrorOf(connection.ping())).toMatchObject(UNAVAILABLE);
  expect(await clientErrorOf(migrate({ connection, migrationsDirectory }))).toMatchObject(
    UNAVAILABLE,
  );
  await connection.close();
});

it('calls a server that accepts and says nothing unavailable', async () => {
  const silent = createServer().listen(0);
  const { port } = addressOf(silent.address());
  const url = `postgresql://user@127.0.0.1:${port}/gatehouse`;
  const connection = connectPostgres({ url, onPoolError: () => {}, connectTimeoutMs: 50 });
  expect(await clientErrorOf(connection.database.user.count())).toMatchObject(UNAVAILABLE);
  expect(await clientErrorOf(connection.ping())).toMatchObject(UNAVAILABLE);
  await connection.close();
  silent.close();
});

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('not a TCP listener');
  return address;
}

describe.runIf(hasPostgres)('errors of PostgreSQL alone', () => {
  let postgres: PostgresDatabase;
  let connection: DatabaseConnection;

  beforeAll(async () => {
    postgres = await createPostgresDatabase();
    connection = connectPostgres({
      url: postgres.url,
      onPoolError: () => {},
      maxConnections: 1,
      connectTimeoutMs: 200,
      statementTimeoutMs: 200,
    });
    await migrate({ connection, migrationsDirectory });
  });

  afterAll(async () => {
    await connection.close();
    await postgres.drop();
  });

  const killConnections = () =>
    asAdmin((admin) =>
      admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [
        new URL(postgres.url).pathname.slice(1),
      ]),
    );

  it('calls a killed connection unavailable, and opens another', async () => {
    const killed = connection.database.$transaction(async (tx) => {
      await tx.user.count();
      await killConnections();
      await tx.user.count();
    });
    expect(await clientErrorOf(killed)).toMatchObject(UNAVAILABLE);
    expect(await connection.database.user.count()).toBe(0);
  });

  it('calls a database that accepts no connections unavailable, and opens one when it does', async () => {
    const name = new URL(postgres.url).pathname.slice(1);
    const accept = (isOpen: boolean) =>
      asAdmin((admin) => admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS ${isOpen}`));
    await accept(false);
    try {
      await killConnections();
      expect(await clientErrorOf(connection.ping())).toMatchObject(UNAVAILABLE);
      expect(await clientErrorOf(connection.database.user.count())).toMatchObject(UNAVAILABLE);
    } finally {
      await accept(true);
    }
    expect(await connection.database.user.count()).toBe(0);
  });

  it('calls an exhausted pool and a slow statement unavailable', async () => {
    const exhausted = connection.database.$transaction(async (tx) => {
      await tx.user.count();
      await connection.database.user.count();
    });
    expect(await clientErrorOf(exhausted)).toMatchObject(UNAVAILABLE);
    const slow = connection.database.$queryRaw`SELECT pg_sleep(5)::text`;
    expect(await clientErrorOf(slow)).toMatchObject(UNAVAILABLE);
  });

  it('calls transactions that collide again and again unavailable, after five more tries', async () => {
    const other = connectPostgres({ url: postgres.url, onPoolError: () => {} });
    await other.database.apiClient.create({
      data: { name: 'Lab', groups: [], secretHash: new Uint8Array(32) },
    });
    let tries = 0;
    const late = connection.database.$transaction(
      async (tx) => {
        tries += 1;
        await tx.apiClient.count();
        await other.database.apiClient.updateMany({ data: { name: 'Shop' } });
        await tx.apiClient.updateMany({ data: { name: 'Mill' } });
      },
      { isolationLevel: 'RepeatableRead' },
    );
    expect(await clientErrorOf(late)).toMatchObject(UNAVAILABLE);
    expect(tries).toBe(6);
    await other.close();
  });
});
