import { useViewer } from '@graphql-gatehouse/client/react';
import { useInstallationName } from '../installation.ts';
import { saveFile } from '../parts/save-file.ts';
import { toExact } from '../parts/time.tsx';
import { toCsv, toMarkdown } from './matrix-file.ts';
import type { Matrix } from './matrix-rows.ts';

interface ExportMatrixProps {
  /** What is shown. */
  readonly matrix: Matrix;
  readonly all: Matrix;
}

/** Saves the rows that are shown, with the time and the schema that they are of. */
export function ExportMatrix({ matrix, all }: ExportMatrixProps) {
  const { schemaHash = 'unknown' } = useViewer();
  const name = useInstallationName();
  // A part of the matrix cannot pass for the whole of it.
  const ruled = all.rows.filter(({ cells }) => cells.some((cell) => cell !== ''));
  const isWhole =
    matrix.rows.length >= ruled.length && matrix.columns.length === all.columns.length;
  const rows = `${matrix.rows.length} of its ${all.rows.length} rows`;
  const title = `Access of ${name} on ${toExact(new Date())}, schema ${schemaHash}, ${rows}`;
  const part = isWhole ? '' : `-part-${matrix.columns.join('-')}-${matrix.rows.length}`;
  const file = `access-${new Date().toISOString().slice(0, 10)}-${schemaHash.slice(0, 12)}${part}`;
  return (
    <div className="actions export">
      <button type="button" onClick={() => saveFile(`${file}.csv`, 'text/csv', [toCsv(matrix)])}>
        Save as CSV
      </button>
      <button
        type="button"
        onClick={() => saveFile(`${file}.md`, 'text/markdown', [toMarkdown(matrix, title)])}
      >
        Save as Markdown
      </button>
      <button type="button" onClick={() => window.print()}>
        Print
      </button>
      <p className="printed">{title}</p>
    </div>
  );
}
