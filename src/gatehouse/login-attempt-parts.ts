import type { DatabaseConnection } from '../database/connect.ts';
import { createLoginAttemptStore } from '../identity/sessions/login/login-attempts.store.ts';
import type { LoginAttemptCounters } from '../schema/package.ts';
import { openLoginAttempts, type PackageOptions } from './package-parts.ts';

export interface LoginAttemptCounterOptions extends PackageOptions {
  readonly connection: Pick<DatabaseConnection, 'database'>;
}

/** Opens the counters of failed logins: those of a package if it brings some, or the table. */
export async function openLoginAttemptCounters(
  options: LoginAttemptCounterOptions,
): Promise<LoginAttemptCounters> {
  const { config, connection } = options;
  const { loginLimits: limits } = config;
  // The system's clock: the library that counts in the table reads it too.
  const now = () => new Date();
  const store = createLoginAttemptStore({ database: connection.database, limits, now });
  const table = { store, windowSeconds: limits.windowSeconds };
  const opened = await openLoginAttempts(options, table);
  return opened ?? { store, load: () => ({}), close: async () => {} };
}
