import { createContext, useContext, useRef, useState } from 'react';
import { Button } from './button.tsx';

/** Says that a secret was copied, to the dialog that would close without a word otherwise. */
export const OnCopied = createContext((): void => {});

/** A secret that is shown once. It is in the page alone, and gone when its dialog closes. */
export function Secret({ label, value }: { readonly label: string; readonly value: string }) {
  const [isCopied, setIsCopied] = useState(false);
  const onCopied = useContext(OnCopied);
  const code = useRef<HTMLElement>(null);

  async function copy(): Promise<void> {
    // Without TLS, a browser gives no clipboard: the text is selected, to be copied by hand.
    if (navigator.clipboard === undefined) {
      if (code.current !== null) window.getSelection()?.selectAllChildren(code.current);
      return;
    }
    await navigator.clipboard.writeText(value);
    setIsCopied(true);
    onCopied();
  }

  return (
    <div className="secret">
      <p>{label} It is shown only now.</p>
      <code ref={code}>{value}</code>
      <Button onAction={copy}>{isCopied ? 'Copied' : 'Copy'}</Button>
    </div>
  );
}
