import { checkEventTables, type EventField } from '../doctor/event-checks.ts';
import { NamedError } from '../error-pages.ts';
import type { AppOptions } from './app-inputs.ts';

class EventTableError extends NamedError {
  override readonly name = 'EventTableError';

  constructor(problems: readonly string[]) {
    super('event-table-missing', problems.join('\n'));
  }
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
  if (problems.length > 0) throw new EventTableError(problems);
  for (const { name, found, advice } of checks) logger.warn(`${name}: ${found}: ${advice}`);
}
