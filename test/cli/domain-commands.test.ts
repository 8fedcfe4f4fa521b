import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { coreCommands } from '../../src/schema/sdl/command-problems.ts';
import { useGatehouse } from '../support/process.ts';
import { describedProgram } from '../support/program.ts';
import { unpackDatabase } from '../support/unpack-database.ts';

const gatehouse = useGatehouse();
const file = (path: string) => join(gatehouse.folder(), path);
const run = (...words: readonly string[]) =>
  gatehouse.runHere(['--project', gatehouse.folder(), ...words]);

/** Leaves a file when it is loaded. The table is the domain's own. */
const config = `import { writeFileSync } from 'node:fs';
writeFileSync(new URL('loaded', import.meta.url), '');

const importNotes = async ({ db, change }, { text, more, ...options }) => {
  await change({ action: 'note.imported', detail: text }, (tx) =>
    tx.query('INSERT INTO public.notes (text) VALUES ($1)', [text]));
  const { rows } = await db.query('SELECT text FROM public.notes');
  return JSON.stringify([rows.map((row) => row.text), more, options]);
};

export default {
  domains: [{
    name: 'note',
    typeDefs: 'src/note.graphql',
    resolvers: { Query: { note: () => 'a note' } },
    commands: {
      'import-notes': {
        description: 'import notes',
        arguments: {
          text: { type: 'string', description: 'the text of the note' },
          more: { type: 'number', description: 'numbers', required: false, variadic: true },
        },
        options: {
          rowLimit: { type: 'number', description: 'the most rows', default: 100 },
          author: { type: 'string', description: 'who wrote it' },
          dryRun: { type: 'boolean', description: 'only look' },
        },
        run: importNotes,
      },
      'move-notes': {
        description: 'move notes',
        arguments: { count: { type: 'number', description: 'how many', default: 5 } },
        options: { to: { type: 'string', description: 'where to', required: true } },
        run: async (_context, input) => JSON.stringify(input),
      },
      'touch-notes': { description: 'change nothing', run: async () => undefined },
      'label add': {
        description: 'add a label',
        arguments: { name: { type: 'string', description: 'the name of the label' } },
        options: { color: { type: 'string', description: 'its color', default: 'blue' } },
        run: async (_context, { name, color }) => ['added', name, color].join(' '),
      },
      'label list': { description: 'list the labels', run: async () => 'no labels' },
      'break-notes': {
        description: 'fail',
        run: async () => { throw new Error('no such note'); },
      },
    },
  }],
  database: ({ pglite }) => ({
    client: pglite,
    transaction: (work) => pglite.transaction(work),
    query: (tx) => async (sql, values) => (await tx.query(sql, [...values])).rows,
  }),
};
`;

beforeEach(async () => {
  await mkdir(file('src'));
  await mkdir(file('prisma/migrations/20260101000000_notes'), { recursive: true });
  await writeFile(
    file('prisma/migrations/20260101000000_notes/migration.sql'),
    'CREATE TABLE notes (text text NOT NULL);\n',
  );
  await writeFile(file('src/note.graphql'), 'extend type Query { note: String! @public }\n');
  await writeFile(file('gatehouse.config.mjs'), config);
});

describe('a command of a domain, on a database', () => {
  beforeEach(async () => {
    await unpackDatabase(gatehouse.dataDir(), 'gatehouse');
    expect(await run('migrate')).toMatchObject({ code: 0 });
  });

  it('gets its values or defaults, writes by change as the system, and its text is printed', async () => {
    const options = ['--row-limit', '5', '--author=ada', '--dry-run'];
    const imported = await run('import-notes', 'first', '1', ...options, '--', '-2.5');
    const values = [['first'], [1, -2.5], { rowLimit: 5, author: 'ada', dryRun: true }];
    expect(imported).toEqual({ code: 0, stdout: `${JSON.stringify(values)}\n`, stderr: '' });
    const { stdout } = await run('audit', 'list', '--action', 'note.imported', '--json');
    expect(JSON.parse(stdout).events).toEqual([
      expect.objectContaining({ actorId: null, ip: null, detail: 'first' }),
    ]);

    const again = await run('import-notes', 'second');
    const defaults = { rowLimit: 100, dryRun: false };
    expect(JSON.parse(again.stdout)).toEqual([['first', 'second'], [], defaults]);
    const moved = await run('move-notes', '--to', 'attic');
    expect(JSON.parse(moved.stdout)).toEqual({ count: 5, to: 'attic' });
  });

  it('may be one of a group, and print nothing; and ends with code 1 and its message when it fails', async () => {
    const added = await run('label', 'add', 'urgent', '--color', 'red');
    expect(added).toEqual({ code: 0, stdout: 'added urgent red\n', stderr: '' });
    expect(await run('label', 'list')).toEqual({ code: 0, stdout: 'no labels\n', stderr: '' });
    expect(await run('touch-notes')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await run('break-notes')).toEqual({ code: 1, stdout: '', stderr: 'no such note\n' });
  });
});

describe('a command of a domain', () => {
  it.each([
    { words: ['import-notes'], says: "missing required argument 'text'" },
    { words: ['touch-notes', 'now'], says: 'too many arguments' },
    { words: ['touch-notes', '--all'], says: "unknown option '--all'" },
    { words: ['move-notes'], says: "required option '--to <string>' not specified" },
    { words: ['move-notes', 'x', '--to', 'y'], says: "'x' is invalid for argument 'count'" },
    { words: ['import-notes', 'a', '1', ' '], says: "' ' is invalid for argument 'more'" },
    {
      words: ['import-notes', 'a', '--row-limit', 'all'],
      says: "option '--row-limit <number>' argument 'all' is invalid. It is not a number.",
    },
    { words: ['import-note'], says: "unknown command 'import-note' (did you mean import-notes?)" },
    { words: ['usr'], says: "unknown command 'usr' (did you mean user?)" },
    { words: ['labl', 'add'], says: "unknown command 'labl' (did you mean label?)" },
    { words: ['label', 'ad'], says: "unknown command 'ad' (did you mean add?)" },
    { words: ['label', 'remove'], says: "unknown command 'remove'" },
    { words: ['label'], says: 'Usage: gatehouse label [options] [command]' },
    { words: ['label', 'add'], says: "missing required argument 'name'" },
    { words: ['label', '--color', 'red', 'add'], says: "unknown option '--color'" },
    { words: ['user', 'creat'], says: "unknown command 'creat' (did you mean create?)" },
  ])('refuses wrong words before the database is opened: $words', async ({ words, says }) => {
    const { code, stdout, stderr } = await run(...words);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(says)]);
    expect(existsSync(gatehouse.dataDir())).toBe(false);
  });

  it('needs a database that exists', async () => {
    const { code, stderr } = await run('touch-notes');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^No database in /)]);
  });

  it('is found wherever the project is named', async () => {
    for (const words of [
      ['import-note', '--project', gatehouse.folder()],
      [`--project=${gatehouse.folder()}`, 'import-note'],
    ]) {
      const { stderr } = await gatehouse.runHere(words);
      expect(stderr).toContain('did you mean import-notes?');
    }
  });

  it('is listed by the help, which shows core commands when the project is broken', async () => {
    for (const words of [['--help'], ['help']]) {
      expect((await run(...words)).stdout).toMatch(
        /^ {2}import-notes \[options\] <text> \[more\.\.\.\] +import/m,
      );
    }
    expect(existsSync(file('loaded'))).toBe(true);
    const { stdout: help } = await run('import-notes', '--help');
    for (const line of [
      /^Usage: gatehouse import-notes \[options\] <text> \[more\.\.\.\]$/m,
      /^ +text +the text of the note$/m,
      /^ +--row-limit <number> +the most rows \(default: 100\)$/m,
      /^ +--dry-run +only look$/m,
    ]) {
      expect(help).toMatch(line);
    }
    await writeFile(file('gatehouse.config.js'), 'throw new Error("broken");\n');
    const { code, stdout, stderr } = await run('--help');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('  audit ');
    expect(stdout).not.toContain('import-notes');
    expect(await run('import-notes', 'x')).toMatchObject({ code: 1, stderr: 'broken\n' });
  });

  it('of a group is shown by the help of its group', async () => {
    expect((await run('help')).stdout).toMatch(/^ {2}label +commands: add, list$/m);
    for (const words of [
      ['label', '--help'],
      ['help', 'label'],
      ['label', 'help'],
    ]) {
      const { code, stdout } = await run(...words);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^ {2}add \[options\] <name> +add a label$/m);
      expect(stdout).toMatch(/^ {2}list +list the labels$/m);
    }
    for (const words of [
      ['label', 'add', '--help'],
      ['label', 'help', 'add'],
    ]) {
      const { stdout } = await run(...words);
      expect(stdout).toMatch(/^Usage: gatehouse label add \[options\] <name>$/m);
    }
  });
});

describe('core commands', () => {
  it.each([['--version'], ['user', '--help'], ['keys', 'list'], ['usr', '--version']])(
    'do not load the project for the commands of domains: %s %s',
    async (...words) => {
      await run(...words);
      expect(existsSync(file('loaded'))).toBe(false);
    },
  );

  it('have the names that domains cannot use', () => {
    const program = describedProgram();
    const names = program.commands.map((command) => command.name());
    expect(['help', ...names].sort()).toEqual([...coreCommands].sort());
  });
});

const nameForm =
  'a name is one word, or two for a command of a group: lowercase letters, digits and hyphens, starting with a letter';

describe('commands that cannot be added', () => {
  it('are refused with the name of the domain, by a command, by check and by start', async () => {
    await unpackDatabase(gatehouse.dataDir(), 'gatehouse'); // otherwise the start makes one
    await writeFile(
      file('gatehouse.config.mjs'),
      `const command = { description: 'a command', run: async () => undefined };
const typeDefs = 'extend enum Group { WRITER }';
export default { domains: [
  { name: 'note', typeDefs, commands: {
    user: command, help: command, send: command, 'keys rename': command, 'box help': command,
    'box open': command, box: command, 'box  shut': command, 'box lid open': command,
  } },
  { name: 'mail', typeDefs: 'extend enum Group { SENDER }', commands: {
    send: command,
    Send_Mail: command,
    sort: { ...command, arguments: {
      by: { type: 'string', required: false }, 'the-file': { type: 'boolean' },
      rows: { type: 'number', variadic: true }, last: { type: 'string', default: 1 },
    } },
    pack: { ...command, arguments: { box: { type: 'string' } }, options: {
      box: { type: 'string' }, noLid: { type: 'boolean' }, project: { type: 'date' },
    } },
  } },
] };
`,
    );
    for (const words of [['send'], ['check'], ['start']]) {
      const { code, stderr } = await run(...words);
      expect([code, stderr.split('\n').slice(1, -1)]).toEqual([
        1,
        [
          '  commands: send: more than one domain has it (note, mail)',
          '  commands: box: it is also the first word of box help, box open, box  shut, box lid open',
          '  user: commands of the domain note: Gatehouse has a command with this name',
          '  help: commands of the domain note: Gatehouse has a command with this name',
          '  keys rename: commands of the domain note: Gatehouse has a command with this name',
          '  box help: commands of the domain note: Gatehouse has a command with this name',
          `  box  shut: commands of the domain note: ${nameForm}`,
          `  box lid open: commands of the domain note: ${nameForm}`,
          `  Send_Mail: commands of the domain mail: ${nameForm}`,
          ...[
            'the-file: a name is in camel case, such as rowLimit, and not like noLimit',
            'the-file: the type is string, number',
            'last: the default is no string',
            'the-file: a required argument cannot follow an optional one',
            'rows: only the last argument can be variadic',
            'rows: a required argument cannot follow an optional one',
          ].map((mistake) => `  sort: commands of the domain mail: ${mistake}`),
          ...[
            'box: both an argument and an option',
            'noLid: a name is in camel case, such as rowLimit, and not like noLimit',
            'project: every command has an option with this name',
            'project: the type is string, number, boolean',
          ].map((mistake) => `  pack: commands of the domain mail: ${mistake}`),
          'docs/reference/errors/schema.md#part-defined-twice',
          'docs/reference/errors/schema.md#invalid-command',
        ],
      ]);
    }
  });
});
