import { useData } from '../data.tsx';
import type { ChangesQuery } from '../generated/graphql.ts';
import { Empty, Unread } from '../parts/states.tsx';
import { Time } from '../parts/time.tsx';
import { ChangesDocument } from './access-documents.ts';
import { ChangeTable } from './change-table.tsx';
import { Changed } from './changed.tsx';

/** What changed in the matrix since nodes served another schema. */
export function ChangesView() {
  const { data, error, refetch } = useData(ChangesDocument, {}, { isKept: true });
  if (error || data === undefined) return <Unread error={error} onRetry={refetch} rows={14} />;
  const { consoleChanges: found } = data;
  if (found === null) {
    return (
      <Empty>The history of access has no other schema, so there is nothing to compare with.</Empty>
    );
  }
  return (
    <>
      <Compared {...found} />
      {found.rows.length === 0 ? (
        <Empty>
          {hasOthers(found) ? 'Nothing else changed since ' : 'Nothing changed since '}
          <Time at={found.since} isExact />.
        </Empty>
      ) : (
        <ChangeTable changes={found} />
      )}
    </>
  );
}

type Found = NonNullable<ChangesQuery['consoleChanges']>;

const hasOthers = ({ newGroups, removedGroups, settings }: Found): boolean =>
  newGroups.length + removedGroups.length + settings.length > 0;

/** With what the schema is compared, and what changed beside the rows. */
function Compared(found: Found) {
  const { since, isServed, newGroups, removedGroups, settings } = found;
  return (
    <div className="compared">
      <p>
        Compared with the schema that nodes served until <Time at={since} isExact />. What was there
        is struck out.
        {isServed && ' A node that serves it was seen in the last five minutes.'}
      </p>
      {hasOthers(found) && (
        <ul aria-label="Changes beside the rows">
          {newGroups.map((name) => (
            <li key={`new ${name}`}>New group {name}. Before, it granted nothing.</li>
          ))}
          {removedGroups.map((name) => (
            <li key={`removed ${name}`}>Removed group {name}. It grants nothing now.</li>
          ))}
          {settings.map((setting) => (
            <li key={`${setting.was} ${setting.now}`}>
              <Setting {...setting} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** A setting in sentences, which have `**` around names. */
const Setting = ({ was, now }: Found['settings'][number]) => (
  <span className="depends">
    {was === null && <span className="tag">new</span>}
    {now === null && <span className="tag">removed</span>}{' '}
    <Changed
      was={was ?? undefined}
      now={now ?? undefined}
      show={(text) => text.replaceAll('**', '')}
    />
  </span>
);
