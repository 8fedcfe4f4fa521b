import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parseSync } from 'vite';
import { expect, it, vi } from 'vitest';
import { project } from '../../src/gatehouse/app-inputs.ts';
import { createParts } from '../../src/gatehouse/part.ts';
import { reportedAuthorization, schema } from '../../src/gatehouse/parts.ts';
import { createQueuedReports } from '../../src/gatehouse/report-queue.ts';
import { createSchemaReport } from '../../src/gatehouse/schema-report.ts';
import { roomsProject } from '../support/rooms-project.ts';

const { get } = createParts([project.as(roomsProject)]);
const data = createQueuedReports({
  ...get(schema),
  project: roomsProject,
  guarded: get(reportedAuthorization),
});

/**
 * Counts the turns of the event loop that other work gets meanwhile, on a clock by which each step takes longer than a
 * report may hold the loop: a fast machine does all of them in one turn.
 */
async function turnsDuring<Result>(work: () => Promise<Result>) {
  let time = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => {
    time += 1_000;
    return time;
  });
  let turns = 0;
  let isDone = false;
  const count = () => {
    if (isDone) return;
    turns += 1;
    setImmediate(count);
  };
  setImmediate(count);
  const result = await work();
  isDone = true;
  return { turns, result };
}

it('explains a group as the command does, and lets other work run meanwhile', async () => {
  const { turns, result } = await turnsDuring(() => data.explainGroup('ADMIN'));
  expect(result).toEqual(createSchemaReport(roomsProject).explainGroup('ADMIN'));
  expect(turns).toBeGreaterThan(10);
});

it('explains a coordinate as the command does, and lets other work run meanwhile', async () => {
  const { turns, result } = await turnsDuring(() => data.explainCoordinate('User.id', 100));
  const { ways } = createSchemaReport(roomsProject).explainCoordinate('User.id', 100);
  expect(result?.ways).toEqual(ways);
  expect(turns).toBeGreaterThanOrEqual(ways.length);
});

/** Returns the files of `src` that are loaded with one, by its imports and exports that are no types. */
function loadedWith(entry: string): ReadonlySet<string> {
  const loaded = new Set([entry]);
  // A set also iterates over what is added meanwhile.
  for (const path of loaded) {
    const { module } = parseSync(path, readFileSync(join('src', path), 'utf8'));
    const requests = [
      ...module.staticImports.map(({ moduleRequest, entries }) => ({ moduleRequest, entries })),
      ...module.staticExports.flatMap(({ entries }) =>
        entries.map((each) => ({ moduleRequest: each.moduleRequest, entries: [each] })),
      ),
    ];
    for (const { moduleRequest, entries } of requests) {
      const isType = entries.length > 0 && entries.every((each) => each.isType);
      const from = moduleRequest?.value;
      if (isType || !from?.startsWith('.')) continue;
      loaded.add(posix.normalize(posix.join(posix.dirname(path), from)));
    }
  }
  return loaded;
}

it('is not loaded with the server, nor is what examines its health', () => {
  const loaded = loadedWith('gatehouse/app.ts');
  expect(loaded).toContain('gatehouse/package-reports.ts');
  const late = [
    'gatehouse/report-queue.ts',
    'gatehouse/compare-snapshots.ts',
    'gatehouse/health-report.ts',
    'doctor/examine.ts',
  ];
  expect(late.filter((path) => loaded.has(path))).toEqual([]);
  for (const path of late) expect(loadedWith(path)).toContain(path);
});
