import { expect } from 'vitest';
import type { RouterRow } from './router-table.ts';

const isRefusal = ({ status }: RouterRow['outcome']) => status === 401 || status === 403;

/** What holds for all rows of viewers whose tokens are up to date, and how many of them there were. */
export function checkRows(rows: readonly RouterRow[]): string {
  const single = rows.flatMap((row) =>
    row.direct === undefined ? [] : [{ ...row, direct: row.direct }],
  );
  const kept = single.filter(({ router }) => router.keepsAnswers);
  expect(kept.map(({ outcome, ...row }) => ({ ...row, outcome }))).toEqual(
    kept.map(({ direct, ...row }) => ({ ...row, direct, outcome: direct })),
  );
  const byRouter = kept.filter(({ requests }) => requests === 0);
  expect(byRouter.filter(({ direct }) => !isRefusal(direct))).toEqual([]);
  const againBySubgraph = single.filter(
    ({ requests, direct }) => requests > 0 && isRefusal(direct),
  );
  expect(againBySubgraph.filter(({ outcome }) => outcome.hasData)).toEqual([]);
  expect([byRouter.length, againBySubgraph.length].every((count) => count > 0)).toBe(true);
  const across = rows.filter(({ router, direct }) => router.keepsAnswers && direct === undefined);
  const answerOf = ({ status, code }: RouterRow['outcome']) => [status, code ?? 'data'].join(' ');
  expect(
    across.map(({ viewer, operation, outcome }) => [operation, viewer, answerOf(outcome)]),
  ).toEqual(across.map(({ viewer, operation, expected }) => [operation, viewer, expected]));
  const changed = single.filter(
    ({ router, outcome, direct }) => !router.keepsAnswers && outcome.status !== direct.status,
  );
  return `${rows.length} answers; with the plugin ${kept.length} as by the subgraph, ${byRouter.length} of them without a request to it; ${againBySubgraph.length} passed on and refused by it; without the plugin ${changed.length} of ${single.length - kept.length} have another status`;
}
