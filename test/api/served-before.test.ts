import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createAccessHistoryStore } from '../../src/identity/access/access-history.store.ts';
import { storeDependencies } from '../support/store-dependencies.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let connection: TestDatabase;
beforeAll(async () => {
  connection = await createTestDatabase();
});
afterAll(() => connection.close());

const digestOf = (content: string) => new Uint8Array(createHash('sha256').update(content).digest());

const minuteMs = 60_000;
let now: number;
beforeEach(async () => {
  now = Math.floor(Date.now() / minuteMs) * minuteMs;
  await connection.owner.migrations.query('DELETE FROM gatehouse.access_schema_runs');
});

/** A time, in minutes before now. */
const ago = (minutes: number) => new Date(now - minutes * minuteMs);

/** A run of a schema, between times in minutes before now. They are in the order in which they began. */
type Run = readonly [name: string, first: number, last: number];

async function addRuns(runs: readonly Run[]): Promise<void> {
  const { owner } = connection;
  for (const [name, first, last] of runs) {
    const digest = digestOf(name);
    await owner.database.accessSchema.createMany({
      data: { digest, schemaHash: '0', content: name },
      skipDuplicates: true,
    });
    await owner.database.accessSchemaRun.create({
      data: { digest, firstSeenAt: ago(first), lastSeenAt: ago(last) },
    });
  }
}

const servedBefore = (name: string) =>
  createAccessHistoryStore(storeDependencies({ database: connection.database })).servedBefore({
    digest: digestOf(name),
  });

interface Case {
  readonly when: string;
  readonly runs: readonly Run[];
  readonly of: string;
  /** Undefined: none is known. */
  readonly is?: readonly [name: string, since: number, isServed: boolean];
}

it.each<Case>([
  { when: 'there is no other', runs: [['A', 100, 0]], of: 'A' },
  { when: 'the history does not have the present one', runs: [['A', 100, 0]], of: 'B' },
  {
    when: 'it ended before',
    runs: [
      ['A', 100, 51],
      ['B', 50, 0],
    ],
    of: 'B',
    is: ['A', 51, false],
  },
  {
    when: 'other nodes still serve it, during a roll-out',
    runs: [
      ['A', 100, 0],
      ['B', 50, 0],
    ],
    of: 'B',
    is: ['A', 50, true],
  },
  {
    when: 'it is newer, which is no former one',
    runs: [
      ['A', 100, 0],
      ['B', 50, 0],
    ],
    of: 'A',
  },
  {
    when: 'the last roll-out was taken back while old nodes ran on',
    runs: [
      ['X', 200, 100],
      ['A', 100, 0],
      ['B', 50, 40],
    ],
    of: 'A',
    is: ['X', 100, false],
  },
  {
    when: 'the schema was served before, and comes back',
    runs: [
      ['A', 100, 51],
      ['B', 50, 21],
      ['A', 20, 0],
    ],
    of: 'A',
    is: ['B', 21, false],
  },
  {
    when: 'no node ran for a while, which changes nothing',
    runs: [
      ['A', 100, 51],
      ['B', 50, 40],
      ['B', 20, 0],
    ],
    of: 'B',
    is: ['A', 51, false],
  },
  {
    when: 'one of two ended long before',
    runs: [
      ['A', 100, 51],
      ['B', 90, 80],
      ['C', 50, 0],
    ],
    of: 'C',
    is: ['A', 51, false],
  },
  {
    when: 'two are still served: it is the one that began last',
    runs: [
      ['A', 100, 0],
      ['B', 90, 1],
      ['C', 50, 0],
    ],
    of: 'C',
    is: ['B', 50, true],
  },
  {
    when: 'its nodes were not seen for minutes and are seen again',
    runs: [
      ['A', 100, 60],
      ['B', 50, 0],
      ['A', 40, 0],
    ],
    of: 'B',
    is: ['A', 60, true],
  },
])('the schema that was served before, when $when', async ({ runs, of, is }) => {
  await addRuns(runs);
  const found = await servedBefore(of);
  expect(found).toEqual(is && { content: is[0], since: ago(is[1]), isServed: is[2] });
});
