import { Problem } from './problem.tsx';
import { useAction } from './use-action.ts';

interface MoreButtonProps {
  readonly children: string;
  /** Reads the next page. */
  readonly onMore: () => Promise<unknown>;
}

/** Continues a list. */
export function MoreButton({ children, onMore }: MoreButtonProps) {
  const { run, isRunning, error } = useAction(onMore);
  return (
    <>
      <button type="button" onClick={run} disabled={isRunning}>
        {children}
      </button>
      <Problem error={error} />
    </>
  );
}
