import { onTestFinished } from 'vitest';
import type { GatehouseProcess } from './process.ts';
import { kill } from './rounds.ts';
import { type Moment, type StatementProxy, startStatementProxy } from './statement-proxy.ts';

/** A process that reaches its database through a proxy, to be killed at a statement. */
export interface Victim<Process> {
  readonly proxy: StatementProxy;
  readonly process: Process;
}

/** Puts a proxy before the database at a URL, and starts a process that uses it. */
export async function startVictim<Process>(
  databaseUrl: string,
  start: (environment: { readonly DATABASE_URL: string }) => Process | Promise<Process>,
): Promise<Victim<Process>> {
  const proxy = await startStatementProxy(databaseUrl);
  onTestFinished(proxy.close);
  return { proxy, process: await start({ DATABASE_URL: proxy.url }) };
}

/** When a process is killed. */
export interface Kill {
  readonly moment: Moment;
  /** Which statement, counted from 1. */
  readonly number: number;
}

/** Which statements are counted, and what happens between the one at which all stops and the kill. */
interface KillOptions extends Kill {
  readonly isCounted: (statement: string) => boolean;
  readonly beforeKill?: () => Promise<unknown>;
}

/**
 * Lets a process work, and kills it by SIGKILL at a statement, or when the work is done. Returns what the work returned,
 * and the statement: undefined when it was not reached.
 */
export async function killAt<Result>(
  { proxy, process }: Victim<GatehouseProcess>,
  { moment, number, isCounted, beforeKill }: KillOptions,
  work: () => Promise<Result>,
): Promise<{ readonly reached: string | undefined; readonly result: Result }> {
  let left = number;
  const isReached = (statement: string) => isCounted(statement) && --left === 0;
  const stopped = proxy.stopAt({ moment, isReached });
  const working = work();
  const reached = await Promise.race([stopped, working.then(() => undefined)]);
  await beforeKill?.();
  await kill(process);
  await proxy.close();
  return { reached, result: await working };
}
