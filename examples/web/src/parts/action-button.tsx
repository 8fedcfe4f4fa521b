import type { ReactNode } from 'react';
import { Problem } from './problem.tsx';
import { useAction } from './use-action.ts';

interface ActionButtonProps {
  readonly children: ReactNode;
  readonly onAction: () => Promise<unknown>;
  readonly isMain?: boolean;
}

/**
 * A button that sends something to the server, and shows why it failed. It is not `disabled` while it runs, because
 * a disabled button loses the focus.
 */
export function ActionButton({ children, onAction, isMain = false }: ActionButtonProps) {
  const { run, isRunning, error } = useAction(onAction);
  return (
    <>
      <button
        type="button"
        className={isMain ? 'main' : undefined}
        aria-disabled={isRunning}
        onClick={isRunning ? undefined : run}
      >
        {children}
      </button>
      <Problem error={error} />
    </>
  );
}
