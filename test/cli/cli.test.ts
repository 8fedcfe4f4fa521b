import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { useGatehouse } from '../support/process.ts';
import { runCommand } from '../support/run-cli.ts';

const gatehouse = useGatehouse();

/** Settings that no server could start with. */
const wrong = { PORT: 'http' };

/** Runs a command here, with wrong settings. */
const run = (line: string) =>
  runCommand(line.split(' '), { environment: { DATA_DIR: gatehouse.dataDir(), ...wrong } });

describe('the process', () => {
  it('shows help, or says what is wrong, and ends with the code of the command', async () => {
    const [help, misspelt, failed] = await Promise.all([
      gatehouse.run(['--help'], wrong),
      gatehouse.run(['user', 'create', 'sam', '--password', 'secret'], wrong),
      gatehouse.run(['user', 'list'], wrong),
    ]);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain('Usage: gatehouse');
    expect(misspelt).toMatchObject({ code: 2, stdout: '' });
    expect(misspelt.stderr).toBe("error: unknown option '--password'\n");
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    expect(failed.stderr).toMatch(/^Invalid settings:\n {2}PORT /);
  });
});

describe('help', () => {
  it.each([
    ['--help', ['start', 'migrate', 'seed', 'user', 'client', 'session', 'keys', 'audit']],
    ['user --help', ['create', 'reset-password', 'grant']],
    ['user create --help', ['--password-stdin', '--generate-password', '--groups', '--json']],
    ['client --help', ['create', 'rotate', 'disable', 'list']],
    ['session end --help', ['--all-of <user>', '--json']],
    ['keys rotate --help', ['--lead-seconds', '--leaked', '--json']],
    ['audit prune --help', ['--before <date>', '--json']],
    ['start --help', ['start', 'SIGTERM']],
    ['migrate --help', ['--status', '--create <name>']],
    ['seed --help', ['seed', 'group']],
  ])('is given by `gatehouse %s`, whatever the settings', async (line, names) => {
    const { code, stdout, stderr } = await run(line);
    expect([code, stderr]).toEqual([0, '']);
    for (const name of names) expect(stdout).toContain(name);
    expect(existsSync(gatehouse.dataDir())).toBe(false);
  });
});

it('prints the version, and suggests the command that was meant', async () => {
  const { version } = createRequire(import.meta.url)('../../package.json');
  expect(await run('--version')).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  expect(await run('usr')).toMatchObject({
    code: 2,
    stderr: "error: unknown command 'usr' (did you mean user?)\n",
  });
  expect(await run('frobnicate')).toMatchObject({
    code: 2,
    stderr: "error: unknown command 'frobnicate'\n",
  });
});

describe('a command that is put together wrongly', () => {
  it.each([
    ['serv'],
    ['--port 4000'],
    ['migrate --force'],
    ['migrate --create'],
    ['seed now'],
    ['user'],
    ['user create'],
    ['user create sam'],
    ['user create sam --password secret'],
    ['user create sam --password-stdin --generate-password'],
    ['user grant sam BOSS'],
    ['user grant sam STAFF --expires-at tomorrow'],
    ['user list --first ten'],
    ['client create panel'],
    ['session end'],
    ['session end 1 --all-of sam'],
    ['audit prune'],
    ['audit prune --before 2026-02-30'],
    ['keys rotate --lead-seconds soon'],
    ['keys rotate --leaked --lead-seconds 100'],
    ['schema --anonymous --federation'],
  ])('ends with code 2, a message and nothing done: `gatehouse %s`', async (line) => {
    const { code, stdout, stderr } = await run(line);
    expect(stderr).not.toBe('');
    expect(stderr).not.toContain('    at ');
    expect([code, stdout]).toEqual([2, '']);
    expect(existsSync(gatehouse.dataDir())).toBe(false);
  });
});

describe('a command that fails', () => {
  it('ends with code 1, and with one document when that was asked for', async () => {
    const environment = { DATA_DIR: gatehouse.dataDir() };
    const settings = await run('user list --json');
    const database = await runCommand(['user', 'list', '--json'], { environment });
    const [wrongSettings, noDatabase] = [settings, database].map(({ stdout }) =>
      JSON.parse(stdout),
    );
    expect([settings.code, database.code]).toEqual([1, 1]);
    expect(wrongSettings.error).toMatchObject({
      code: 'FAILED',
      message: expect.stringContaining('PORT'),
    });
    expect(noDatabase.error.message).toMatch(/^No database in /);
    expect(existsSync(gatehouse.dataDir())).toBe(false);
  });
});

describe('a command with --json', () => {
  it.each([
    { line: 'user create bob', says: 'No terminal available' },
    { line: 'user reset-password bob', says: 'No terminal available' },
    { line: 'user create bob --groups NOPE', says: 'The groups are ADMIN' },
    { line: 'user create', says: "missing required argument 'username'" },
    { line: 'session end', says: 'Specify what to end' },
    { line: 'audit prune', says: "required option '--before <date>' not specified" },
    { line: 'users list', says: "unknown command 'users' (did you mean user?)" },
  ])(
    'that is put together wrongly is one document of code USAGE: $line',
    async ({ line, says }) => {
      const { code, stdout } = await run(`${line} --json`);
      const { error } = JSON.parse(stdout);
      expect([code, error.code]).toEqual([2, 'USAGE']);
      expect(error.message).toContain(says);
      expect(error.message).not.toMatch(/^error/);
    },
  );

  it('is one document of what failed before anything was asked of the database', async () => {
    const tooLong = await gatehouse.runHere(
      ['user', 'create', 'bob', '--password-stdin', '--json'],
      {},
      'p'.repeat(4097),
    );
    const message = 'Standard input is too long for a password.';
    expect(JSON.parse(tooLong.stdout)).toEqual({ error: { code: 'FAILED', message } });
    expect(tooLong).toMatchObject({ code: 1, stderr: `${message}\n` });

    const file = `${gatehouse.dataDir()}/missing.md`;
    const unread = await run(`access-matrix --check --json --file ${file}`);
    expect(JSON.parse(unread.stdout)).toMatchObject({ error: { code: 'FAILED' } });
    expect(unread.code).toBe(1);
  });

  it('is one document when the findings are the failure', async () => {
    const { code, stdout } = await run('config --json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ problems: [expect.stringContaining('PORT')] });
  });

  it('takes a word after -- for a word', async () => {
    const { code, stdout } = await run('user create -- --json');
    expect([code, stdout]).toEqual([2, '']);
  });
});
