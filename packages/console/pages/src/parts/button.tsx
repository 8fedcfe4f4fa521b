import { type ReactNode, useState } from 'react';
import { Problem } from './states.tsx';

interface ButtonProps {
  readonly children: ReactNode;
  readonly onAction: () => Promise<unknown>;
  /** The name, where the content alone does not say what the button does. */
  readonly label?: string;
  readonly kind?: 'main' | 'danger' | undefined;
}

/** A button that sends something, and shows why it failed. While it runs it keeps the focus, which `disabled` would not. */
export function Button({ children, onAction, label, kind }: ButtonProps) {
  const [isRunning, setIsRunning] = useState(false);
  const [error, setError] = useState<unknown>();

  async function run(): Promise<void> {
    if (isRunning) return;
    setIsRunning(true);
    setError(undefined);
    try {
      await onAction();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setIsRunning(false);
    }
  }

  return (
    <>
      <button
        type="button"
        className={kind}
        aria-label={label}
        aria-disabled={isRunning}
        onClick={() => void run()}
      >
        {children}
      </button>
      <Problem error={error} />
    </>
  );
}
