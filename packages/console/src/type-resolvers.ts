import type { GroupReport, PackageReports, ViewReport, WaysReport } from 'graphql-gatehouse';

type Matrix = Awaited<ReturnType<PackageReports['accessMatrix']>>;
type MatrixRow = Matrix['rows'][number];
type Step = WaysReport['ways'][number]['steps'][number];

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
  ConsoleGroup: { name: ({ column }: GroupReport) => column },
};
