import { fileURLToPath } from 'node:url';
import type { GatehousePackage } from 'graphql-gatehouse';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import notices from '../examples/notices/gatehouse.config.ts';
import { parseConfig } from '../src/config/config.ts';
import { describeEverySetting } from '../src/config/describe-settings.ts';
import { connectPostgres } from '../src/database/connect/connect-postgres.ts';
import type { DatabaseConnection } from '../src/database/connect.ts';
import { grantNode, requireGranted } from '../src/database/migrations/grant-node.ts';
import { migrateAll } from '../src/database/open-database.ts';
import { historiesOf } from '../src/schema/packages/histories.ts';
import { packagesOf } from '../src/schema/packages/packages.ts';
import type { Project } from '../src/schema/project.ts';
import { startTestGatehouse } from '../src/testing.ts';
import { hasPostgres } from './database/databases.ts';
import { roles } from './support/postgres-database.ts';
import { useGatehouse } from './support/process.ts';
import { createMigratedDatabase, createTestDatabase } from './support/test-database.ts';
import { startTestServer } from './support/test-server.ts';

const directory = fileURLToPath(new URL('../examples/notices', import.meta.url));
const project: Project = { directory, config: notices };
const gatehouse = useGatehouse();
const run = (words: readonly string[], environment = {}) =>
  gatehouse.runHere(['--project', directory, ...words], environment);

describe('a package of a project', () => {
  it('has settings, which are shown without secrets and checked for their spelling', async () => {
    const settings = { NOTICES_SIGNATURE: 'heron-71', NOTICES_KEPT_DAY: '7' };
    const { code, stdout } = await run(['config'], settings);
    expect(code).toBe(0);
    expect(stdout).toContain('NOTICES_KEPT_DAYS=30   (default)\n    How long notices are kept');
    expect(stdout).toContain('NOTICES_SIGNATURE=[set]   (environment)');
    expect(stdout).toContain('NOTICES_KEPT_DAY is not a setting: did you mean NOTICES_KEPT_DAYS?');
    expect(stdout).not.toContain('heron');
    const example = await run(['config', '--example']);
    expect(example.stdout).toMatch(
      /^# How long notices are kept, in days\.\nNOTICES_KEPT_DAYS=30$/m,
    );
  });

  it('stops the start by wrong settings, together with those of Gatehouse', async () => {
    const wrong = { PORT: 'http', NOTICES_KEPT_DAYS: '0' };
    const { code, stderr } = await run(['start'], wrong);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/PORT must be .*\n {2}NOTICES_KEPT_DAYS must be at least 1/),
    ]);
    const inProduction = () => parseConfig({ NODE_ENV: 'production' }, packagesOf(notices));
    expect(inProduction).toThrow('NOTICES_SIGNATURE is required in production');
  });

  it('has a history of migrations, commands and checks of doctor', async () => {
    await gatehouse.prepareDataDir();
    const status = () => run(['migrate', '--status']);
    expect((await status()).stdout).toContain('notices   pending   20261128000000_init\n');
    expect((await run(['migrate'])).stdout).toBe('applied   20261128000000_init\n');
    expect((await status()).stdout).toContain('notices   applied   20261128000000_init\n');
    const posted = await run(['post-notice', 'Closed today.'], { NOTICES_SIGNATURE: 'Olga' });
    expect(posted).toMatchObject({ code: 0, stdout: 'posted: Closed today. Olga\n' });
    expect((await run(['--help'])).stdout).toMatch(/post-notice .*post a notice/);
    const doctor = await run(['doctor'], { NOTICES_KEPT_DAYS: '400' });
    expect(doctor.stdout).toMatch(/^warning +notices: kept for 400 days$/m);
    const check = async () => JSON.parse((await run(['doctor', '--json'])).stdout);
    expect((await check()).checks).toContainEqual({
      name: 'notices',
      state: 'ok',
      found: 'kept for 30 days',
    });
  });

  it('works in the background of a node, and has a field', async () => {
    const connection = await createTestDatabase();
    onTestFinished(() => connection.close());
    const environment = { MIGRATE: 'on' };
    const first = await startTestServer({ project, connection, environment });
    await first.stop();
    await connection.migrations.query(`INSERT INTO gatehouse_notices.notices ("text", posted_at)
      VALUES ('old', now() - interval '31 days'), ('new', now())`);
    const second = await startTestServer({ project, connection, environment });
    onTestFinished(second.stop);
    const texts = () =>
      connection.migrations.query<{ text: string }>('SELECT "text" FROM gatehouse_notices.notices');
    await expect.poll(texts).toEqual([{ text: 'new' }]);
    const query = 'query ($search: String!) { notices(search: $search) { text postedAt } }';
    const found = async (search: string) =>
      (await second.ask(query, { variables: { search } })).data.notices;
    expect(await found('ne')).toEqual([{ text: 'new', postedAt: expect.any(String) }]);
    expect(await found("' OR true")).toEqual([]);
    expect(second.logLines.join('')).toContain('removed old notices');
  });
});

describe('the background work of a package', () => {
  it('is waited for when the server stops, and a failure of it is logged', async () => {
    const done: string[] = [];
    const busy: GatehousePackage = {
      name: 'busy',
      background: {
        waiting: {
          intervalSeconds: 3600,
          async run(_work, isStopped) {
            done.push('began');
            while (!isStopped()) await new Promise((resolve) => setImmediate(resolve));
            done.push('ended');
          },
        },
        failing: {
          intervalSeconds: 3600,
          run: async () => {
            throw new Error('a bug');
          },
        },
      },
    };
    const server = await startTestServer({ project: { directory, config: { packages: [busy] } } });
    await expect.poll(() => done).toEqual(['began']);
    await server.stop();
    expect(done).toEqual(['began', 'ended']);
    const failed = server.logLines.filter((line) => line.includes('work of busy failed: failing'));
    expect(failed).toEqual([expect.stringContaining('a bug')]);
  });
});

describe('packages', () => {
  const aPackage = (name: string, parts: Partial<GatehousePackage> = {}): GatehousePackage =>
    Object.assign({ name }, parts);
  const days = notices.packages?.[0]?.settings ?? {};
  const eventCarrier = async () => undefined;
  const loginAttempts = async () => undefined;
  const visits = { table: 'visits', row: 'visit', type: 'Visit', columns: {} };

  it.each([
    { packages: [aPackage('Mail')], says: /Mail: a name has at most 40 lowercase letters/ },
    { packages: [aPackage('mail'), aPackage('mail')], says: /the name mail: .*\(mail, mail\)/ },
    {
      packages: [aPackage('a', { settings: days }), aPackage('b', { settings: days })],
      says: /the setting NOTICES_KEPT_DAYS: more than one package has it \(a, b\)/,
    },
    {
      packages: [aPackage('a', { eventCarrier }), aPackage('b', { eventCarrier })],
      says: /eventCarrier: more than one package has it \(a, b\)/,
    },
    {
      packages: [aPackage('a', { loginAttempts }), aPackage('b', { loginAttempts })],
      says: /loginAttempts: more than one package has it \(a, b\)/,
    },
    {
      packages: [aPackage('a', { logs: { visits } }), aPackage('b', { logs: { visits } })],
      says: /the log visits: more than one package has it \(a, b\)/,
    },
    {
      packages: [aPackage('a', { logs: { visits } })],
      says: /a: the table visits of a log: its `nodeRights` in `migrations` must be \['INSERT'\] alone/,
    },
    {
      packages: [Object.assign(aPackage('a'), { onDelivered: null })],
      says: /onDelivered/,
    },
    {
      packages: [aPackage('a', { logs: { audit: visits } })],
      says: /a: the log audit, table visits: .*the name is not audit/,
    },
    {
      packages: [aPackage('a', { logs: { visits: { ...visits, table: 'x; DROP' } } })],
      says: /a: the log visits, table x; DROP: the name and the table of a log have at most 32 lower/,
    },
  ])('are refused together: $says', async ({ packages, says }) => {
    expect(() => packagesOf({ packages })).toThrow(says);
    await expect(startTestGatehouse({ packages }, { directory })).rejects.toThrow(says);
  });

  it('have settings of any type, which are described with their defaults', () => {
    const schema = z.coerce.date().default(new Date(0));
    const settings = { MAIL_SINCE: { schema, meaning: 'The first day.', shows: 'value' } } as const;
    const described = describeEverySetting([aPackage('mail', { settings })]).at(-1);
    expect(described).toMatchObject({
      name: 'MAIL_SINCE',
      defaultText: '1970-01-01T00:00:00.000Z',
    });
  });

  it('get the kind of a database whose address is wrong', () => {
    const kinds: string[] = [];
    const checkSettings = (_settings: unknown, { database }: { readonly database: string }) => {
      kinds.push(database);
      return [];
    };
    const mail = [aPackage('mail', { checkSettings })];
    expect(() => parseConfig({ DATABASE_URL: 'mysql://one' }, mail)).toThrow('DATABASE_URL');
    parseConfig({ DATABASE_URL: '' }, mail);
    expect(kinds).toEqual(['postgresql', 'embedded']);
  });

  it('cannot declare a setting or a command of Gatehouse', async () => {
    const { NOTICES_KEPT_DAYS: PORT } = days;
    const settings = PORT === undefined ? {} : { PORT };
    expect(() => parseConfig({}, [aPackage('mail', { settings })])).toThrow(
      'PORT is a setting of Gatehouse: rename it in the package mail',
    );
    const commands = { start: { description: 'starts', run: async () => undefined } };
    const packages = [aPackage('mail', { commands })];
    await expect(startTestGatehouse({ packages }, { directory })).rejects.toThrow(
      'start: commands of the package mail: Gatehouse has a command with this name',
    );
  });
});

describe.skipIf(!hasPostgres)('the tables of a package', () => {
  /** The database of these histories, for the owner and for a node without rights to the tables of packages. */
  async function migrated(histories: ReturnType<typeof historiesOf>) {
    const { url, nodeUrl, drop } = await createMigratedDatabase();
    onTestFinished(drop);
    const connect = (to: string): DatabaseConnection => {
      const connection = connectPostgres({ url: to, onPoolError: () => {} });
      onTestFinished(connection.close);
      return connection;
    };
    const [owner, node] = [connect(url), connect(nodeUrl)];
    expect(await migrateAll(owner, histories)).toEqual(['20261128000000_init']);
    return { owner, node };
  }

  it('may be used by a role of nodes after they were granted, apart from its migrations', async () => {
    const histories = historiesOf(project);
    const { owner, node } = await migrated(histories);
    await expect(requireGranted(node, histories)).rejects.toThrow('gatehouse_notices.notices');
    await grantNode(owner, roles.node, histories);
    await requireGranted(node, histories);
    await node.migrations.query(`INSERT INTO gatehouse_notices.notices ("text") VALUES ('hello')`);
    await expect(
      node.migrations.query('DELETE FROM gatehouse_notices._prisma_migrations'),
    ).rejects.toThrow('permission denied');
  });

  /** The history of the package, with what nodes may do with its tables. */
  const limitedTo = (nodeRights: NonNullable<GatehousePackage['migrations']>['nodeRights']) =>
    historiesOf({
      directory,
      config: {
        packages: packagesOf(notices).map(({ migrations, ...owner }) => ({
          ...owner,
          ...(migrations && { migrations: { ...migrations, ...(nodeRights && { nodeRights }) } }),
        })),
      },
    });

  it('can be limited for a role of nodes, and their partitions with them', async () => {
    const { owner, node } = await migrated(limitedTo(undefined));
    await owner.migrations.query(`CREATE TABLE gatehouse_notices.records (id int) PARTITION BY RANGE (id);
      CREATE TABLE gatehouse_notices.records_1 PARTITION OF gatehouse_notices.records DEFAULT`);
    // What an earlier version allowed is taken back.
    await grantNode(owner, roles.node, limitedTo(undefined));
    const histories = limitedTo({ records: ['INSERT'] });
    await grantNode(owner, roles.node, histories);
    await requireGranted(node, histories);
    await node.migrations.query('INSERT INTO gatehouse_notices.records VALUES (1)');
    for (const statement of [
      'DELETE FROM gatehouse_notices.records',
      'UPDATE gatehouse_notices.records SET id = 2',
      'TRUNCATE gatehouse_notices.records',
      'DELETE FROM gatehouse_notices.records_1',
      'SELECT FROM gatehouse_notices.records_1',
    ]) {
      await expect(node.migrations.query(statement), statement).rejects.toThrow(
        'permission denied',
      );
    }
    await node.migrations.query('DELETE FROM gatehouse_notices.notices');
  });

  it('are not granted when a limited table does not exist', async () => {
    const histories = limitedTo({ record: ['INSERT'] });
    const { owner, node } = await migrated(histories);
    await expect(grantNode(owner, roles.node, histories)).rejects.toThrow('does not exist');
    await expect(requireGranted(node, histories)).rejects.toThrow('gatehouse_notices.notices');
  });
});
