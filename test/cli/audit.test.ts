import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { expect, it } from 'vitest';
import { createUuid } from '../../src/values/uuid.ts';
import { useGatehouse } from '../support/process.ts';

const gatehouse = useGatehouse();

const idOfNone = '01900000-0000-7000-8000-000000000000';

const commandHere = (...words: readonly string[]) => gatehouse.runHere(['audit', ...words]);

/** Runs a command with `--json` that is to succeed, and gives its document. */
async function run(...words: readonly string[]) {
  const exit = await commandHere(...words, '--json');
  expect(exit).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(exit.stdout);
}

/** One event a day, the last of them at noon of the first day of 2026. */
async function addEvents(count: number): Promise<void> {
  const database = await PGlite.create(join(gatehouse.dataDir(), 'database'));
  for (let day = 0; day < count; day += 1) {
    const at = new Date(Date.parse('2026-01-01T12:00:00Z') - day * 24 * 60 * 60 * 1000);
    const id = createUuid(at, randomBytes);
    const values = [id, at, 'login.failed'];
    await database.query(
      'INSERT INTO gatehouse.audit_events (id, at, action) VALUES ($1, $2, $3)',
      values,
    );
  }
  await database.close();
}

it('lists events in pages, and prunes them up to a moment', async () => {
  await gatehouse.prepareDataDir();
  await addEvents(5);
  const page = await run('list', '--action', 'login.failed', '--first', '2');
  expect(page.events.map(({ at }: { at: string }) => at)).toEqual([
    '2026-01-01T12:00:00.000Z',
    '2025-12-31T12:00:00.000Z',
  ]);

  const days = ['--since', '2025-12-29', '--until', '2025-12-31'];
  expect((await run('list', ...days)).events).toHaveLength(2);
  expect((await run('list', '--actor', idOfNone)).events).toEqual([]);
  expect((await run('list', '--subject', idOfNone, ...days)).events).toEqual([]);
  for (const refused of [
    ['--actor', 'unknown-user'],
    ['--actor', idOfNone, '--action', 'login.failed'],
  ]) {
    expect(await commandHere('list', ...refused)).toMatchObject({ code: 1, stdout: '' });
  }

  expect(await run('prune', '--before', '2025-12-31T12:00:00Z')).toEqual({
    pruned: 3,
    before: '2025-12-31T12:00:00.000Z',
  });
  const left = await commandHere('list', '--first', '2');
  const [head, ...rows] = left.stdout.split('\n');
  expect(head).toMatch(/^AT +ACTION +ACTOR +SUBJECT +ADDRESS +DETAIL$/);
  const detail = '3 events before 2025-12-31T12:00:00.000Z; command line';
  expect(rows).toEqual([
    expect.stringMatching(new RegExp(`audit.pruned .* ${detail}$`)),
    expect.stringMatching(/^2026-01-01T12:00:00.000Z {2}login.failed/),
    expect.stringMatching(/^More: --after \S+$/),
    '',
  ]);
  const next = await run('list', '--after', rows[2]?.replace('More: --after ', '') ?? '');
  expect(next.events).toMatchObject([{ at: '2025-12-31T12:00:00.000Z' }]);

  const nameless = await commandHere('list', '--action', '');
  expect(nameless).toMatchObject({ code: 1, stdout: '' });
  const future = await commandHere('prune', '--before', '2999-01-01');
  expect(future).toMatchObject({ code: 1, stdout: '' });
});
