import type { Config } from '../config/config.ts';
import { adviceOnUnreachable } from '../config/unreachable-database.ts';
import type { Logger } from '../observability/logger.ts';

/** How often the log says what to check, in milliseconds. */
const adviceMs = 60_000;

export interface UnavailableLogOptions {
  readonly config: Pick<Config, 'databaseUrl'>;
  readonly logger: Pick<Logger, 'warn'>;
  /** A monotonic clock, in milliseconds. */
  readonly elapsedMs: () => number;
}

/**
 * Creates the function that logs a failed attempt to use the database. While it stays unavailable, the log says once a
 * minute what to check: a database that only restarts is back by then.
 */
export function createUnavailableLog({ config, logger, elapsedMs }: UnavailableLogOptions) {
  let adviseAt: number | undefined;
  return (error: unknown): void => {
    logger.warn({ err: error }, 'the database is unavailable; waiting for it');
    adviseAt ??= elapsedMs() + adviceMs;
    if (elapsedMs() < adviseAt) return;
    adviseAt = elapsedMs() + adviceMs;
    logger.warn(`the database is still unavailable: ${adviceOnUnreachable(config, error)}`);
  };
}
