import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Dialog } from './dialog.tsx';
import { saveFile } from './save-file.ts';
import { Problem } from './states.tsx';

/** The most rows of one file, which the page must hold. */
export const maxExported = 10_000;

/** A file that is given to the browser. */
export interface ExportedFile {
  readonly name: string;
  readonly type: string;
  readonly parts: readonly string[];
  /** What is in it, in words. */
  readonly said: string;
}

interface ExportDialogProps {
  readonly title: string;
  /** What the file has, and what it has not. */
  readonly children: ReactNode;
  /** Whether nothing can be in the file. */
  readonly isEmpty?: boolean;
  /** Reads page by page, and says after each how far it is. */
  readonly read: (
    signal: AbortSignal,
    onProgress: (progress: ReactNode) => void,
  ) => Promise<ExportedFile>;
  readonly onClose: () => void;
}

/** Makes a file of many pages of a list. */
export function ExportDialog({
  title,
  children,
  isEmpty = false,
  read,
  onClose,
}: ExportDialogProps) {
  const [progress, setProgress] = useState<ReactNode>();
  const [isRunning, setIsRunning] = useState(false);
  const [error, setError] = useState<unknown>();
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  async function run(): Promise<void> {
    if (isRunning || isEmpty) return;
    running.current = new AbortController();
    setIsRunning(true);
    setError(undefined);
    try {
      const { name, type, parts, said } = await read(running.current.signal, setProgress);
      saveFile(name, type, parts);
      setProgress(said);
    } catch (thrown) {
      setError(thrown);
    } finally {
      setIsRunning(false);
    }
  }

  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      <p className="hint" role="status">
        {progress}
      </p>
      <Problem error={error} />
      <div className="actions">
        <button
          type="button"
          className="main"
          aria-disabled={isRunning || isEmpty}
          onClick={() => void run()}
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
