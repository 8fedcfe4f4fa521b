import type { FormerSchema, SchemaSnapshot } from '../identity/access/access-history.store.ts';
import type { HealthReport, PackageReports } from '../schema/packages/package-reports.ts';
import type { SnapshotChanges } from './compare-snapshots.ts';
import type { ServerExamination } from './health-report.ts';
import type { ReportedSchema } from './reported-schema.ts';

export interface PackageReportsOptions extends ServerExamination {
  readonly reported: () => ReportedSchema;
  /** What this process serves. */
  readonly snapshot: () => SchemaSnapshot;
  readonly findFormer: (snapshot: SchemaSnapshot) => Promise<FormerSchema | undefined>;
}

/** Creates the reports for packages. Modules that only they need are loaded by the first call. */
export function createPackageReports({
  reported,
  snapshot,
  findFormer,
  ...examined
}: PackageReportsOptions): PackageReports {
  const data = once(async () =>
    (await import('./report-queue.ts')).createQueuedReports(reported()),
  );
  const matrix = once(async () => (await data()).accessMatrix());
  return {
    accessMatrix: matrix,
    accessChanges: createAccessChanges({ snapshot, findFormer }),
    groups: async () => (await data()).groups(),
    viewAs: async (groups) => (await data()).viewAs(groups),
    explainCoordinate: async (coordinate, maxWays, groups) =>
      (await data()).explainCoordinate(coordinate, maxWays, groups),
    explainGroup: async (group, beside) => (await data()).explainGroup(group, beside),
    operations: async () => (await data()).operations(),
    health: createHealth(examined),
  };
}

/** Compares only when another schema was served before than at the last call. */
function createAccessChanges({
  snapshot,
  findFormer,
}: Pick<PackageReportsOptions, 'snapshot' | 'findFormer'>): PackageReports['accessChanges'] {
  let latest: { readonly content: string; readonly changes: SnapshotChanges } | undefined;
  return async () => {
    const present = snapshot();
    const former = await findFormer(present);
    if (former === undefined) return null;
    const { content, ...times } = former;
    const { compareSnapshots } = await import('./compare-snapshots.ts');
    if (latest?.content !== content) {
      latest = { content, changes: compareSnapshots(content, present.content) };
    }
    return { ...times, ...latest.changes };
  };
}

/** How long what was found is reported. */
const keptMs = 10_000;

/** At most one examination at a time is in progress, however many ask. */
function createHealth(examined: ServerExamination): () => Promise<HealthReport> {
  let latest: { readonly report: Promise<HealthReport>; readonly until: number } | undefined;
  const examine = async () => (await import('./health-report.ts')).reportHealth(examined);
  return () => {
    const nowMs = examined.now().getTime();
    if (latest === undefined || latest.until <= nowMs) {
      const report = examine();
      latest = { report, until: Infinity };
      const keep = () => {
        latest = { report, until: examined.now().getTime() + keptMs };
      };
      report.then(keep, () => {
        latest = undefined;
      });
    }
    return latest.report;
  };
}

/** Returns a function that makes a value at its first call. A failed call is repeated by the next one. */
function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
