import { useState } from 'react';
import { useData } from '../data.tsx';
import type { WaysQuery } from '../generated/graphql.ts';
import { Empty, Unread } from '../parts/states.tsx';
import { useRoute } from '../route.ts';
import { WaysDocument } from './access-documents.ts';
import { CoordinateForm } from './coordinate-form.tsx';
import { FileProblems } from './file-problems.tsx';
import { Outcome } from './marked.tsx';
import { compareVerdicts } from './openness.ts';
import { Path, WayTable } from './way-table.tsx';

/** Every way to a coordinate, and why. */
export function WaysView() {
  const coordinate = useRoute().query.get('coordinate') ?? '';
  return (
    <>
      <CoordinateForm key={coordinate} coordinate={coordinate} />
      {coordinate === '' ? (
        <Empty>Name a field to see every path to it, what guards it, and who passes.</Empty>
      ) : (
        <Ways key={`ways ${coordinate}`} coordinate={coordinate} />
      )}
    </>
  );
}

const counts = { few: 20, most: 100 } as const;

interface WaysProps {
  readonly coordinate: string;
  /** Undefined: for each kind of viewer. */
  readonly groups?: readonly string[];
}

/** Every way to a coordinate, and which operations use it. */
export function Ways({ coordinate, groups }: WaysProps) {
  const [first, setFirst] = useState<number>(counts.few);
  const variables = { coordinate, first, groups: groups === undefined ? null : [...groups] };
  const read = useData(WaysDocument, variables, { isKept: true });
  if (read.error || read.data === undefined) {
    return <Unread error={read.error} onRetry={read.refetch} rows={10} />;
  }
  const { consoleWays: found } = read.data;
  if (found === null) return <Empty>The schema has no {coordinate}.</Empty>;
  const { columns, ways, hasMore } = found;
  return (
    <div className="stack" aria-busy={read.isPlaceholderData}>
      <h2>
        Ways to <code>{coordinate}</code>
      </h2>
      {ways.length === 0 && <Empty>No operation reaches it.</Empty>}
      {groups !== undefined && ways.length > 0 && <BestWay ways={ways} />}
      {ways.length > 0 && <WayTable coordinate={coordinate} ways={ways} columns={columns} />}
      {hasMore && first < counts.most && (
        <div className="actions">
          <button type="button" onClick={() => setFirst(counts.most)}>
            Show more ways
          </button>
        </div>
      )}
      {hasMore && first === counts.most && (
        <p className="quiet">There are more ways. These are the {counts.most} shortest.</p>
      )}
      <Uses {...found} />
    </div>
  );
}

/** What one viewer gets on the way that is widest for it, and what decides it there. */
function BestWay({ ways }: { readonly ways: Found['ways'] }) {
  const [best] = ways.toSorted((one, other) => compareVerdicts(other.verdicts, one.verdicts));
  const [verdict = ''] = best?.verdicts ?? [];
  const deciding = verdict.startsWith('refused: ')
    ? best?.steps.find(({ coordinate }) => verdict.startsWith(`refused: ${coordinate}`))
    : best?.steps.findLast(({ guards }) => guards.length > 0);
  return (
    <p className="panel best-way" role="status">
      <Outcome text={verdict} isWhole />
      {deciding?.guards.map((guard) => (
        <code key={guard}>{guard}</code>
      ))}
      {best !== undefined && best.steps.length > 1 && (
        <span className="quiet">
          <Path steps={best.steps} />
        </span>
      )}
    </p>
  );
}

type Found = NonNullable<WaysQuery['consoleWays']>;

/** The operations of front ends that use the coordinate. */
const Uses = ({ operations, problems }: Pick<Found, 'operations' | 'problems'>) => (
  <>
    <h2>Operations that use it</h2>
    <FileProblems problems={problems} />
    {operations.length === 0 ? (
      <Empty>None of the operations that the configuration names.</Empty>
    ) : (
      <ul className="uses" aria-label="Operations that use it">
        {operations.map(({ file, operation }) => (
          <li key={`${file} ${operation}`}>
            <code>{operation}</code> <span className="quiet">{file}</span>
          </li>
        ))}
      </ul>
    )}
  </>
);
