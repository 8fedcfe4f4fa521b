import { Page } from '../parts/page.tsx';
import { useCursors } from '../parts/pager.tsx';
import { Empty } from '../parts/states.tsx';
import { useDialog } from '../parts/use-dialog.ts';
import { changeQuery, useRoute } from '../route.ts';
import { EventList } from './event-list.tsx';
import { ExportDialog } from './export-dialog.tsx';
import { FilterWords } from './filter-words.tsx';
import { LiveBar } from './live-bar.tsx';
import { isEmptyRange, useLogFilter } from './log-filter.ts';
import { LogFilters } from './log-filters.tsx';
import { useLogPermissions } from './log-permissions.ts';

/** The audit log, the latest record first. The address has the filter. */
export function LogPage() {
  const { query } = useRoute();
  const { choice, filter } = useLogFilter();
  const { data: may } = useLogPermissions();
  const { dialog, open } = useDialog();
  const scope = JSON.stringify(filter);
  const cursors = useCursors(scope);
  const isLive = query.has('live') && may?.includes('live') === true;
  return (
    <Page
      title="Log"
      actions={
        <>
          {may?.includes('live') && <LiveSwitch />}
          {may?.includes('export') && (
            <button
              type="button"
              onClick={() => open((onClose) => <ExportDialog filter={filter} onClose={onClose} />)}
            >
              Export
            </button>
          )}
        </>
      }
    >
      <LogFilters choice={choice} filter={filter} />
      <FilterWords filter={filter} />
      {isLive && <LiveBar key={scope} filter={filter} onShow={cursors.reset} />}
      {isEmptyRange(filter) ? (
        <Empty>The end must be after the start.</Empty>
      ) : (
        <EventList caption="Records" filter={filter} cursors={cursors} />
      )}
      {dialog}
    </Page>
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
