import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { readAgain, rememberPlace } from '../data.tsx';
import { gatehouse } from '../gatehouse.ts';
import { expectEnd } from '../session/leave.ts';
import { Dialog } from './dialog.tsx';
import { type Change, RecordLink, readRecord, report } from './done.tsx';
import { TypedName } from './field.tsx';
import { FieldProblems, findField } from './field-problem.ts';
import { Uncopied } from './secret.tsx';
import { Problem } from './states.tsx';

interface ChangeDialogProps {
  readonly title: string;
  /** The name of the button that does it. */
  readonly action: string;
  /** Whether it takes something away: the focus begins on the button that cancels. */
  readonly isDangerous?: boolean;
  /** What must be typed first, for what cannot be undone. */
  readonly typed?: string;
  /** Sends the change, with what was entered. Undefined: it was not sent. */
  readonly onSend: (read: (name: string) => string) => Promise<Sent | undefined>;
  readonly onClose: () => void;
  /** What it will do, and the fields. */
  readonly children: ReactNode;
  /** Another act, beside the button that cancels. */
  readonly instead?: ReactNode;
}

interface Sent extends Change {
  /** What is shown once, such as a secret. The dialog stays for it. */
  readonly result?: ReactNode;
  /** Whether it has ended the session of the viewer, who can then read nothing more. */
  readonly endsOwnSession?: boolean;
}

/** Says what a change will do, and sends it. The page then says what was done; the dialog stays for a secret alone. */
export function ChangeDialog({ title, onClose, onSend, ...form }: ChangeDialogProps) {
  const client = useQueryClient();
  const [sent, setSent] = useState<Sent & { readonly record: string | undefined }>();
  const [isUncopied, setIsUncopied] = useState(false);
  const [isAsked, setIsAsked] = useState(false);

  async function send(read: (name: string) => string): Promise<void> {
    const isHere = rememberPlace();
    const done = await onSend(read);
    if (done === undefined) return;
    if (done.endsOwnSession) {
      expectEnd();
      return await gatehouse.restore();
    }
    if (!isHere()) return onClose();
    if (done.result === undefined) {
      await Promise.all([report(done, isHere), readAgain(client)]);
      onClose();
      return;
    }
    setSent({ ...done, record: await readRecord(done.subjectId) });
    await readAgain(client);
  }

  const leave = () => (isUncopied && !isAsked ? setIsAsked(true) : onClose());

  return (
    <Dialog title={title} onClose={leave}>
      {sent === undefined ? (
        <ChangeForm {...form} onSend={send} onClose={onClose} />
      ) : (
        <>
          <p role="status">
            {sent.text} <RecordLink {...sent} onOpen={onClose} />
          </p>
          <Uncopied value={setIsUncopied}>{sent.result}</Uncopied>
          {isAsked && isUncopied && <p role="alert">It was not copied, and is not shown again.</p>}
          {/* biome-ignore lint/a11y/noAutofocus: the button that had the focus is gone */}
          <button type="button" onClick={leave} autoFocus>
            {isAsked && isUncopied ? 'Close anyway' : 'Close'}
          </button>
        </>
      )}
    </Dialog>
  );
}

interface ChangeFormProps extends Omit<ChangeDialogProps, 'title' | 'onSend'> {
  readonly onSend: (read: (name: string) => string) => Promise<void>;
}

interface Failure {
  readonly error: unknown;
  /** The field that the error names, if the form has it. */
  readonly field: ReturnType<typeof findField>;
}

function ChangeForm({
  action,
  isDangerous = false,
  typed,
  onSend,
  onClose,
  children,
  instead,
}: ChangeFormProps) {
  const [isRunning, setIsRunning] = useState(false);
  const [failed, setFailed] = useState<Failure>();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => failed?.field?.input.focus(), [failed]);

  async function send(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    if (isRunning) return;
    const values = new FormData(event.currentTarget);
    setIsRunning(true);
    setFailed(undefined);
    try {
      await onSend((name) => String(values.get(name) ?? ''));
    } catch (thrown) {
      setFailed({ error: thrown, field: findField(form.current, thrown) });
    } finally {
      setIsRunning(false);
    }
  }

  return (
    <form ref={form} className="form" onSubmit={send}>
      <FieldProblems value={failed?.field?.problem}>{children}</FieldProblems>
      {typed !== undefined && <TypedName text={typed} />}
      {failed?.field === undefined && <Problem error={failed?.error} />}
      <div className="actions last">
        <button type="button" onClick={onClose} data-first={isDangerous || undefined}>
          Cancel
        </button>
        {instead}
        <button type="submit" className={isDangerous ? 'solid' : 'main'} aria-disabled={isRunning}>
          {action}
        </button>
      </div>
    </form>
  );
}
