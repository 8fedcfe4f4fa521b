import { applyMigrations, readStates } from '../../gatehouse/operator.ts';
import { type MigrationChoice, writeMigration } from '../../gatehouse/project-migrations.ts';
import type { CliContext } from '../command.ts';
import { UsageError } from '../usage-error.ts';

interface MigrateChoice {
  readonly status?: true;
  readonly grant?: string;
  readonly create?: string;
  /** With `create`. */
  readonly rename?: readonly string[];
  readonly acceptDataLoss?: true;
}

/** `migrate`, `migrate --grant <role>`, `migrate --status` and `migrate --create <name>`. */
export async function runMigrate(context: CliContext, choice: MigrateChoice): Promise<void> {
  const { create: name, rename: renames = [], acceptDataLoss: acceptsDataLoss = false } = choice;
  if (name !== undefined) return createOne(context, { name, renames, acceptsDataLoss });
  if (acceptsDataLoss || renames.length > 0) {
    throw new UsageError('--rename and --accept-data-loss need --create <name>.');
  }
  if (choice.status === true) return showStatus(context);
  const applied = await applyMigrations(await context.load(), choice.grant);
  for (const name of applied) context.print(`applied   ${name}`);
  if (applied.length === 0) context.print('The database is up to date.');
  if (choice.grant !== undefined) context.print(`granted   ${choice.grant}`);
}

async function showStatus({ load, print }: CliContext): Promise<void> {
  const found = await readStates(await load());
  const width = Math.max(9, ...found.map(({ owner }) => owner.length));
  for (const { owner, state, name } of found) {
    print(`${owner.padEnd(width)} ${state.padEnd(9)} ${name}`);
  }
}

async function createOne({ print, project }: CliContext, choice: MigrationChoice): Promise<void> {
  const files = await writeMigration(choice, await project());
  for (const file of files) print(`wrote ${file}`);
  if (files.length === 0) print('prisma/schema.prisma has not changed.');
}
