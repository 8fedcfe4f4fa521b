/** The interval of checks whether the parent process has ended, in milliseconds. */
const checkMs = 500;

/**
 * Calls back when the parent process has ended. npm and npx run a command in a shell: they pass SIGTERM on to the
 * shell, which ends without passing it on.
 */
export function onOrphaned(callback: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    callback();
  }, checkMs).unref();
}
