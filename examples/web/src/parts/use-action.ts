import { useState } from 'react';

/** Runs an action at a click, and keeps whether it runs and how it failed. */
export function useAction(action: () => Promise<unknown>) {
  const [isRunning, setIsRunning] = useState(false);
  const [error, setError] = useState<unknown>();

  async function run(): Promise<void> {
    setIsRunning(true);
    setError(undefined);
    try {
      await action();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setIsRunning(false);
    }
  }

  return { run, isRunning, error };
}
