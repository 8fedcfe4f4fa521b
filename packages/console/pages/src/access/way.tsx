import type { WaysQuery } from '../generated/graphql.ts';
import { Verdict } from './marked.tsx';
import { Coordinate } from './views.tsx';

type ReadWay = NonNullable<WaysQuery['consoleWays']>['ways'][number];
type ReadStep = ReadWay['steps'][number];

interface WayProps {
  readonly way: ReadWay;
  readonly number: number;
  readonly columns: readonly string[];
}

/** One way: its steps, who passes, and the operation that goes it. */
export const Way = ({ way, number, columns }: WayProps) => (
  <li className="panel way">
    <h3>Way {number}</h3>
    <ol className="steps" aria-label={`Steps of way ${number}`}>
      {way.steps.map((step) => (
        <Step key={step.coordinate} step={step} />
      ))}
    </ol>
    <ul className="verdicts" aria-label={`Who passes on way ${number}`}>
      {columns.map((column, index) => (
        <li key={column}>
          <span>{column}</span>
          <Verdict verdict={way.verdicts[index] ?? ''} />
        </li>
      ))}
    </ul>
    <details>
      <summary>Operation</summary>
      <pre>
        <code>{way.operation}</code>
      </pre>
    </details>
  </li>
);

const Step = ({ step: { coordinate, on, guards, places, ids } }: { readonly step: ReadStep }) => (
  <li>
    <span>
      <Coordinate coordinate={coordinate} />
      {on !== null && (
        <>
          {' as '}
          <code>{on}</code>
        </>
      )}
    </span>
    {guards.length === 0 ? (
      <span className="quiet">no guard</span>
    ) : (
      guards.map((guard) => <code key={guard}>{guard}</code>)
    )}
    {places.length > 0 && <span className="quiet">{places.join(', ')}</span>}
    {ids.map(({ coordinate: named, typeName, rows }) => (
      <span key={named} className="quiet">
        <code>{named}</code> names a row of {typeName}, which{' '}
        {rows.length === 0 ? 'must exist for the viewer' : `${rows.join(' or ')} must admit`}
      </span>
    ))}
  </li>
);
