import { useCallback, useState } from 'react';

/** Returns a function that runs an action, such as at a click, with whether it runs and how it failed. */
export function useAction(action: () => Promise<unknown>) {
  const [isRunning, setIsRunning] = useState(false);
  const [error, setError] = useState<unknown>();

  const run = useCallback(async (): Promise<void> => {
    setIsRunning(true);
    setError(undefined);
    try {
      await action();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setIsRunning(false);
    }
  }, [action]);

  return { run, isRunning, error };
}
