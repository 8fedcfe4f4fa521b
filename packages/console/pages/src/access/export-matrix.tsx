import { useViewer } from '@graphql-gatehouse/client/react';
import { useInstallationName } from '../installation.ts';
import { saveFile } from '../parts/save-file.ts';
import { toExact } from '../parts/time.tsx';
import { toCsv, toMarkdown } from './matrix-file.ts';
import type { Matrix } from './matrix-rows.ts';

/** Saves the rows that are shown, with the time and the schema that they are of. */
export function ExportMatrix({ matrix }: { readonly matrix: Matrix }) {
  const { schemaHash = 'unknown' } = useViewer();
  const name = useInstallationName();
  const title = `Access of ${name} on ${toExact(new Date())}, schema ${schemaHash}`;
  const file = `access-${new Date().toISOString().slice(0, 10)}-${schemaHash.slice(0, 12)}`;
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
