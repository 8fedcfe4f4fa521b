import { PagedTable } from '../parts/paged-table.tsx';
import { Empty } from '../parts/states.tsx';
import type { Column } from '../parts/table.tsx';
import { FileProblems } from './file-problems.tsx';
import { Outcome } from './marked.tsx';
import { compareVerdicts } from './openness.ts';

interface Decided {
  readonly file: string;
  readonly operation: string;
  readonly verdict: string;
}

const columns: readonly Column<Decided>[] = [
  { head: 'Operation', isName: true, cell: ({ operation }) => <code>{operation}</code> },
  { head: 'Result', cell: ({ verdict }) => <Outcome text={verdict} isWhole /> },
  { head: 'File', cell: ({ file }) => <span className="quiet">{file}</span> },
];

interface VerdictTableProps {
  readonly operations: readonly Decided[];
  readonly problems: readonly string[];
}

/** What one viewer gets for the operations of front ends, the worst first. */
export const VerdictTable = ({ operations, problems }: VerdictTableProps) => (
  <>
    <FileProblems problems={problems} />
    {operations.length === 0 ? (
      <Empty>The configuration names no operations.</Empty>
    ) : (
      <PagedTable
        caption="Operations of front ends"
        columns={columns}
        rows={operations.toSorted((left, right) =>
          compareVerdicts([left.verdict], [right.verdict]),
        )}
        keyOf={({ file, operation }) => `${file} ${operation}`}
      />
    )}
  </>
);
