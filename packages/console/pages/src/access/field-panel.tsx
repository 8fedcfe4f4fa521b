import { useEffect, useRef } from 'react';
import { useData } from '../data.tsx';
import { Unread } from '../parts/states.tsx';
import { toHash } from '../route.ts';
import { WaysDocument } from './access-documents.ts';
import { Outcome, Requirement } from './marked.tsx';
import type { Matrix } from './matrix-rows.ts';
import { CoordinateText, useAllowedView } from './views.tsx';
import { Path } from './way-table.tsx';

interface FieldPanelProps {
  readonly matrix: Matrix;
  readonly coordinate: string;
  /** Where the matrix is shown without it. */
  readonly closeHash: string;
}

/** What the matrix says of one coordinate, in whole sentences, with the ways to it. It stands beside the matrix. */
export function FieldPanel({ matrix, coordinate, closeHash }: FieldPanelProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [coordinate]);
  const mayReadWays = useAllowedView('ways');
  const row = matrix.rows.find((each) => each.coordinate === coordinate);
  return (
    <aside className="panel stack field-panel" aria-labelledby="field">
      <div className="page-head">
        <h2 id="field" ref={heading} tabIndex={-1}>
          <CoordinateText coordinate={coordinate} />
        </h2>
        <a href={closeHash} aria-label={`Close ${coordinate}`}>
          Close
        </a>
      </div>
      {row === undefined ? (
        <p>The schema has no such field, argument or value.</p>
      ) : (
        <>
          <Requirement text={row.requirement} />
          <dl className="facts">
            {matrix.columns.map((column, index) => (
              <div key={column}>
                <dt>{column}</dt>
                <dd>
                  {row.cells[index] ? (
                    <Outcome text={row.cells[index]} isWhole />
                  ) : (
                    <span className="quiet">as its parent</span>
                  )}
                  {row.stricter?.includes(column) && ', with an argument that requires more'}
                </dd>
              </div>
            ))}
          </dl>
          {mayReadWays && <PanelWays coordinate={coordinate} />}
        </>
      )}
    </aside>
  );
}

/** How many ways are named. The page of the field has the others. */
const named = 5;

function PanelWays({ coordinate }: { readonly coordinate: string }) {
  const { data, error, refetch } = useData(
    WaysDocument,
    { coordinate, first: named, groups: null },
    { isKept: true },
  );
  if (error || data === undefined) return <Unread error={error} onRetry={refetch} rows={3} />;
  const { ways = [], hasMore = false, operations = [] } = data.consoleWays ?? {};
  return (
    <>
      <h3>{ways.length === 0 ? 'No operation reaches it' : 'Ways'}</h3>
      <ul className="uses" aria-label={`Ways to ${coordinate}`}>
        {ways.map(({ operation, steps }) => (
          <li key={operation}>
            <Path steps={steps} />
          </li>
        ))}
      </ul>
      {operations.length > 0 && (
        <>
          <h3>Operations that use it</h3>
          <ul className="uses" aria-label="Operations that use it">
            {operations.map(({ file, operation }) => (
              <li key={`${file} ${operation}`}>
                <code>{operation}</code>
              </li>
            ))}
          </ul>
        </>
      )}
      <a href={toHash(['access', 'ways'], { coordinate })}>
        {hasMore ? 'All ways, as a page' : 'Open as a page'}
      </a>
    </>
  );
}
