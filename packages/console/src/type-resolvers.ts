import type { GroupReport, PackageReports, ViewReport, WaysReport } from 'graphql-gatehouse';

type Matrix = Awaited<ReturnType<PackageReports['accessMatrix']>>;
type MatrixRow = Matrix['rows'][number];
type Step = WaysReport['ways'][number]['steps'][number];

/** The health of the node, which is examined when a field asks for what that finds. */
export interface Health {
  readonly isDevelopment: boolean;
  readonly report: () => ReturnType<PackageReports['health']>;
}

export function toHealth(reports: PackageReports, isProduction: boolean): Health {
  let report: ReturnType<PackageReports['health']> | undefined;
  return {
    isDevelopment: !isProduction,
    report: () => {
      report ??= reports.health();
      return report;
    },
  };
}

/** The types of the console, where a report has another form or name. */
export const typeResolvers = {
  ConsoleMatrix: { notes: ({ notes = [] }: Matrix) => notes },
  ConsoleMatrixRow: { cells: ({ texts }: MatrixRow) => texts },
  ConsoleViewRow: {
    access: ({ texts: [text = ''] }: ViewReport['rows'][number]) => text,
    depends: ({ cells: [cell] }: ViewReport['rows'][number]) =>
      typeof cell === 'object' && cell.granted === undefined,
  },
  ConsoleStep: {
    on: ({ on }: Step) => on?.coordinate ?? null,
    guards: ({ guards, on }: Step) => [...guards, ...(on?.guards ?? [])],
  },
  ConsoleHealth: {
    checkedAt: async ({ report }: Health) => (await report()).checkedAt,
    versions: async ({ report }: Health) => (await report()).versions,
    checks: async ({ report }: Health) => (await report()).checks,
    keys: async ({ report }: Health) => (await report()).keys,
  },
  ConsoleGroup: { name: ({ column }: GroupReport) => column },
};
