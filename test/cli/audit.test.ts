import { randomBytes } from 'node:crypto';
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
  const { database, close } = await gatehouse.connect();
  for (let day = 0; day < count; day += 1) {
    const at = new Date(Date.parse('2026-01-01T12:00:00Z') - day * 24 * 60 * 60 * 1000);
    const id = createUuid(at, randomBytes);
    await database.$executeRaw`INSERT INTO gatehouse.audit_events (id, at, action)
      VALUES (${id}::uuid, ${at}, 'login.failed')`;
  }
  await close();
}

/** Reads of one record, one a day. */
async function addReads(days: readonly string[]): Promise<void> {
  const { database, close } = await gatehouse.connect();
  for (const day of days) {
    const at = new Date(day);
    const id = createUuid(at, randomBytes);
    await database.$executeRaw`
      INSERT INTO gatehouse_rights.reads (id, at, coordinate, type, ids, operation, request_id)
      VALUES (${id}::uuid, ${at}, 'Invoice.total', 'Invoice', '{i1,i2}', 'invoices', 'r1')`;
  }
  await close();
}

it('exports and prunes the log of a package, such as reads', async () => {
  await gatehouse.prepareDatabase();
  await addEvents(1);
  await addReads(['2026-01-01T08:00:00Z', '2026-01-02T08:00:00Z', '2026-01-02T09:00:00Z']);
  const exported = await commandHere('export', '--log', 'reads');
  const rows = exported.stdout.trim().split('\n');
  expect(rows.map((row) => JSON.parse(row))).toMatchObject([
    { at: '2026-01-01T08:00:00.000Z', coordinate: 'Invoice.total', ids: ['i1', 'i2'] },
    { at: '2026-01-02T08:00:00.000Z', type: 'Invoice', actorId: null },
    { at: '2026-01-02T09:00:00.000Z', operation: 'invoices', requestId: 'r1' },
  ]);
  const { id }: { readonly id: string } = JSON.parse(rows[1] ?? '');
  expect((await commandHere('export', '--log', 'reads', '--after', id)).stdout).toBe(
    `${rows[2]}\n`,
  );

  expect(await run('prune', '--log', 'reads', '--before', '2026-01-02T08:00:00Z')).toEqual({
    pruned: 1,
    before: '2026-01-02T08:00:00.000Z',
  });
  expect((await commandHere('export', '--log', 'reads')).stdout).toBe(`${rows[1]}\n${rows[2]}\n`);
  expect((await run('list')).events).toMatchObject([
    { action: 'reads.pruned', detail: '1 reads before 2026-01-02T08:00:00.000Z; command line' },
    { action: 'login.failed' },
  ]);
  expect(await commandHere('export', '--log', 'writes')).toMatchObject({
    code: 1,
    stderr: 'There is no log writes. The logs are audit, reads.\n',
  });
});

it('lists events in pages, and prunes them up to a moment', async () => {
  await gatehouse.prepareDatabase();
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
