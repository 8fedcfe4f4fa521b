import { Dialog } from '../parts/dialog.tsx';
import { LogInForms } from './log-in-forms.tsx';
import type { LastViewer } from './use-last-viewer.ts';

interface LogInAgainProps {
  readonly last: LastViewer;
  /** Called when it is closed: what was typed is lost. */
  readonly onGiveUp: () => void;
}

/** Asks for a log-in over an open dialog, whose fields stay as they are for the same user. */
export const LogInAgain = ({ last, onGiveUp }: LogInAgainProps) => (
  <Dialog title="Your session has ended" onClose={onGiveUp}>
    <p>Log in to go on. What you have entered is kept for you, and discarded for other users.</p>
    <LogInForms username={last.viewer.principal?.username} />
  </Dialog>
);
