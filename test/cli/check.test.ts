import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { repository, useGatehouse } from '../support/process.ts';
import { isWhole } from '../support/sample.ts';

const gatehouse = useGatehouse();
const project = () => ['--project', gatehouse.folder()];
const file = (path: string) => join(gatehouse.folder(), path);
const check = (...words: readonly string[]) => gatehouse.runHere([...project(), 'check', ...words]);

/** Everyone may search by the number, which only writers may read. The total is a hint. */
const sdl = `extend enum Group { WRITER }
  extend enum Policy { AUTHOR }
  extend type Query { notes(number: Int): [Note!]! @auth pages: NotePage @auth }
  type Note @auth(requires: [WRITER], rows: [AUTHOR]) {
    number: Int @auth(requires: [WRITER])
  }
  type NotePage { notes: [Note!]! totalCount: Int! }`;

/** Writes a project, and its access matrix. */
async function write(typeDefs: string, config = ''): Promise<void> {
  await writeFile(file('src/note.graphql'), typeDefs);
  await writeFile(
    file('gatehouse.config.mjs'),
    `const isAuthor = { reads: [], admits: () => true, where: () => ({}) };
    export default { domains: [{
      name: 'note',
      typeDefs: 'src/note.graphql',
      resolvers: { Query: { notes: () => [], pages: () => null } },
      policies: { AUTHOR: isAuthor },
    }], ${config} };`,
  );
  await gatehouse.runHere([...project(), 'access-matrix', '--write']);
}

beforeEach(() => mkdir(file('src')));

const finding =
  'Query.notes(number:): it reveals Note.number to viewers who may not read it: add @auth(requires: [WRITER]) (src/note.graphql:3)';
const hint =
  'NotePage.totalCount: it may include rows that are hidden in notes: compute it with the filter of the rule (src/note.graphql:7)';

const addressOf = (name: string): string => `docs/reference/errors/findings.md#${name}`;

describe('gatehouse check', () => {
  it('fails for a finding, and prints hints', async () => {
    await write(sdl);
    const { code, stdout, stderr } = await check();
    expect(code).toBe(1);
    expect(stderr).toBe(
      `Fails unless \`accepts\` in the configuration has a reason:\n  ${finding}\n  ${addressOf('revealing-input')}\n`,
    );
    expect(stdout).toBe(`Hints:\n  ${hint}\n  ${addressOf('unfiltered-number')}\n`);
  });

  it('shows findings before differences of the access matrix, which is short without --full', async () => {
    await write(sdl);
    await rm(file('access-matrix.md'));
    const without = await check();
    expect(without.stderr.split('\n').slice(1, 4)).toEqual([
      `  ${finding}`,
      `  ${addressOf('revealing-input')}`,
      `${file('access-matrix.md')} is missing. Write it: gatehouse access-matrix --write`,
    ]);
    await writeFile(file('access-matrix.md'), '');
    const short = (await check()).stderr.split('\n');
    expect(short.slice(0, 4)).toEqual([
      ...without.stderr.split('\n').slice(0, 3),
      `${file('access-matrix.md')} differs from the schema.`,
    ]);
    expect(short.filter((line) => /^ {2}new /.test(line))).toHaveLength(20);
    expect(short.at(-4)).toMatch(/^ {2}and \d+ new\. Show all: gatehouse check --full$/);
    const whole = (await check('--full')).stderr.split('\n');
    expect(whole.filter((line) => /^ {2}new /.test(line)).length).toBeGreaterThan(100);
  });

  it('passes with hints alone', async () => {
    await write(sdl.replace('number: Int)', 'number: Int @auth(requires: [WRITER]))'));
    const { code, stdout } = await check();
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Hints:\n.*\n.*#unfiltered-number\nThe schema, the generated files and the access matrix agree\.\n$/,
    );
  });

  it('passes when the findings are accepted, counts them, and shows their reasons with --verbose', async () => {
    await write(
      sdl,
      `accepts: {
        'Query.notes(number:)': 'the archive searches by it',
        'NotePage.totalCount': 'it is counted with the filter',
      }`,
    );
    expect(await check()).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(
        /^Accepted: 2\. Show them: gatehouse check --verbose\nThe schema/,
      ),
    });
    const { code, stdout } = await check('--verbose');
    expect(code).toBe(0);
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      'Accepted:',
      '  Query.notes(number:): it reveals Note.number to viewers who may not read it. Reason: the archive searches by it',
      '  NotePage.totalCount: it may include rows that are hidden in notes. Reason: it is counted with the filter',
    ]);
  });

  it('fails for an acceptance without a reason, and for one without a finding', async () => {
    await write(sdl, `accepts: { 'Query.notes(number:)': '', 'Query.pages': 'nothing is there' }`);
    const { code, stderr } = await check();
    expect(code).toBe(1);
    expect(stderr.split('\n')).toEqual([
      'Fails:',
      '  Query.notes(number:): `accepts` gives no reason: write why it is safe',
      '  Query.pages: `accepts` has a reason for it, but nothing that can be accepted is found here: remove the line',
      `  ${addressOf('accepted-without-reason')}`,
      `  ${addressOf('accepted-without-finding')}`,
      'Fails unless `accepts` in the configuration has a reason:',
      `  ${finding}`,
      `  ${addressOf('revealing-input')}`,
      '',
    ]);
  });

  it("finds nothing in Gatehouse's own fields, but in what a project adds to its types", async () => {
    await write(`extend enum Policy { AUTHOR }
      extend type Query { notes: [User!] @auth(rows: [AUTHOR]) pages(email: String): [User!] @auth }
      extend type User { friend: User }`);
    const { stderr } = await check();
    expect(stderr.match(/^ {2}\S+:/gm)).toEqual([
      '  Query.pages:',
      '  User.friend:',
      '  Query.pages(email:):',
    ]);
  });

  it.each(['examples/rooms', 'examples/wards'])(
    'passes for %s, with the fields of its packages',
    async (folder) => {
      const { code, stderr } = await gatehouse.runHere([
        '--project',
        join(repository, folder),
        'check',
      ]);
      expect([stderr, code]).toEqual(['', 0]);
    },
  );

  it.each([
    ['console', 'gatehouseConsole', ''],
    ['factors', 'factors', ''],
    ['mail', 'mail', ''],
    ['operations', 'operations', ''],
    ['providers', 'providers, oidc', "{ ACME: oidc({ issuer: 'https://id.acme.example' }) }"],
    ['rights', 'rights', ''],
  ])('finds nothing in the fields of the package %s', async (name, imported, options) => {
    const [make] = imported.split(',');
    const { href } = pathToFileURL(join(repository, `packages/${name}/dist/index.js`));
    await writeFile(
      file('gatehouse.config.mjs'),
      `import { ${imported} } from '${href}';
      export default { domains: [], packages: [${make}(${options})] };`,
    );
    await gatehouse.runHere([...project(), 'access-matrix', '--write']);
    const { code, stderr } = await check();
    expect([stderr, code]).toEqual(['', 0]);
  });

  it('fails for a column that no migration makes, which cannot be accepted', async () => {
    await write(sdl.replace('number: Int)', 'number: Int @auth(requires: [WRITER]))'), unmigrated);
    await mkdir(file('prisma/migrations/20270101000000_init'), { recursive: true });
    const schema =
      'datasource db {\n  provider = "postgresql"\n}\nmodel notes {\n  id String @id\n}\n';
    await writeFile(file('prisma/schema.prisma'), schema);
    await writeFile(
      file('prisma/migrations/20270101000000_init/migration.sql'),
      'CREATE TABLE notes (id TEXT PRIMARY KEY)',
    );
    if (isWhole) {
      expect((await check()).stderr).toMatch(/^Fails:\n {2}notes.text: `accepts`.*\n$/);
    }
    await writeFile(file('prisma/schema.prisma'), schema.replace('@id', '@id\n  text String'));
    const { code, stderr } = await check();
    expect(code).toBe(1);
    expect(stderr).toContain(
      'Fails:\n  notes.text: no migration makes this column: write one by gatehouse migrate --create (prisma/schema.prisma)\n' +
        '  notes.text: `accepts` has a reason for it',
    );
  });

  it('fails for a migration that removes data, unless a comment in it or the configuration accepts it', async () => {
    const sound = sdl.replace('number: Int)', 'number: Int @auth(requires: [WRITER]))');
    await write(sound, `accepts: { '20270103000000_empty': 'there were test rows only' }`);
    for (const [name, script] of [
      ['20270101000000_init', 'CREATE TABLE notes (id TEXT PRIMARY KEY, title TEXT)'],
      ['20270102000000_drop', 'ALTER TABLE notes DROP COLUMN title'],
      ['20270103000000_empty', 'TRUNCATE notes'],
    ] as const) {
      await mkdir(file(`prisma/migrations/${name}`), { recursive: true });
      await writeFile(file(`prisma/migrations/${name}/migration.sql`), script);
    }
    const { code, stderr } = await check();
    expect([code, stderr]).toEqual([
      1,
      'Fails unless `accepts` in the configuration has a reason:\n' +
        '  20270102000000_drop: it drops the column notes.title, with the data: ' +
        'keep the data, or accept it: in a script that was not applied yet by the line "-- accepts data loss: drops the column notes.title" ' +
        '(prisma/migrations/20270102000000_drop/migration.sql)\n' +
        `  ${addressOf('data-loss')}\n`,
    ]);
    await writeFile(
      file('prisma/migrations/20270102000000_drop/migration.sql'),
      '-- accepts data loss: drops the column notes.title\nALTER TABLE notes DROP COLUMN title',
    );
    expect(await check()).toMatchObject({ code: 0, stderr: '' });
  });

  it.runIf(isWhole)(
    'lists the other problems too when the Prisma schema has a mistake',
    async () => {
      await write(sdl);
      await mkdir(file('prisma'));
      await writeFile(file('prisma/schema.prisma'), 'model notes');
      const { code, stderr } = await check();
      expect([code, stderr]).toEqual([1, expect.stringContaining(finding)]);
      expect(stderr).toContain('schema.prisma:1');
    },
  );
});

const unmigrated = `accepts: { 'notes.text': 'it is made by hand' }`;
