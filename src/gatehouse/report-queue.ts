import { setImmediate } from 'node:timers/promises';
import { ExplainError } from '@graphql-gatehouse/authorization/reports';
import type { Steps } from '../schema/packages/composed-schema.ts';
import type { PackageReports } from '../schema/packages/package-reports.ts';
import type { ReportedSchema } from './reported-schema.ts';
import { createReports } from './reports.ts';

/** Creates the reports of a schema for a server, which does other work meanwhile. */
export function createQueuedReports(reported: ReportedSchema) {
  const reports = createReports(reported);
  return {
    accessMatrix: reports.accessMatrix,
    groups: reports.groups,
    viewAs: (groups) => enqueue(reports.viewAs(groups)).catch(orUndefined),
    explainCoordinate: (coordinate, maxWays, groups?: readonly string[]) =>
      enqueue(reports.explainCoordinate(coordinate, maxWays, groups)).catch(orUndefined),
    explainGroup: (group, beside?: readonly string[]) =>
      enqueue(reports.explainGroup(group, beside)).catch(orUndefined),
    async operations() {
      const steps = reports.operations();
      return steps === undefined ? null : enqueue(steps);
    },
  } satisfies Partial<Record<keyof PackageReports, unknown>> &
    Pick<PackageReports, 'viewAs' | 'explainCoordinate' | 'explainGroup' | 'operations'>;
}

/** Returns undefined for what the schema does not have. */
function orUndefined(error: unknown): undefined {
  if (!(error instanceof ExplainError)) throw error;
}

/** The time that a report may take of a turn of the event loop. */
const turnMs = 10;

/** The report that is made now, and those that wait: each takes the whole time that reports may take. */
let latest: Promise<unknown> = Promise.resolve();

/** Makes a report when those before it are made. */
function enqueue<Result>(steps: Steps<Result>): Promise<Result> {
  const made = latest.then(() => runSteps(steps));
  latest = made.catch(() => {});
  return made;
}

/** Runs the steps of a report, with the other work of the server between them. */
async function runSteps<Result>(steps: Steps<Result>): Promise<Result> {
  for (let since = performance.now(); ; ) {
    const { done, value } = steps.next();
    if (done === true) return value;
    if (performance.now() - since < turnMs) continue;
    await setImmediate();
    since = performance.now();
  }
}
