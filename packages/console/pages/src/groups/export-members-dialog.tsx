import { useInstallationName } from '../installation.ts';
import { ExportDialog, maxExported } from '../parts/export-dialog.tsx';
import { toExact } from '../parts/time.tsx';
import { exportMembers } from './export-members.ts';

interface ExportMembersDialogProps {
  readonly groups: readonly string[];
  /** Whether the viewer may read API clients. */
  readonly withPrograms: boolean;
  readonly onClose: () => void;
}

const count = new Intl.NumberFormat();
const toRows = (rows: number): string => (rows === 1 ? '1 row' : `${count.format(rows)} rows`);

/** Makes a file of who is in which group, by whom, and until when. */
export function ExportMembersDialog({ groups, withPrograms, onClose }: ExportMembersDialogProps) {
  const name = useInstallationName();
  return (
    <ExportDialog
      title="Export members"
      onClose={onClose}
      read={async (signal, onProgress) => {
        const at = new Date();
        const { lines, isComplete } = await exportMembers(groups, {
          signal,
          withPrograms,
          onPage: (read) => onProgress(`${toRows(read)}.`),
        });
        const rows = toRows(lines.length - 1);
        return {
          name: `members-${at.toISOString().slice(0, 10)}${isComplete ? '' : '-part'}.csv`,
          type: 'text/csv',
          parts: lines,
          said: isComplete
            ? `Done: the file has ${rows}, read since ${toExact(at)}.`
            : `The file has the first ${rows}. The others are not in it.`,
        };
      }}
    >
      <p>
        Makes a CSV file of who is in which group of {name}: users
        {withPrograms ? ' and API clients' : ''}, disabled ones too, with who granted the group,
        when, and until when. It has {count.format(maxExported)} rows at most.
      </p>
      <p>
        What each group opens is in the access matrix, which has an export of its own. A group that
        another one implies has no row for that.
      </p>
      {!withPrograms && <p>Your groups may not read API clients: they are not in the file.</p>}
    </ExportDialog>
  );
}
