import type { Command } from 'commander';
import type { Administration } from '../gatehouse/operator.ts';
import { type Report, toJson, toTable } from '../values/report.ts';
import type { CliContext } from './command.ts';
import { parseWhole } from './words.ts';

export { type Report, toJson, toTable } from '../values/report.ts';

export interface ReportChoice {
  readonly json?: true;
}

/** The option of every command that can print a document for programs. */
export const jsonOption = ['--json', 'print as JSON'] as const;

export interface PageChoice extends ReportChoice {
  readonly first?: number;
  readonly after?: string;
}

export const withPageOptions = (command: Command): Command =>
  command
    .option('--first <count>', 'page size: 1 to 100 (default: 20)', parseWhole)
    .option('--after <cursor>', 'continue after this cursor')
    .option(...jsonOption);

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

export const reportAdministration = (
  context: CliContext,
  choice: ReportChoice,
  act: (administration: Administration) => Promise<Report>,
): Promise<void> =>
  report(context, choice, async () => {
    const { operate, administration } = await import('../gatehouse/operator.ts');
    return operate(await context.load(), async (get) => act(await get(administration)));
  });

interface ListedPage<Node> {
  readonly edges: readonly { readonly node: Node }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** Reports one page of a list named `name`: its nodes for programs, and a table for people. */
export function toPageReport<Node>(
  { edges, pageInfo: { hasNextPage, endCursor } }: ListedPage<Node>,
  name: string,
  { head, toRow }: { readonly head: readonly string[]; toRow(node: Node): readonly string[] },
): Report {
  const nodes = edges.map(({ node }) => node);
  return {
    document: { [name]: nodes, pageInfo: { hasNextPage, endCursor } },
    lines: [
      ...toTable(head, nodes.map(toRow)),
      ...(hasNextPage ? [`More: --after ${endCursor}`] : []),
    ],
  };
}

/** Formats a time, or returns `absent` when it is null. */
export const momentOr = (at: Date | null, absent: string): string =>
  at === null ? absent : at.toISOString();
