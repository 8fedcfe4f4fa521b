import { createContext, useContext, useEffect, useRef, useState } from 'react';
import { Button } from './button.tsx';

/** Says to a dialog whether it would take a secret with it that was not copied. */
export const Uncopied = createContext((_isUncopied: boolean): void => {});

/** A secret that is shown once. It is in the page alone, and gone when its dialog closes. */
export function Secret({ label, value }: { readonly label: string; readonly value: string }) {
  const [isCopied, setIsCopied] = useState(false);
  const setIsUncopied = useContext(Uncopied);
  useEffect(() => setIsUncopied(!isCopied), [setIsUncopied, isCopied]);
  const code = useRef<HTMLElement>(null);

  async function copy(): Promise<void> {
    // Without TLS, a browser gives no clipboard: the text is selected, to be copied by hand.
    if (navigator.clipboard === undefined) {
      if (code.current !== null) window.getSelection()?.selectAllChildren(code.current);
      return;
    }
    await navigator.clipboard.writeText(value);
    setIsCopied(true);
  }

  return (
    <div className="secret">
      <p>{label} It is shown only now.</p>
      <code ref={code}>{value}</code>
      <Button onAction={copy}>{isCopied ? 'Copied' : 'Copy'}</Button>
    </div>
  );
}
