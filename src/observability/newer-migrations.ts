import type { Logger } from './logger.ts';

/** Logs migrations of a newer version. During an upgrade this node may run on; it should be upgraded too. */
export const warnOfNewerMigrations =
  (logger: Logger) =>
  (names: readonly string[]): void =>
    logger.warn(
      `the database has migrations of a newer version, which this one can work with: ${names.join(', ')}`,
    );
