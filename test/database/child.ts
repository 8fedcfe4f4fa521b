import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from '../support/process.ts';

/** A program of `children/`, which answers in lines. */
export interface Child {
  readonly pid: number;
  /** The next line that it says. */
  readLine(): Promise<string>;
  say(line: string): void;
  /** Ends it at once, as a power cut would, and waits until it is gone. */
  kill(): Promise<void>;
}

/** Starts a program of `children/`, which imports the built product: loading its sources takes twice as long. */
export async function startChild(program: string, ...args: string[]): Promise<Child> {
  build();
  const path = fileURLToPath(new URL(`./children/${program}`, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child, 'spawn');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    pid: child.pid ?? 0,
    readLine: async () => {
      const { done, value } = await lines.next();
      if (done === true) throw new Error(`${program} ended without an answer.`);
      return value;
    },
    say: (line) => child.stdin.write(`${line}\n`),
    kill: () => killed(child),
  };
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}
