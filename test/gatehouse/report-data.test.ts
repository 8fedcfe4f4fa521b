import { expect, it } from 'vitest';
import { project } from '../../src/gatehouse/given.ts';
import { createParts } from '../../src/gatehouse/part.ts';
import { reportedAuthorization, schema } from '../../src/gatehouse/parts.ts';
import { createReportData } from '../../src/gatehouse/report-data.ts';
import { createSchemaReport } from '../../src/gatehouse/schema-report.ts';
import { roomsProject } from '../support/rooms-project.ts';

const { get } = createParts([project.as(roomsProject)]);
const data = createReportData({
  ...get(schema),
  project: roomsProject,
  guarded: get(reportedAuthorization),
});

/** Counts the turns of the event loop that other work gets meanwhile. */
async function turnsDuring<Result>(work: () => Promise<Result>) {
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
  const { column, ...explained } = createSchemaReport(roomsProject).explainGroup('ADMIN');
  expect(result).toEqual({ group: column, implies: [], ...explained });
  expect(turns).toBeGreaterThan(1);
});

it('explains a coordinate as the command does, and lets other work run meanwhile', async () => {
  const { turns, result } = await turnsDuring(() => data.explainCoordinate('User.id', 100));
  const { ways } = createSchemaReport(roomsProject).explainCoordinate('User.id', 100);
  expect(result?.ways.map(({ operation, verdicts }) => ({ operation, verdicts }))).toEqual(
    ways.map(({ operation, verdicts }) => ({ operation, verdicts })),
  );
  expect(turns).toBeGreaterThan(1);
});
