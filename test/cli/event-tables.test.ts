import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { useGatehouse } from '../support/process.ts';
import { unpackDatabase } from '../support/unpack-database.ts';

const gatehouse = useGatehouse();
const run = (...words: readonly string[]) =>
  gatehouse.runHere(['--project', gatehouse.folder(), ...words], {
    ADMIN_PASSWORD: 'plum-kettle-orbit-58',
  });

async function write(path: string, text: string): Promise<void> {
  const file = join(gatehouse.folder(), path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, text);
}

const notes = 'CREATE TABLE "notes" ("id" UUID PRIMARY KEY);\n';
const triggerOn = (table: string) =>
  `CREATE TRIGGER "notify" AFTER INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION gatehouse.notify_inserts('${table}');\n`;

/** Writes the only migration of the project. */
const migrate = (script: string) =>
  write('prisma/migrations/20270101000000_init/migration.sql', script);

const listenTo = (table: string) =>
  write(
    'gatehouse.config.mjs',
    `export default { domains: [{
      name: 'note',
      typeDefs: 'type Note { id: ID! } extend type Query { note: Note @auth } extend type Subscription { noteAdded: Note! @auth }',
      resolvers: { Query: { note: () => null } },
      events: { noteAdded: { table: '${table}', read: () => [] } },
    }] };`,
  );

beforeEach(() => listenTo('notes'));

const missing =
  'events of Subscription.noteAdded: the database has no table notes. To do: make it by a migration, or correct `table` in `events` of the domain.';
const silent = 'no trigger of the table notes sends them, so none arrives';

describe('check', () => {
  const check = async () => {
    await run('access-matrix', '--write');
    return run('check');
  };

  it('fails for a table that no migration makes', async () => {
    await migrate('CREATE TABLE "note" ("id" UUID PRIMARY KEY)');
    const { code, stderr } = await check();
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(
        'Subscription.noteAdded: no migration makes the table notes of its events: write one, ',
      ),
    ]);
  });

  it('fails for a table without a trigger', async () => {
    await migrate(notes);
    const { code, stderr } = await check();
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(
        `${silent}: write a migration: CREATE TRIGGER ... AFTER INSERT ON notes FOR EACH ROW EXECUTE FUNCTION gatehouse.notify_inserts('notes')`,
      ),
    ]);
  });

  it('passes for a table with a trigger, in a schema of its own', async () => {
    await listenTo('other.notes');
    await migrate(
      `CREATE SCHEMA other; CREATE TABLE other.notes ("id" UUID PRIMARY KEY); ${triggerOn('other.notes')}`,
    );
    expect(await check()).toMatchObject({ code: 0, stderr: '' });
  });

  it('says that it does not know the tables of other tools, nor what it cannot apply', async () => {
    expect(await check()).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(
        'Subscription.noteAdded: whether the table notes of its events exists and has a trigger is not checked without prisma/migrations: run gatehouse doctor',
      ),
    });
    await migrate('CREATE EXTENSION postgis');
    const { code, stderr } = await check();
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /Fails unless `accepts`.*\n {2}prisma\/migrations: they cannot be applied in memory, .*postgis/,
    );
  });
});

describe('the start', () => {
  beforeEach(() => unpackDatabase(gatehouse.dataDir(), 'gatehouse'));

  it('is refused for a table that is not there, which doctor finds too', async () => {
    expect(await run('start')).toMatchObject({ code: 1, stderr: expect.stringContaining(missing) });
    const { code, stdout } = await run('doctor');
    expect(code).toBe(1);
    expect(stdout).toContain(
      'problem  events of Subscription.noteAdded: the database has no table notes\n',
    );
  });

  it('warns of a table without a trigger, as doctor does', async () => {
    await migrate(notes);
    const server = await gatehouse.serveHere({}, ['--project', gatehouse.folder()]);
    await server.waitForLine(new RegExp(`events of Subscription.noteAdded: ${silent}`));
    await server.stop();
    const { code, stdout } = await run('doctor');
    expect(code).toBe(0);
    expect(stdout).toContain(`warning  events of Subscription.noteAdded: ${silent}\n`);
  });

  it('is silent about a table that sends its rows', async () => {
    await migrate(notes + triggerOn('notes'));
    const server = await gatehouse.serveHere({}, ['--project', gatehouse.folder()]);
    await server.stop();
    expect(JSON.stringify(server.output())).not.toContain('events of Subscription');
  });
});
