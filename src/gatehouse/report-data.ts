import { setImmediate } from 'node:timers/promises';
import {
  ExplainError,
  listGroupRights,
  printAccess,
  printRequirement,
  printVerdict,
} from '@graphql-gatehouse/authorization/reports';
import type { Steps } from '../schema/packages/composed-schema.ts';
import type {
  GroupReport,
  GroupSummary,
  MatrixReport,
  OperationsReport,
  ViewReport,
  WayStepReport,
  WaysReport,
} from '../schema/packages/package-reports.ts';
import type { ReportedSchema } from './composed-schema.ts';
import { createReports, type ExplainedCoordinate } from './reports.ts';

/** Creates the reports of a schema as plain data. */
export function createReportData(reported: ReportedSchema) {
  const reports = createReports(reported);
  const { groups, guarded } = reported;
  const impliedBy = (name: string): readonly string[] =>
    groups.inEffect([name]).filter((each) => each !== name);

  return {
    accessMatrix(): MatrixReport {
      const { columns, rows, notes } = reports.accessMatrix();
      return {
        columns,
        rows: rows.map(({ cells, ...row }) => ({ ...row, cells: cells.map(printAccess) })),
        notes,
      };
    },
    groups(): readonly GroupSummary[] {
      const type = guarded.source.getType('Group');
      const values = type !== undefined && 'getValues' in type ? type.getValues() : [];
      return values.map(({ name, description = null }) => ({
        name,
        description,
        implies: impliedBy(name),
      }));
    },
    viewAs: (names: readonly string[] | null): Promise<ViewReport | undefined> =>
      orUndefined(async () => {
        const held = names && groups.inEffect(names);
        const { rows, ...operations } = await takeTurns(reports.viewAs(names));
        return {
          groups: held,
          rows: rows.map(({ cells: [cell = 'denied'], ...row }) => ({
            ...row,
            access: printAccess(cell),
            depends: typeof cell === 'object' && cell.granted === undefined,
          })),
          ...operations,
        };
      }),
    explainCoordinate: (coordinate: string, maxWays: number): Promise<WaysReport | undefined> =>
      orUndefined(async () =>
        toWaysReport(await takeTurns(reports.explainCoordinate(coordinate, maxWays))),
      ),
    explainGroup: (group: string): Promise<GroupReport | undefined> =>
      orUndefined(async () => {
        const { column: _column, ...explained } = await takeTurns(reports.explainGroup(group));
        return { group, implies: impliedBy(group), ...explained };
      }),
    groupRights: () => listGroupRights(guarded.source, guarded.requirements),
    async operations(): Promise<OperationsReport | null> {
      const steps = reports.operations();
      if (steps === undefined) return null;
      const { registry, problems } = await takeTurns(steps);
      const files = registry.files.map(({ name, operations }) => ({
        name,
        operations: operations.map(({ cells, ...operation }) => ({
          ...operation,
          verdicts: cells.map(printVerdict),
        })),
      }));
      return { columns: registry.columns, files, problems };
    },
  };
}

/** Returns undefined for what the schema does not have. */
async function orUndefined<Result>(explain: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await explain();
  } catch (error) {
    if (error instanceof ExplainError) return undefined;
    throw error;
  }
}

/** The time that a report may take of a turn of the event loop. */
const turnMs = 10;

/** The report that is made now, and those that wait: each takes the whole time that reports may take. */
let latest: Promise<unknown> = Promise.resolve();

/** Makes a report when those before it are made. */
function takeTurns<Result>(steps: Steps<Result>): Promise<Result> {
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

const toWaysReport = ({ ways, ...explained }: ExplainedCoordinate): WaysReport => ({
  ...explained,
  ways: ways.map(({ steps, ...way }) => ({ ...way, steps: steps.map(toStepReport) })),
});

type Step = ExplainedCoordinate['ways'][number]['steps'][number];

const toStepReport = ({
  coordinate,
  on,
  requirement,
  references,
  places,
}: Step): WayStepReport => ({
  coordinate,
  on: on?.coordinate ?? null,
  guards: [...requirement, ...(on?.requirement ?? [])].map((clause) => printRequirement([clause])),
  places,
  ids: references,
});
