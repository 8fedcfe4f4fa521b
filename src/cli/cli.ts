import { resolve } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { type Environment, parseConfig } from '../config/config.ts';
import { createLogger } from '../observability/logger.ts';
import { packagesOf } from '../schema/packages/packages.ts';
import { programVersion } from '../values/version.ts';
import type { CliContext } from './command.ts';
import { addAccessCommands } from './commands/access.ts';
import { addAuditCommands } from './commands/audit.ts';
import { addClientCommands } from './commands/client.ts';
import { addConfigCommand } from './commands/config.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addDomainCommands } from './commands/domain-commands.ts';
import { addGroupCommands } from './commands/groups.ts';
import { addKeyCommands } from './commands/keys.ts';
import { addOperationCommands } from './commands/operations.ts';
import { addSessionCommands } from './commands/session.ts';
import { addUserCommands } from './commands/user.ts';
import { asksForJson, describeFailure, isUsage, messageOf } from './failure.ts';
import { IncompleteAnswerError } from './incomplete-answer-error.ts';
import { loadProject } from './load-project.ts';
import { jsonOption, toJson } from './report.ts';
import { requireKnownCommand } from './unknown-command.ts';
import { parseWhole } from './words.ts';

/** 0: done. 1: refused or failed. 2: wrong usage, so that nothing was tried; or the answer is incomplete. */
export type ExitCode = 0 | 1 | 2;

export interface CliOptions
  extends Pick<
    CliContext,
    'print' | 'onTerminate' | 'onStrayRejection' | 'input' | 'output' | 'prompts'
  > {
  /** The words after the program's name. */
  readonly words: readonly string[];
  readonly environment: Environment;
  /** Where log lines go. */
  readonly logDestination: { write(line: string): void };
}

/**
 * Runs one command and resolves with the exit code; `start` resolves when the server has stopped. A failure is printed
 * to standard error, and with `--json` also to standard output: `{ "error": { "code", "message", ... } }`.
 */
export async function runCli(options: CliOptions): Promise<ExitCode> {
  let hasPrinted = false;
  const print = (text: string): void => {
    hasPrinted = true;
    options.print(text);
  };
  try {
    const program = createProgram({ ...options, print });
    const asked = readCommandWords(program, options.words);
    await addDomainCommands(program, createContext({ ...options, print }, program), asked);
    requireKnownCommand(program, asked.words);
    await program.parseAsync([...options.words], { from: 'user' });
    return 0;
  } catch (error) {
    const isPrinted = error instanceof CommanderError; // by commander
    if (isPrinted && error.exitCode === 0) return 0; // the requested help
    // One document: of what `doctor` has found, the failure is only the sum.
    if (asksForJson(options.words) && !hasPrinted) {
      print(toJson({ error: describeFailure(error) }));
    }
    if (!isPrinted) options.prompts.write(`${messageOf(error)}\n`);
    return isUsage(error) || error instanceof IncompleteAnswerError ? 2 : 1;
  }
}

/** Reads the options of the program, such as the project's folder, and the words after them. */
function readCommandWords(program: Command, given: readonly string[]) {
  const { operands: words, unknown } = program.parseOptions([...given]);
  const [first] = words;
  const asksForHelp =
    first === undefined ? unknown.some((word) => /^(-h|--help)$/.test(word)) : first === 'help';
  return { words, first, asksForHelp };
}

function createContext(options: Omit<CliOptions, 'words'>, program: Command): CliContext {
  const directory = () => resolve(program.opts<{ project: string }>().project);
  const project = () => loadProject(directory());
  return {
    ...options,
    directory,
    project,
    config: () => parseConfig(options.environment),
    async load() {
      const loaded = await project();
      const config = parseConfig(options.environment, packagesOf(loaded.config));
      const logger = createLogger(config.logLevel, options.logDestination);
      return { config, logger, project: loaded };
    },
  };
}

/**
 * Creates the program with all core commands. Nothing runs until it parses words. What a command needs is imported when
 * it runs: all of it would take a second.
 */
export function createProgram(options: Omit<CliOptions, 'words'>): Command {
  const program = new Command('gatehouse')
    .description('A GraphQL API that guards itself.')
    .version(programVersion(), '-V, --version', 'print the version')
    .option('--project <folder>', 'the folder of gatehouse.config.ts', '.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => options.print(text.trimEnd()),
      writeErr: (text) => options.prompts.write(text),
    });
  const context = createContext(options, program);
  program
    .command('start', { isDefault: true })
    .description('migrate the database, then serve the API until SIGTERM')
    .option('--generate', 'do `generate` first')
    .option(
      '--seed',
      'add sample data to a database without users; not with ADMIN_PASSWORD, never in production',
    )
    .action(async ({ generate, seed }: { readonly generate?: true; readonly seed?: true }) => {
      if (generate === true) await (await import('./commands/generate.ts')).runGenerate(context);
      await (await import('./commands/start.ts')).runStart(context, { seeds: seed === true });
    });
  program
    .command('dev')
    .description('run `start --generate`, and again after each change of a file')
    .action(async () => (await import('./commands/dev.ts')).runDev(context));
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
    .action(async (choice) => (await import('./commands/migrate.ts')).runMigrate(context, choice));
  program
    .command('seed')
    .description(
      'add a user for each group, an API client, and what the domains add, for trying the API',
    )
    .action(async () => (await import('./commands/seed.ts')).runSeed(context));
  addUserCommands(program, context);
  addClientCommands(program, context);
  addGroupCommands(program, context);
  addSessionCommands(program, context);
  addKeyCommands(program, context);
  addAuditCommands(program, context);
  addAccessCommands(program, context);
  addConfigCommand(program, context);
  addDoctorCommand(program, context);
  addSchemaCommands(program, context);
  addOperationCommands(program, context);
  return program;
}

/** For those who own the schema: they need neither settings nor a database. */
function addSchemaCommands(program: Command, context: CliContext): void {
  program
    .command('generate')
    .description('generate the Prisma client, the composed schema and the types of codegen.ts')
    .action(async () => (await import('./commands/generate.ts')).runGenerate(context));
  program
    .command('check')
    .description(
      'fail and show what is wrong with the schema, generated files, access matrix or operations',
    )
    .option('--verbose', 'show the accepted findings with their reasons')
    .option('--full', 'list every difference of the access matrix, not only the first twenty')
    .addOption(
      new Option(
        '--format <format>',
        'markdown: print what changes for viewers, as a comment on a pull request',
      )
        .choices(['text', 'markdown'])
        .default('text'),
    )
    .option(
      '--base <folder>',
      'with --format markdown: the folder of access-matrix.md and operations.md to compare with (default: the project)',
    )
    .action(async (choice) => (await import('./commands/check.ts')).runCheck(context, choice));
  program
    .command('access-matrix')
    .description('show who can access each schema coordinate, by group')
    .option(...jsonOption)
    .option('--write', 'write the matrix to the file')
    .option('--check', 'fail and show the differences if the file does not match the schema')
    .option('--file <path>', 'the file (default: access-matrix.md of the project)')
    .action(async (choice) =>
      (await import('./commands/access-matrix.ts')).runAccessMatrix(context, choice),
    );
  program
    .command('explain [operation-file]')
    .description(
      'show what access an operation requires, or by which ways a field is reached, or what a group opens',
    )
    .option('--groups <names>', 'the groups of the viewer, separated by commas; "" for none')
    .option('--anonymous', 'a viewer without a token')
    .option('--variables <json-file>', 'a JSON file with the variables of the operation')
    .option('--operation-name <name>', 'the operation to use if the document contains several')
    .option(
      '--coordinate <coordinate>',
      'the ways from root fields to a field, argument, input field, enum value or type, and who passes',
    )
    .option('--group <name>', 'what the group reaches that a user in no group does not')
    .option('--ways <count>', 'with --coordinate: the most ways to show (default: 20)', parseWhole)
    .option(...jsonOption)
    .action(async (file, choice) =>
      (await import('./commands/explain.ts')).runExplain(context, file, choice),
    );
  program
    .command('schema')
    .description('print the schema as SDL, with its directives')
    .option('--federation', 'print it for an Apollo Federation router in front of the server')
    .option(
      '--policies <names>',
      'with --federation: the policies that the router is given results for, separated by commas',
    )
    .option(
      '--viewer <names>',
      'the schema visible to a viewer in these groups, separated by commas; "" for none',
    )
    .option('--anonymous', 'the schema visible to a viewer without a token')
    .option('--output <file>', 'write it to a file instead')
    .action(async (choice) => (await import('./commands/schema.ts')).runSchema(context, choice));
}
