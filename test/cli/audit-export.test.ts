import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { build, nodeSettings, repository } from '../support/process.ts';
import { runCommand } from '../support/run-cli.ts';
import { unpackDatabase } from '../support/unpack-database.ts';

const count = 2_500;

let folder = '';
/** The rows of the events, as the lines of an export. */
let lines: readonly string[] = [];

/** One database for all tests, which only read it. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-export-'));
  lines = await addEvents();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const file = (name: string) => join(folder, name);
const dataDir = () => file('data');

const run = (...words: readonly string[]) =>
  runCommand(['audit', 'export', ...words], { environment: { DATA_DIR: dataDir() } });

/** Adds events, one for each second of 2026. Returns their rows as the lines of an export. */
async function addEvents(): Promise<readonly string[]> {
  await unpackDatabase(dataDir());
  const database = await PGlite.create(join(dataDir(), 'database'));
  await database.query(
    `INSERT INTO gatehouse.audit_events (id, at, action, actor_kind, actor_id, subject_id, ip, detail)
     SELECT gatehouse.first_uuid_of(at), at, 'test.added', 'USER', gen_random_uuid(), NULL, '::1', 'ä "' || n
     FROM generate_series(1, $1::int) AS n, LATERAL (SELECT '2026-01-01Z'::timestamptz + n * INTERVAL '1 s' AS at) AS timed`,
    [count],
  );
  const { rows } = await database.query<Readonly<Record<string, unknown>>>(
    `SELECT id, at, action, actor_kind AS "actorKind", actor_id AS "actorId", subject_id AS "subjectId", ip, detail
     FROM gatehouse.audit_events ORDER BY id`,
  );
  await database.close();
  return rows.map((row) => `${JSON.stringify(row)}\n`);
}

it('writes each event of the log as one line, to standard output or a file', async () => {
  const toOutput = await run();
  expect(toOutput).toMatchObject({ code: 0, stderr: '' });
  expect(toOutput.stdout).toBe(lines.join(''));

  const output = file('events.jsonl');
  expect(await run('--output', output)).toEqual({
    code: 0,
    stdout: `wrote ${count} events to ${output}\n`,
    stderr: '',
  });
  expect(await readFile(output, 'utf8')).toBe(lines.join(''));
  expect((await stat(output)).mode & 0o777).toBe(0o600);

  const again = await run('--output', output);
  expect(again).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('exists') });
  expect(await readFile(output, 'utf8')).toBe(lines.join(''));
});

it('continues after an event, and keeps to a time', async () => {
  const { id }: { readonly id: string } = JSON.parse(lines[59] ?? '');
  expect((await run('--after', id)).stdout).toBe(lines.slice(60).join(''));
  const minute = ['--since', '2026-01-01T00:00:30Z', '--until', '2026-01-01T00:01:30Z'];
  expect((await run(...minute)).stdout).toBe(lines.slice(29, 89).join(''));
  expect((await run(...minute, '--after', id)).stdout).toBe(lines.slice(60, 89).join(''));
  expect(await run('--after', 'x')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: '`after` must be a UUID.\n',
  });
  const unused = file('unused.jsonl');
  const wrong = ['--since', '2026-02-01', '--until', '2026-01-01', '--output', unused];
  expect(await run(...wrong)).toMatchObject({ code: 1, stdout: '' });
  await expect(stat(unused)).rejects.toThrow('ENOENT');
  expect(await run('--since', 'x')).toMatchObject({ code: 2, stdout: '' });
});

it('shows its progress on a terminal', async () => {
  const output = file('shown.jsonl');
  const { code, stdout, stderr } = await runCommand(['audit', 'export', '--output', output], {
    environment: { DATA_DIR: dataDir() },
    isTerminal: true,
  });
  expect({ code, stdout }).toEqual({ code: 0, stdout: `wrote 2500 events to ${output}\n` });
  expect(stderr).toBe(
    '1000 events, up to 2026-01-01T00:16:40.000Z\r' +
      '2000 events, up to 2026-01-01T00:33:20.000Z\r' +
      '2500 events, up to 2026-01-01T00:41:40.000Z\r' +
      '2500 events, up to 2026-01-01T00:41:40.000Z\n',
  );
});

it('ends with code 1 when its reader closes the pipe, and leaves the database as it was', async () => {
  build();
  const exporting = spawn(
    process.execPath,
    [join(repository, 'dist', 'main.js'), 'audit', 'export'],
    {
      cwd: join(repository, 'examples', 'rooms'),
      env: { ...process.env, ...nodeSettings(), DATA_DIR: dataDir(), LOG_LEVEL: 'error' },
    },
  );
  let reported = '';
  exporting.stderr.setEncoding('utf8').on('data', (text: string) => (reported += text));
  exporting.stdout.once('data', () => exporting.stdout.destroy());
  const [code] = await once(exporting, 'close');
  const says = 'The reader closed the output: the export is incomplete.\n';
  expect({ code, reported }).toEqual({ code: 1, reported: says });
  expect((await run()).stdout).toBe(lines.join(''));
});
