import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Dialog } from '../parts/dialog.tsx';
import { saveFile } from '../parts/save-file.ts';
import { Problem } from '../parts/states.tsx';
import { Time } from '../parts/time.tsx';
import { exportLog, maxExported } from './export-log.ts';
import { isEmptyRange, type LogFilter } from './log-filter.ts';

interface ExportDialogProps {
  readonly filter: LogFilter;
  readonly onClose: () => void;
}

const count = new Intl.NumberFormat();

/** Makes a file of the records that the filter finds. */
export function ExportDialog({ filter, onClose }: ExportDialogProps) {
  const [progress, setProgress] = useState<ReactNode>();
  const [isRunning, setIsRunning] = useState(false);
  const [error, setError] = useState<unknown>();
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  async function run(): Promise<void> {
    if (isRunning) return;
    running.current = new AbortController();
    setIsRunning(true);
    setError(undefined);
    try {
      const { lines, isComplete } = await exportLog(filter, {
        signal: running.current.signal,
        onPage: (read, earliest) =>
          setProgress(
            <>
              {count.format(read)} records, back to <Time at={earliest} isExact />.
            </>,
          ),
      });
      saveFile(`audit-${new Date().toISOString().slice(0, 10)}.jsonl`, 'application/jsonl', lines);
      setProgress(describeEnd(lines.length, isComplete));
    } catch (thrown) {
      setError(thrown);
    } finally {
      setIsRunning(false);
    }
  }

  return (
    <Dialog title="Export records" onClose={onClose}>
      <p>
        Makes a file of the records that the filter finds, the oldest first: JSON Lines with the
        fields of <code>gatehouse audit export</code>. It has the latest {count.format(maxExported)}{' '}
        records at most, and no ids of actors that were deleted. The command has neither limit.
      </p>
      <p className="hint" role="status">
        {progress}
      </p>
      <Problem error={error} />
      <div className="actions">
        <button
          type="button"
          className="main"
          aria-disabled={isRunning || isEmptyRange(filter)}
          onClick={() => isEmptyRange(filter) || void run()}
        >
          Download
        </button>
        <button type="button" onClick={onClose}>
          {isRunning ? 'Cancel' : 'Close'}
        </button>
      </div>
    </Dialog>
  );
}

const describeEnd = (records: number, isComplete: boolean): string =>
  isComplete
    ? `Done: the file has ${count.format(records)} records.`
    : `The file has the latest ${count.format(records)} records. Earlier ones are not in it.`;
