import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { fetchData, readAgain } from '../data.tsx';
import { gatehouse } from '../gatehouse.ts';
import { LastRecordDocument } from '../log/log-documents.ts';
import { toHash } from '../route.ts';
import { Dialog } from './dialog.tsx';
import { Problem } from './states.tsx';
import { Time } from './time.tsx';

interface ChangeDialogProps {
  readonly title: string;
  /** The name of the button that does it. */
  readonly action: string;
  readonly isDangerous?: boolean;
  /**
   * Sends the change, with what was entered. Returns the id of whom it was about: the record is looked up by it. Undefined:
   * it was not sent.
   */
  readonly onSend: (read: (name: string) => string) => Promise<Sent | undefined>;
  readonly onClose: () => void;
  /** What it will do, and the fields. */
  readonly children: ReactNode;
}

interface Sent {
  readonly subjectId: string;
  /** What is shown once, such as a secret. */
  readonly result?: ReactNode;
  /** Whether it has ended the session of the viewer, who can then read nothing more. */
  readonly endsOwnSession?: boolean;
}

/** Returns whom a change was about, when it was sent. */
export async function sentFor(subjectId: string, sending: Promise<unknown>): Promise<Sent> {
  await sending;
  return { subjectId };
}

/** Says what a change will do, sends it, and shows what was recorded of it, if the viewer may read that. */
export function ChangeDialog({
  title,
  action,
  isDangerous = false,
  onSend,
  onClose,
  children,
}: ChangeDialogProps) {
  const client = useQueryClient();
  const [sent, setSent] = useState<
    Sent & { readonly record: Awaited<ReturnType<typeof readRecord>> }
  >();
  const [isRunning, setIsRunning] = useState(false);
  const [error, setError] = useState<unknown>();

  async function send(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    if (isRunning) return;
    const values = new FormData(event.currentTarget);
    setIsRunning(true);
    setError(undefined);
    try {
      const done = await onSend((name) => String(values.get(name) ?? ''));
      if (done === undefined) return;
      if (done.endsOwnSession) return await gatehouse.restore();
      setSent({ ...done, record: await readRecord(done.subjectId) });
      await readAgain(client);
    } catch (thrown) {
      setError(thrown);
    } finally {
      setIsRunning(false);
    }
  }

  if (sent !== undefined) {
    return (
      <Dialog title={title} onClose={onClose}>
        <p role="status">
          Done.{' '}
          {sent.record !== undefined && (
            <>
              Recorded as{' '}
              <a href={toHash(['log'], { subject: sent.subjectId })} onClick={onClose}>
                {sent.record.action}
              </a>
              , <Time at={sent.record.at} isExact />.
            </>
          )}
        </p>
        {sent.result}
        {/* biome-ignore lint/a11y/noAutofocus: the button that had the focus is gone */}
        <button type="button" onClick={onClose} autoFocus>
          Close
        </button>
      </Dialog>
    );
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <form className="form" onSubmit={send}>
        {children}
        <Problem error={error} />
        <div className="actions">
          <button
            type="submit"
            className={isDangerous ? 'danger' : 'main'}
            aria-disabled={isRunning}
          >
            {action}
          </button>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** Returns what was recorded last about a user or program. Undefined: the viewer may not read the log. */
async function readRecord(subjectId: string) {
  const outcome = await gatehouse.ask(LastRecordDocument, { subjectId });
  if (outcome === 'denied') return undefined;
  const { auditEvents } = await fetchData(LastRecordDocument, { subjectId });
  return auditEvents.edges[0]?.node;
}
