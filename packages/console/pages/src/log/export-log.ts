import { gatehouse } from '../gatehouse.ts';
import type { ExportLogQuery } from '../generated/graphql.ts';
import { maxExported } from '../parts/export-dialog.tsx';
import { ExportDocument } from './log-documents.ts';
import type { LogFilter } from './log-filter.ts';

type Page = ExportLogQuery['auditEvents'];

interface ExportOptions {
  readonly signal: AbortSignal;
  /** Called after each page with the number of records, and the time of the earliest. */
  readonly onPage: (count: number, earliest: string) => void;
}

/** Returns records as JSON Lines, the oldest first, with the fields of `gatehouse audit export`. */
export async function exportLog(filter: LogFilter, { signal, onPage }: ExportOptions) {
  const lines: string[] = [];
  let after: string | null = null;
  do {
    const page: Page = (await gatehouse.fetch(ExportDocument, { ...filter, after }, { signal }))
      .auditEvents;
    lines.push(...page.edges.map(({ node }) => `${JSON.stringify(toRecord(node))}\n`));
    const last = page.edges.at(-1);
    if (last !== undefined) onPage(lines.length, last.node.at);
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null && lines.length < maxExported);
  return { lines: lines.reverse(), isComplete: after === null };
}

const kinds = { User: 'USER', ApiClient: 'API_CLIENT' } as const;

const toRecord = ({ id, at, action, actor, ...others }: Page['edges'][number]['node']) => ({
  id,
  at,
  action,
  actorKind: actor === null ? null : kinds[actor.__typename],
  actorId: actor?.id ?? null,
  ...others,
});
