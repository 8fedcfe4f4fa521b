import { createReadStream } from 'node:fs';
import { readFile, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordFigure } from '../../scripts/figures/figures.ts';
import { useGatehouse } from '../support/process.ts';
import { createPostgresDatabase, type PostgresDatabase } from '../support/test-database.ts';

/**
 * `npm run proof -- audit-export`: exports a large audit log by the command, with a small heap, while events are added;
 * and in pieces, killed again and again. Needs `TEST_DATABASE_URL`. `test/cli/audit-export.test.ts` exports a few events.
 */
const eventCount = Number(process.env.EVENTS ?? 500_000);
const heapMb = Number(process.env.HEAP_MB ?? 96);
const kills = Number(process.env.ROUNDS ?? 10);

describe.skipIf(process.env.TEST_DATABASE_URL === undefined)('the export of the audit log', () => {
  const gatehouse = useGatehouse();
  let database: PostgresDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    database = await createPostgresDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  const environment = () => ({
    DATABASE_URL: database.url,
    NODE_OPTIONS: `--max-old-space-size=${heapMb}`,
  });
  const exportTo = (path: string, ...more: string[]) =>
    gatehouse.start(['audit', 'export', '--output', path, ...more], environment());

  /** The numbers that the events of the file have, in its order. Other events were recorded by the commands. */
  async function numbersIn(path: string): Promise<readonly number[]> {
    const numbers: number[] = [];
    for await (const line of createInterface({ input: createReadStream(path) })) {
      const { action, detail } = JSON.parse(line);
      if (action === 'test.numbered') numbers.push(Number(detail));
    }
    return numbers;
  }

  it(`has ${eventCount} events once and in order, with a heap of ${heapMb} MB, and none that was added since`, async () => {
    expect((await gatehouse.run(['migrate'], environment())).code).toBe(0);
    await client.query(makePartitions);
    await client.query(addEvents, [0, eventCount]);
    const path = join(gatehouse.folder(), 'audit.jsonl');
    const startedMs = performance.now();
    const command = exportTo(path);
    await expect.poll(() => sizeOf(path), { interval: 5, timeout: 300_000 }).toBeGreaterThan(0);
    await client.query(addEvents, [eventCount, 1_000]);
    expect((await command.exited).code).toBe(0);
    const seconds = (performance.now() - startedMs) / 1_000;
    const numbers = await numbersIn(path);
    const megabytes = Number(((await sizeOf(path)) / 1e6).toFixed(0));
    process.stdout.write(`${numbers.length} events, ${megabytes} MB, ${seconds.toFixed(1)} s\n`);
    expect(numbers.length).toBe(eventCount);
    expect(numbers.findIndex((each, index) => each !== index)).toBe(-1);
    recordFigure('audit-export.events', eventCount);
    recordFigure('audit-export.megabytes', megabytes);
  }, 3_600_000);

  it(`is complete in pieces, each continued after the last event of one that was killed, ${kills} times`, async () => {
    const total = eventCount + 1_000;
    const numbers: number[] = [];
    let after: string[] = [];
    for (let round = 0; round <= kills; round += 1) {
      const path = join(gatehouse.folder(), `piece-${round}.jsonl`);
      const command = exportTo(path, ...after);
      if (round < kills) {
        await expect.poll(() => sizeOf(path), { interval: 1, timeout: 300_000 }).toBeGreaterThan(0);
        command.kill('SIGKILL');
      }
      const { code } = await command.exited;
      expect(code).toBe(round < kills ? null : 0);
      after = ['--after', await cutAfterLastLine(path)];
      for (const each of await numbersIn(path)) numbers.push(each);
    }
    process.stdout.write(`${kills} kills: ${numbers.length} of ${total} events\n`);
    expect(numbers.length).toBe(total);
    expect(numbers.findIndex((each, index) => each !== index)).toBe(-1);
  }, 3_600_000);
});

/** The partitions of a year. */
const makePartitions = `
  SELECT gatehouse.make_audit_partitions(now() - n * INTERVAL '1 month') FROM generate_series(0, 13) AS n`;

/** Adds `$2` events with consecutive numbers from `$1`, a second apart from each other, from a year ago. */
const addEvents = `
  INSERT INTO gatehouse.audit_events (id, at, action, detail)
  SELECT (left(gatehouse.first_uuid_of(at)::text, 13) || '-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
    at, 'test.numbered', n::text
  FROM generate_series($1::int, $1::int + $2::int - 1) AS n,
    LATERAL (SELECT now() - INTERVAL '1 year' + n * INTERVAL '1 second' AS at) AS timed`;

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

/** Removes a line that is not complete, and returns the id of the last event. */
async function cutAfterLastLine(path: string): Promise<string> {
  const text = await readFile(path, 'utf8');
  const end = text.lastIndexOf('\n');
  await truncate(path, Buffer.byteLength(text.slice(0, end + 1)));
  return JSON.parse(text.slice(text.lastIndexOf('\n', end - 1) + 1, end)).id;
}
