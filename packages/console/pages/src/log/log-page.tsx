import { Page } from '../parts/page.tsx';
import { useCursors } from '../parts/pager.tsx';
import { Empty, Loading, Unread } from '../parts/states.tsx';
import { useDialog } from '../parts/use-dialog.ts';
import { changeQuery, toHash, useRoute } from '../route.ts';
import { EventList } from './event-list.tsx';
import { ExportLogDialog } from './export-log-dialog.tsx';
import { FilterWords } from './filter-words.tsx';
import { LiveBar } from './live-bar.tsx';
import { isEmptyRange, type LogFilter, useLogFilter } from './log-filter.ts';
import { LogFilters } from './log-filters.tsx';
import { useLogPermissions } from './log-permissions.ts';
import { useFound } from './use-found.ts';

/** The audit log, the latest record first. The address has the filter. */
export function LogPage() {
  const { query } = useRoute();
  const chosen = useLogFilter();
  const { choice, filter } = chosen;
  const { data: may, error, refetch } = useLogPermissions();
  const isOfSomeone = choice === 'actor' || choice === 'subject';
  const { isLoading } = useFound(isOfSomeone ? (query.get('search') ?? '') : '');
  const { dialog, open } = useDialog();
  if (may === undefined) {
    return (
      <Page title="Log">
        <Unread error={error} onRetry={refetch} rows={16} />
      </Page>
    );
  }
  return (
    <Page
      title="Log"
      actions={
        <>
          {may.includes('live') && <LiveSwitch />}
          {may.includes('export') && (
            <button
              type="button"
              onClick={() =>
                open((onClose) => <ExportLogDialog filter={filter} onClose={onClose} />)
              }
            >
              Export
            </button>
          )}
        </>
      }
    >
      <LogFilters {...chosen} />
      {isLoading ? (
        <Loading rows={14} />
      ) : (
        <Records filter={filter} mayListen={may.includes('live')} />
      )}
      {dialog}
    </Page>
  );
}

interface RecordsProps {
  readonly filter: LogFilter;
  readonly mayListen: boolean;
}

/** The records that the filter finds. */
function Records({ filter, mayListen }: RecordsProps) {
  const { query } = useRoute();
  const scope = JSON.stringify(filter);
  const cursors = useCursors('log', scope);
  return (
    <>
      <FilterWords filter={filter} />
      {mayListen && query.has('live') && (
        <LiveBar key={scope} filter={filter} onShow={cursors.reset} />
      )}
      {isEmptyRange(filter) ? (
        <Empty>The end must be after the start.</Empty>
      ) : (
        <EventList
          caption="Records"
          filter={filter}
          cursors={cursors}
          empty={
            <>
              Nothing matches. <a href={toHash(['log'])}>Clear the filters</a>
            </>
          }
        />
      )}
    </>
  );
}

function LiveSwitch() {
  const isOn = useRoute().query.has('live');
  return (
    <label className="choice">
      <input
        type="checkbox"
        checked={isOn}
        onChange={() => changeQuery({ live: isOn ? undefined : 'on' })}
      />
      Live
    </label>
  );
}
