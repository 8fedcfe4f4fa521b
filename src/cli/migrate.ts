import { applyMigrations, tellMigrationStatus, writeMigration } from '../operator.ts';
import type { CliContext } from './cli.ts';

/** `migrate`, `migrate --status` and `migrate --create <name>`. */
export async function runMigrate(
  context: CliContext,
  choice: { readonly status?: true; readonly create?: string },
): Promise<void> {
  if (choice.create !== undefined) return createOne(context, choice.create);
  if (choice.status === true) return showStatus(context);
  const applied = await applyMigrations(context.config(), context.logger());
  for (const name of applied) context.print(`applied   ${name}`);
  if (applied.length === 0) context.print('The database is up to date.');
}

async function showStatus({ config, logger, print }: CliContext): Promise<void> {
  const status = await tellMigrationStatus(config(), logger());
  for (const [state, names] of Object.entries(status)) {
    for (const name of names) print(`${state.padEnd(9)} ${name}`);
  }
}

async function createOne({ print }: CliContext, name: string): Promise<void> {
  const file = await writeMigration(name);
  print(file === undefined ? 'prisma/schema.prisma has not changed.' : `wrote ${file}`);
}
