import { ExportDialog, maxExported } from '../parts/export-dialog.tsx';
import { Time } from '../parts/time.tsx';
import { exportLog } from './export-log.ts';
import { isEmptyRange, type LogFilter } from './log-filter.ts';

interface ExportLogDialogProps {
  readonly filter: LogFilter;
  readonly onClose: () => void;
}

const count = new Intl.NumberFormat();
const toRecords = (records: number): string =>
  records === 1 ? '1 record' : `${count.format(records)} records`;

/** Makes a file of the records that the filter finds. */
export const ExportLogDialog = ({ filter, onClose }: ExportLogDialogProps) => (
  <ExportDialog
    title="Export records"
    isEmpty={isEmptyRange(filter)}
    onClose={onClose}
    read={async (signal, onProgress) => {
      const { lines, isComplete } = await exportLog(filter, {
        signal,
        onPage: (read, earliest) =>
          onProgress(
            <>
              {toRecords(read)}, back to <Time at={earliest} isExact />.
            </>,
          ),
      });
      return {
        name: `audit-${new Date().toISOString().slice(0, 10)}.jsonl`,
        type: 'application/jsonl',
        parts: lines,
        said: describeEnd(lines.length, isComplete),
      };
    }}
  >
    <p>
      Makes a file of the records that the filter finds, the oldest first: JSON Lines with the
      fields of <code>gatehouse audit export</code>. It has the latest {count.format(maxExported)}{' '}
      records at most, and no ids of actors that were deleted. The command has neither limit.
    </p>
  </ExportDialog>
);

const describeEnd = (records: number, isComplete: boolean): string =>
  isComplete
    ? `Done: the file has ${toRecords(records)}.`
    : `The file has the latest ${toRecords(records)}. Earlier ones are not in it.`;
