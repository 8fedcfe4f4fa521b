import { useEffect, useRef, useState } from 'react';

/** How long typing must pause before the server is asked. */
const pauseMs = 250;

/** A text that is typed. It follows the address when that changes, such as by a link or the way back. */
export function useText(inAddress: string) {
  const [typed, setTyped] = useState({ text: inAddress, inAddress });
  if (typed.inAddress !== inAddress) setTyped({ text: inAddress, inAddress });
  return [typed.text, (text: string) => setTyped({ text, inAddress })] as const;
}

/** A text that is typed, and applied to the address when typing pauses. */
export function useTyped(inAddress: string, apply: (text: string) => void) {
  const [text, setText] = useText(inAddress);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return {
    text,
    type(value: string): void {
      setText(value);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => apply(value), pauseMs);
    },
    /** Leaves out what is due: the caller applies it. */
    stop: () => clearTimeout(timer.current),
  };
}
