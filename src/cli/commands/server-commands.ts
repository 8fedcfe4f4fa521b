import type { Command } from 'commander';
import type { CliContext } from '../command.ts';

export function addServerCommands(program: Command, context: CliContext): void {
  addStart(program, context);
  addDev(program, context);
  addMigrate(program, context);
  addSeed(program, context);
}

function addStart(program: Command, context: CliContext): void {
  program
    .command('start', { isDefault: true })
    .description('migrate the database, then serve the API until SIGTERM')
    .option('--generate', 'do `generate` first')
    .option(
      '--seed',
      'add sample data to a database without users; not with ADMIN_PASSWORD, never in production',
    )
    .action(async ({ generate, seed }: { readonly generate?: true; readonly seed?: true }) => {
      if (generate === true) await (await import('./generate.ts')).runGenerate(context);
      await (await import('./start.ts')).runStart(context, { seeds: seed === true });
    });
}

function addDev(program: Command, context: CliContext): void {
  program
    .command('dev')
    .description('run `start --generate`, and again after each change of a file')
    .action(async () => (await import('./dev.ts')).runDev(context));
}

function addMigrate(program: Command, context: CliContext): void {
  program
    .command('migrate')
    .description('apply pending migrations to the database')
    .option('--status', 'show the owner and state of each migration without changing anything')
    .option(
      '--grant <role>',
      'after migrating, grant a role that owns no table the rights of a node',
    )
    .option(
      '--create <name>',
      "create a migration from the changes in the project's prisma/schema.prisma",
    )
    .option(
      '--rename <changes...>',
      'with --create: new names, which keep the rows: table.column=name, or table=name',
    )
    .option(
      '--accept-data-loss',
      'with --create: also write what removes data, with a comment that says so',
    )
    .action(async (choice) => (await import('./migrate.ts')).runMigrate(context, choice));
}

function addSeed(program: Command, context: CliContext): void {
  program
    .command('seed')
    .description(
      'add a user for each group, an API client, and what the domains add, for trying the API',
    )
    .action(async () => (await import('./seed.ts')).runSeed(context));
}
