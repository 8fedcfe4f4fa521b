import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { repository, useGatehouse } from '../support/process.ts';

const gatehouse = useGatehouse();
const project = () => ['--project', gatehouse.folder()];
const file = (path: string) => join(gatehouse.folder(), path);
const check = (...words: readonly string[]) =>
  gatehouse.runHere([...project(), 'operations', 'check', ...words]);

const sdl = `extend enum Group { WRITER READER }
extend enum Policy { AUTHOR }
extend type Query {
  notes(title: String, hidden: Boolean @auth(requires: [WRITER])): [Note!]! @auth
  note(id: ID!): Note @auth
  count: Int @public
}
type Note {
  id: ID!
  title: String
  text: String @auth(requires: [READER])
  name: String @deprecated(reason: "title")
}`;

const documents = `query Titles($title: String, $hidden: Boolean) {
  notes(title: $title, hidden: $hidden) { ...Titled }
}
query Texts($full: Boolean!) { notes { title text @include(if: $full) } }
query Count { count }
fragment Titled on Note { title name }
`;

/** Writes a project. `files` of its package are the folder `web`, or those given. */
async function write(typeDefs: string, config = '', files = ['web']): Promise<void> {
  await writeFile(file('src/note.graphql'), typeDefs);
  await writeFile(
    file('gatehouse.config.mjs'),
    `import { operations } from '${repository}/packages/operations/src/index.ts';
    const isAuthor = { reads: [], admits: () => true, where: () => ({}) };
    export default { domains: [{
      name: 'note',
      typeDefs: 'src/note.graphql',
      resolvers: { Query: { notes: () => [], note: () => null, count: () => 0 } },
      policies: { AUTHOR: isAuthor },
      costs: { 'Query.count': 30 },
    }], packages: [operations({ files: ${JSON.stringify(files)} })], ${config} };`,
  );
}

const operationsOf = async () => readFile(file('operations.md'), 'utf8');

/** The cells of the line of an operation, by column. */
async function rowOf(operation: string): Promise<Readonly<Record<string, string>>> {
  const lines = (await operationsOf()).split('\n').filter((line) => line.startsWith('|'));
  const cells = (line = '') => line.split('|').map((cell) => cell.trim());
  const row = cells(lines.find((line) => line.startsWith(`| \`${operation}\``)));
  return Object.fromEntries(cells(lines[0]).map((column, index) => [column, row[index] ?? '']));
}

beforeEach(async () => {
  await mkdir(file('src'));
  await mkdir(file('web/parts'), { recursive: true });
  await writeFile(file('web/notes.graphql'), documents);
  await write(sdl, `groupSets: [['READER', 'WRITER']]`);
});

describe('gatehouse operations check', () => {
  it('writes the verdict about each operation for each kind of viewer, its cost and deprecated fields', async () => {
    expect(await check('--write')).toMatchObject({
      code: 0,
      stdout: `wrote ${file('operations.md')}\n`,
    });
    expect(await operationsOf()).toContain('\n## web\n');
    expect(await rowOf('Titles')).toMatchObject({
      cost: '21',
      deprecated: '`Note.name`',
      anonymous: 'refused: Query.notes',
      authenticated: 'depends: Query.notes(hidden:) with $hidden',
      'API client': 'depends: Query.notes(hidden:) with $hidden',
      WRITER: 'allowed',
      READER: 'depends: Query.notes(hidden:) with $hidden',
    });
    expect(await rowOf('Texts')).toMatchObject({
      deprecated: '',
      authenticated: 'depends: Note.text with $full',
      WRITER: 'depends: Note.text with $full',
      READER: 'allowed',
      'READER + WRITER': 'allowed',
    });
    expect(await rowOf('Count')).toMatchObject({ cost: '30', anonymous: 'allowed' });
    expect(await check()).toMatchObject({
      code: 0,
      stdout: `${file('operations.md')} is up to date with the schema.\n`,
    });
  });

  it('fails for a verdict that is worse, and names the line of SDL that refuses', async () => {
    await check('--write');
    await write(sdl.replace('title: String\n', 'title: String @auth(requires: [WRITER])\n'));
    const { code, stderr } = await check();
    expect(code).toBe(1);
    expect(stderr.split('\n')).toEqual([
      `${file('operations.md')}: operations are denied more:`,
      'worse    Texts (web) for authenticated, API client, ADMIN, AUDITOR: depends: Note.text with $full -> refused: Note.title',
      '         Note.title: @auth(requires: [WRITER]) (src/note.graphql:10)',
      'worse    Texts (web) for READER: allowed -> refused: Note.title',
      '         Note.title: @auth(requires: [WRITER]) (src/note.graphql:10)',
      'worse    Titles (web) for authenticated, API client, ADMIN, AUDITOR, READER: depends: Query.notes(hidden:) with $hidden -> refused: Note.title',
      '         Note.title: @auth(requires: [WRITER]) (src/note.graphql:10)',
      'If all are intended, write the file: gatehouse operations check --write',
      '',
    ]);
  });

  it('names the guard of a type, and what narrows or asks for a proof', async () => {
    await check('--write');
    await write(
      `${sdl.replace('type Note {', 'type Note @auth(rows: [AUTHOR]) @auth(maxAge: 600) {')}`,
    );
    const { code, stderr } = await check();
    expect(code).toBe(1);
    expect(stderr).toContain(
      [
        'worse    Texts (web) for READER, READER + WRITER: allowed -> allowed, narrowed, maxAge 600',
        '         Query.notes: @auth(rows: [AUTHOR]) (src/note.graphql:8)',
        '         Query.notes: @auth(maxAge: 600) (src/note.graphql:8)',
      ].join('\n'),
    );
  });

  it('passes when operations open, and says so', async () => {
    await check('--write');
    await write(sdl.replace('[Note!]! @auth', '[Note!]! @public'));
    const { code, stdout } = await check();
    expect(code).toBe(0);
    expect(stdout).toContain(
      'opens    Titles (web) for anonymous: refused: Query.notes -> depends: Query.notes(hidden:) with $hidden\n',
    );
    expect(stdout).toContain('differs, and nothing is worse. Review each change, and write it:');
  });

  it('lists operations that are new or gone', async () => {
    await check('--write');
    await writeFile(file('web/notes.graphql'), documents.replace('query Count', 'query Total'));
    expect(await check()).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^new {6}Total \(web\)\ngone {5}Count \(web\)\n/),
    });
  });

  it('fails for an operation that is not valid any more, also in `check`', async () => {
    await check('--write');
    await gatehouse.runHere([...project(), 'access-matrix', '--write']);
    await write(sdl.replace('  title: String\n', ''));
    const problem = 'web/notes.graphql:4: Texts: Cannot query field "title" on type "Note".';
    expect(await check()).toMatchObject({ code: 1, stderr: expect.stringContaining(problem) });
    expect(await check('--write')).toMatchObject({ code: 1 });
    const { code, stderr } = await gatehouse.runHere([...project(), 'check']);
    expect([code, stderr]).toEqual([1, expect.stringContaining(problem)]);
  });

  it.each([
    {
      kind: 'a manifest of Apollo',
      json: {
        format: 'apollo-persisted-query-manifest',
        version: 1,
        operations: [{ id: '1', name: 'Count', type: 'query', body: 'query Count { count }' }],
      },
    },
    { kind: 'texts by id', json: { sha256: 'query Count { count }' } },
  ])('reads $kind', async ({ json }) => {
    await writeFile(file('persisted.json'), JSON.stringify(json));
    await check('--write', file('persisted.json'));
    expect(await operationsOf()).toContain('## persisted.json');
    expect(await rowOf('Count')).toMatchObject({ anonymous: 'allowed' });
  });

  it.each([
    { name: 'a.graphql', text: 'query A { ', problem: 'a.graphql:1:11: Syntax Error' },
    { name: 'a.graphql', text: '{ count }', problem: 'a.graphql: an operation has no name' },
    {
      name: 'a.graphql',
      text: 'query A { count } query A { count }',
      problem: 'a.graphql: two operations are named A',
    },
    {
      name: 'a.graphql',
      text: 'query A { count ...B } fragment B on Query { count } fragment B on Query { count }',
      problem: 'a.graphql: two fragments are named B',
    },
    { name: 'a.json', text: '{', problem: 'a.json: it is neither a .graphql file nor JSON' },
    { name: 'a.json', text: '{ "id": 1 }', problem: 'a.json: it is neither a manifest' },
    { name: 'a.json', text: '{ "id": "{" }', problem: 'a.json: Syntax Error' },
  ])('refuses $text in $name', async ({ name, text, problem }) => {
    await writeFile(file(name), text);
    const { code, stderr } = await check('--write', file(name));
    expect([code, stderr]).toEqual([1, expect.stringContaining(problem)]);
  });

  it('refuses a file that is not there, and a folder without operations', async () => {
    expect((await check(file('lost.graphql'))).stderr).toContain('lost.graphql: ENOENT');
    expect((await check(file('web/parts'))).stderr).toContain('the folder has no .graphql file');
    expect((await check()).stderr).toContain('operations.md is missing. Write it:');
  });

  it('refuses to check nothing', async () => {
    await write(sdl, '', []);
    expect(await check()).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("missing required argument 'files'"),
    });
  });

  it('prints the change of access as one comment, against the files of another folder', async () => {
    await check('--write');
    await gatehouse.runHere([...project(), 'access-matrix', '--write']);
    await mkdir(file('base'));
    for (const name of ['access-matrix.md', 'operations.md'])
      await rename(file(name), file(`base/${name}`));
    await write(sdl.replace('title: String\n', 'title: String @auth(requires: [WRITER])\n'));
    await check('--write');
    await gatehouse.runHere([...project(), 'access-matrix', '--write']);
    const comment = ['check', '--format', 'markdown'];
    const same = await gatehouse.runHere([...project(), ...comment]);
    expect(same.stdout).toBe(
      '## Access\n\n### Access matrix\n\nNo change.\n\n### Operations\n\nNo change.\n',
    );
    const { stdout } = await gatehouse.runHere([...project(), ...comment, '--base', file('base')]);
    expect(stdout).toContain('### Access matrix\n\n```text\nchanged  Note.title: requirement');
    expect(stdout).toContain('```\n\n### Operations\n\n```text\nworse    Texts (web) for');
  });

  it('refuses a set with an unknown group', async () => {
    await write(sdl, `groupSets: [['READERS']]`);
    const { code, stderr } = await check('--write');
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('groupSets: READERS is not in the enum Group'),
    ]);
  });
});

describe('gatehouse operations usage', () => {
  const usage = async (...words: readonly string[]) =>
    gatehouse.runHere([...project(), 'operations', 'usage', ...words]);

  it('shows when each version was last seen, and last needed', async () => {
    await mkdir(file('operations'));
    const count = 'query Count { count }';
    await writeFile(file('operations/web@1.json'), JSON.stringify({ a: count, b: '{ count }' }));
    await writeFile(file('operations/web@2.json'), JSON.stringify({ a: count }));
    await writeFile(file('operations/shop@1.json'), JSON.stringify({ c: '{ c: count }' }));
    const { url, stop } = await gatehouse.serveHere({ OPERATIONS: 'known' }, project());
    const ask = async (body: object, headers = {}) => {
      const sent = { 'content-type': 'application/json', ...headers };
      const init = { method: 'POST', headers: sent, body: JSON.stringify(body) };
      return (await fetch(`${url}/graphql`, init)).status;
    };
    expect(await ask({ query: '{ count }' })).toBe(200);
    const client = { 'apollographql-client-name': 'web', 'apollographql-client-version': '2' };
    expect(await ask({ documentId: 'a' }, client)).toBe(200);
    await stop();
    await rename(file('operations/web@1.json'), file('web@1.json'));
    const time = /\d{4}-\d\d-\d\dT[\d:.]+Z/;
    const { stdout, code } = await usage();
    expect(code).toBe(0);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.replaceAll(new RegExp(time, 'g'), 'TIME')),
    ).toEqual([
      'APP   VERSION  FILE  LAST SEEN                 LAST NEEDED',
      'shop  1        yes   never                     never',
      'web   1        no    TIME  TIME',
      'web   2        yes   TIME  never',
    ]);
    const { versions } = JSON.parse((await usage('--json')).stdout);
    expect(versions[1]).toMatchObject({ app: 'web', version: '1', hasFile: false });
  });

  it('fails without the folder, as doctor says', async () => {
    await gatehouse.prepareDataDir();
    const missing = expect.stringContaining('operations does not exist');
    expect(await usage()).toMatchObject({ code: 1, stderr: missing });
    const doctor = () => gatehouse.runHere([...project(), 'doctor'], { OPERATIONS: 'report' });
    expect((await doctor()).stdout).toEqual(missing);
    await mkdir(file('operations'));
    await writeFile(file('operations/web@1.json'), JSON.stringify({ a: '{ count }' }));
    expect((await doctor()).stdout).toContain('operations: 1 of web@1');
  });
});
