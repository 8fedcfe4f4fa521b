import { Command } from 'commander';
import { type Config, type Environment, parseConfig } from '../config/config.ts';
import { createLogger, type Logger } from '../observability/logger.ts';
import { runAccessMatrix } from './access-matrix.ts';
import { runExplain } from './explain.ts';
import { runMigrate } from './migrate.ts';
import { runSchema } from './schema.ts';
import { runSeed } from './seed.ts';
import { runServe } from './serve.ts';

/** What a command gets from the process. */
export interface CliContext {
  /** Parsed at first use, so that `--help` needs no settings. */
  readonly config: () => Config;
  readonly logger: () => Logger;
  /** Prints one line for a person. */
  readonly print: (line: string) => void;
  /** Calls back at the first SIGTERM or SIGINT. */
  readonly onTerminate: (stop: () => void) => void;
}

export interface CliOptions extends Pick<CliContext, 'print' | 'onTerminate'> {
  /** The words after the program's name. */
  readonly words: readonly string[];
  readonly environment: Environment;
  /** Where log lines go. */
  readonly logDestination: { write(line: string): void };
}

/** Runs one command, and resolves when it is done; `serve` is done when it has stopped. */
export async function runCli(options: CliOptions): Promise<void> {
  const config = () => parseConfig(options.environment);
  const logger = () => createLogger(config().logLevel, options.logDestination);
  const context: CliContext = { ...options, config, logger };

  const program = new Command('gatehouse').description('A GraphQL API that guards itself.');
  program
    .command('serve', { isDefault: true })
    .description('migrate the database, then serve the API until SIGTERM')
    .action(() => runServe(context));
  program
    .command('migrate')
    .description('apply the pending migrations to the database')
    .option('--status', 'show what is applied and what is pending, and change nothing')
    .option('--create <name>', 'write a new migration from a changed prisma/schema.prisma')
    .action((choice) => runMigrate(context, choice));
  program
    .command('seed')
    .description('add a user for each group and a few rooms, to try the API with')
    .action(() => runSeed(context));
  addSchemaCommands(program, context);
  await program.parseAsync([...options.words], { from: 'user' });
}

/** For those who own the schema: they need neither settings nor a database. */
function addSchemaCommands(program: Command, context: CliContext): void {
  program
    .command('access-matrix')
    .description('show every coordinate of the schema by group')
    .option('--json', 'show it as JSON')
    .option('--write', 'write it to the file')
    .option('--check', 'fail, and say what has changed, when schema and file differ')
    .option('--file <path>', 'the file (default: access-matrix.md of the repository)')
    .action((choice) => runAccessMatrix(context, choice));
  program
    .command('explain <operation-file>')
    .description('show what an operation asks of a viewer, and who decides it when')
    .option('--groups <names>', 'the groups of the viewer, separated by commas; "" for none')
    .option('--anonymous', 'a viewer without a token')
    .option('--variables <json-file>', 'the variables of the operation')
    .option('--operation-name <name>', 'one of several operations')
    .action((file, choice) => runExplain(context, file, choice));
  program
    .command('schema')
    .description('show the schema as SDL, with its directives')
    .option('--federation', 'for a router of Apollo Federation in front')
    .option(
      '--viewer <names>',
      'what a viewer of these groups sees, separated by commas; "" for none',
    )
    .option('--anonymous', 'what a viewer without a token sees')
    .action((choice) => runSchema(context, choice));
}
