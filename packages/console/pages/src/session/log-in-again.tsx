import { useEffect } from 'react';
import { useInstallationName } from '../installation.ts';
import { Dialog } from '../parts/dialog.tsx';
import { LogInForms } from './log-in-forms.tsx';
import type { LastViewer } from './use-last-viewer.ts';

/** What was typed is kept for so long after the end of a session. In milliseconds. */
const keptMs = 15 * 60_000;

interface LogInAgainProps {
  readonly last: LastViewer;
  /** Called when it is closed, or the time is over: what was typed is lost. */
  readonly onGiveUp: () => void;
}

/** Asks for a log-in over an open dialog, whose fields stay as they are for the same user. */
export function LogInAgain({ last, onGiveUp }: LogInAgainProps) {
  const name = useInstallationName();
  useEffect(() => {
    const { title } = document;
    // The title can name whom the page was about.
    document.title = `Log in · ${name}`;
    const timer = setTimeout(onGiveUp, keptMs);
    return () => {
      clearTimeout(timer);
      document.title = title;
    };
  }, [name, onGiveUp]);
  return (
    <Dialog title="Your session has ended" onClose={onGiveUp}>
      <p>
        Log in to continue. What you have entered is kept for you, but for passwords, and discarded
        for other users.
      </p>
      <LogInForms username={last.viewer.principal?.username} />
    </Dialog>
  );
}
