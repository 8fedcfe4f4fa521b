import { expect, it } from 'vitest';
import { recordFigure } from '../../scripts/figures/figures.ts';
import {
  measure,
  type OperationCost,
  readConsoleOperations,
  startConsoleWorld,
} from '../support/console-growth.ts';
import {
  type ConsoleCase,
  consoleCases,
  unmeasuredOperations,
} from '../support/console-operations.ts';

/**
 * `npm run proof -- console-growth`: sends each operation of the console's pages to a server with 1,000 users and to one
 * with USERS, and counts statements and the pages of 8 KB that they read. Needs `TEST_DATABASE_URL`.
 */
const small = 1_000;
const users = Number(process.env.USERS ?? 1_000_000);

/** What deeper indexes take, of which an operation reads some at several places. */
const deeperIndexes = 100;
const mostTimes = 3;

interface Row {
  readonly asked: ConsoleCase;
  readonly small: OperationCost;
  readonly large: OperationCost;
}

it.skipIf(process.env.TEST_DATABASE_URL === undefined)(
  `each operation of the console reads as much with ${users} users as with ${small}`,
  async () => {
    const measured = new Set(consoleCases.map(({ operation }) => operation));
    expect([...measured, ...unmeasuredOperations].sort()).toEqual(
      [...(await readConsoleOperations()).keys()].sort(),
    );
    const ofSmall = await measureAll({ users: small, sessions: 100 });
    const ofLarge = await measureAll({ users, sessions: Math.max(100, users / 10) });
    const rows = consoleCases.flatMap((asked, index) => {
      const [one, other] = [ofSmall[index], ofLarge[index]];
      return one === undefined || other === undefined ? [] : [{ asked, small: one, large: other }];
    });
    expect(rows).toHaveLength(consoleCases.length);
    process.stdout.write(toTable(rows));
    expect(rows.flatMap(findGrowth)).toEqual([]);
    if (users < 1_000_000) return;
    const searches = rows.filter(({ asked }) => asked.title.startsWith('people, '));
    recordFigure(
      'console-growth.search-blocks',
      Math.max(...searches.map(({ large }) => large.blocks)),
    );
  },
);

async function measureAll(sizes: { users: number; sessions: number }): Promise<OperationCost[]> {
  const startedMs = performance.now();
  const world = await startConsoleWorld(sizes);
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(0);
  process.stdout.write(`${sizes.users} users: filled in ${seconds} s\n`);
  try {
    const costs: OperationCost[] = [];
    for (const asked of consoleCases) costs.push(await measure(world, asked));
    return costs;
  } finally {
    await world.close();
  }
}

function findGrowth({ asked, small: few, large: many }: Row): readonly string[] {
  const most = asked.most ?? {
    statements: few.statements,
    blocks: mostTimes * few.blocks + deeperIndexes,
  };
  const isSame = asked.most !== undefined || many.statements === few.statements;
  return [
    ...(isSame && many.statements <= most.statements
      ? []
      : [`${asked.title}: ${few.statements} and ${many.statements} statements`]),
    ...(many.blocks <= most.blocks
      ? []
      : [`${asked.title}: ${many.blocks} blocks, of at most ${most.blocks}`]),
  ];
}

function toTable(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ asked }) => asked.title.length));
  const line = (cells: readonly (string | number)[]) =>
    `${cells.map((cell, index) => (index === 0 ? String(cell).padEnd(width) : String(cell).padStart(16))).join('')}\n`;
  return [
    line(['operation', 'statements', `blocks, ${small}`, `${users}`, 'ratio']),
    ...rows.map(({ asked, small: few, large: many }) =>
      line([
        asked.title,
        few.statements === many.statements
          ? few.statements
          : `${few.statements}, ${many.statements}`,
        few.blocks,
        many.blocks,
        few.blocks === 0 ? '-' : (many.blocks / few.blocks).toFixed(2),
      ]),
    ),
  ].join('');
}
