import { checkEventTables, type EventField } from '../doctor/event-checks.ts';
import type { AppOptions } from './app-inputs.ts';

class EventTableError extends Error {
  override readonly name = 'EventTableError';
}

/**
 * Checks the tables of events. Warns of each that sends none.
 *
 * @throws {EventTableError} for missing ones. @throws the database's error.
 */
export async function requireEventTables(
  fields: readonly EventField[],
  { connection, logger }: Pick<AppOptions, 'connection' | 'logger'>,
): Promise<void> {
  const checks = await checkEventTables(fields, connection.migrations);
  const problems = checks.flatMap(({ state, name, found, advice }) =>
    state === 'problem' ? [`${name}: ${found}. To do: ${advice}.`] : [],
  );
  if (problems.length > 0) throw new EventTableError(problems.join('\n'));
  for (const { name, found, advice } of checks) logger.warn(`${name}: ${found}: ${advice}`);
}
