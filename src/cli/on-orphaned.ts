/** The interval of checks whether the parent process has ended, in milliseconds. */
const checkMs = 500;

/** The reason in the log. The page of commands describes it. */
const reason = 'the shell of npm or npx has ended';

/**
 * Calls back when the parent process has ended. npm and npx run a command in a shell: they pass SIGTERM on to the
 * shell, which ends without passing it on.
 *
 * A shell that was killed and one that started the process in the background look the same: Node.js resets the signals
 * that such a shell ignores, and the exit status of a parent is unknown to its child.
 */
export function onOrphaned(callback: (reason: string) => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    callback(reason);
  }, checkMs).unref();
}
