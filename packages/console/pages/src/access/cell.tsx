import { Outcome } from './marked.tsx';
import type { MatrixRow } from './matrix-rows.ts';

interface CellProps {
  readonly row: MatrixRow;
  readonly column: string;
  /** Of the column. */
  readonly index: number;
}

/** The access of one kind of viewer, with a mark where what a field takes asks for more. */
export function Cell({ row: { cells, depends = false, stricter = [] }, column, index }: CellProps) {
  const isStricter = stricter.includes(column);
  const access = cells[index] ? (
    <Outcome text={cells[index]} />
  ) : (
    <span className="hidden">as its parent</span>
  );
  if (!depends && !isStricter) return access;
  return (
    <span className="depends">
      {access}
      {depends && <span className="tag">depends on data</span>}
      {isStricter && (
        <span
          className="tag"
          title="An argument, or what it can supply, has a rule of its own for this viewer."
        >
          args
        </span>
      )}
    </span>
  );
}
