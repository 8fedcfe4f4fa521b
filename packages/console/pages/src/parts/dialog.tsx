import { type ReactNode, type SyntheticEvent, useId, useLayoutEffect, useRef } from 'react';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A modal dialog. The browser keeps the focus in it, and it goes back to where it came from. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();

  useLayoutEffect(() => {
    const opened = dialog.current;
    const opener = document.activeElement;
    opened?.showModal();
    // Not the button that closes: what is safe, or else the first field.
    const first = opened?.querySelector<HTMLElement>('[data-first]');
    (first ?? opened?.querySelector<HTMLElement>('input, select'))?.focus();
    return () => {
      opened?.close();
      if (opener instanceof HTMLElement) opener.focus();
      // What opened it may be gone, such as a button of a row that was deleted, or goes now.
      setTimeout(() => {
        if (document.activeElement === document.body) document.querySelector('h1')?.focus();
      });
    };
  }, []);

  // It closes by leaving the page: what is shown once may have to be asked about first.
  function cancel(event: SyntheticEvent): void {
    event.preventDefault();
    onClose();
  }

  return (
    <dialog ref={dialog} aria-labelledby={id} onCancel={cancel} onClose={onClose}>
      <div className="dialog-head">
        <h2 id={id}>{title}</h2>
        <button type="button" className="plain" aria-label="Close" onClick={onClose}>
          ×
        </button>
      </div>
      {children}
    </dialog>
  );
}
