import type { Config } from '../config/config.ts';

const advice: Readonly<Record<string, (port: string) => string>> = {
  EADDRINUSE: (port) => `stop the other program, or set ${port}`,
  EACCES: (port) => `set ${port} to one above 1023, and let a proxy listen on the lower one`,
  EADDRNOTAVAIL: (port) => `set ${port.replace('PORT', 'HOST')} to an address of this machine`,
};

/** Adds to an error of listening which setting to change. Gives every other error back as it is. */
export function toListenError(error: unknown, { metrics }: Pick<Config, 'metrics'>): unknown {
  if (!(error instanceof Error && 'code' in error && 'port' in error)) return error;
  const isOfMetrics = metrics !== undefined && error.port === metrics.port;
  const toDo = advice[String(error.code)]?.(isOfMetrics ? 'METRICS_PORT' : 'PORT');
  if (toDo === undefined) return error;
  return new Error(`${error.message}. To do: ${toDo}.`, { cause: error });
}
