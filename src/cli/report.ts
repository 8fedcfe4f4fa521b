import { type Administration, administrate } from '../operator.ts';
import type { CliContext } from './command.ts';

/** The result of a command: a document for programs, and lines for people. */
export interface Report {
  readonly document: object;
  readonly lines: readonly string[];
}

/** How to show it. */
export interface ReportChoice {
  readonly json?: true;
}

/** Runs `work` and prints its report, with `--json` as one JSON document. `runCli` reports failures. */
export async function report(
  { print }: Pick<CliContext, 'print'>,
  { json }: ReportChoice,
  act: () => Promise<Report> | Report,
): Promise<void> {
  const { document, lines } = await act();
  if (json === true) print(toJson(document));
  else for (const line of lines) print(line);
}

/** A document for programs that people may read too. */
export const toJson = (document: object): string => JSON.stringify(document, undefined, 2);

/** Runs a command on the database, and prints its report. */
export const reportAdministration = (
  context: CliContext,
  choice: ReportChoice,
  act: (administration: Administration) => Promise<Report>,
): Promise<void> =>
  report(context, choice, async () =>
    administrate(
      { config: context.config(), logger: context.logger(), project: await context.project() },
      act,
    ),
  );

/** Formats rows as columns that are as wide as their widest cell. */
export function toTable(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows.reduce<readonly number[]>(
    (wide, row) => row.map((cell, column) => Math.max(cell.length, wide[column] ?? 0)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** A page of a list, in one JSON document. */
export const toPage = <Node>({
  edges,
  pageInfo: { hasNextPage, endCursor },
}: {
  readonly edges: readonly { readonly node: Node }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}) => ({ nodes: edges.map(({ node }) => node), pageInfo: { hasNextPage, endCursor } });

/** Returns the line that shows how to get the next page, if there is one. */
export const nextPageLines = ({
  hasNextPage,
  endCursor,
}: {
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
}): readonly string[] => (hasNextPage ? [`More: --after ${endCursor}`] : []);

/** Formats a time, or returns `absent` when it is null. */
export const momentOr = (at: Date | null, absent: string): string =>
  at === null ? absent : at.toISOString();
