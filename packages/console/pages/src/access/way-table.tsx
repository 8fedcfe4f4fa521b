import type { WaysQuery } from '../generated/graphql.ts';
import { type Column, Table } from '../parts/table.tsx';
import { Outcome } from './marked.tsx';
import { Coordinate, CoordinateText } from './views.tsx';

export type ReadWay = NonNullable<WaysQuery['consoleWays']>['ways'][number];
type ReadStep = ReadWay['steps'][number];

interface WayTableProps {
  readonly coordinate: string;
  readonly ways: readonly ReadWay[];
  readonly columns: readonly string[];
}

/** A line for each way, with who passes. What a way asks at each step, and an operation that goes it, are in its details. */
export const WayTable = ({ coordinate, ways, columns }: WayTableProps) => (
  <Table
    caption={`Ways to ${coordinate}`}
    columns={[wayColumn, ...columns.map(toColumn)]}
    rows={ways}
    keyOf={({ operation }) => operation}
    isWide
  />
);

const wayColumn: Column<ReadWay> = {
  head: 'Way',
  isName: true,
  cell: ({ steps, operation }) => (
    <details className="way">
      <summary>
        <Path steps={steps} />
      </summary>
      <ol className="steps">
        {steps.map((step) => (
          <Step key={step.coordinate} step={step} />
        ))}
      </ol>
      <pre>
        <code>{operation}</code>
      </pre>
    </details>
  ),
};

const toColumn = (head: string, index: number): Column<ReadWay> => ({
  head,
  cell: ({ verdicts }) => <Outcome text={verdicts[index] ?? ''} />,
});

/** The steps of a way in a line. */
export const Path = ({ steps }: Pick<ReadWay, 'steps'>) =>
  steps.map(({ coordinate, on }, index) => (
    <span key={coordinate}>
      {index > 0 && ' → '}
      <CoordinateText coordinate={coordinate} />
      {on !== null && (
        <>
          {' as '}
          <code>{on}</code>
        </>
      )}
    </span>
  ));

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
        {rows.length === 0 ? 'must be visible to the viewer' : `${rows.join(' or ')} must allow`}
      </span>
    ))}
  </li>
);
