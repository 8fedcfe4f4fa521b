import { resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { type Environment, parseConfig } from '../config/config.ts';
import { pagesOfError } from '../error-pages.ts';
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
import { addSchemaCommands } from './commands/schema-commands.ts';
import { addServerCommands } from './commands/server-commands.ts';
import { addSessionCommands } from './commands/session.ts';
import { addUserCommands } from './commands/user.ts';
import { asksForJson, describeFailure, isUsage, messageOf } from './failure.ts';
import { IncompleteAnswerError } from './incomplete-answer-error.ts';
import { loadProject } from './load-project.ts';
import { toJson } from './report.ts';
import { requireKnownCommand } from './unknown-command.ts';

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
    if (!isPrinted) {
      options.prompts.write(`${[messageOf(error), ...pagesOfError(error)].join('\n')}\n`);
    }
    return isUsage(error) || error instanceof IncompleteAnswerError ? 2 : 1;
  }
}

/** Reads the options of the program, such as the project's folder, and the words after them. */
function readCommandWords(program: Command, commandLine: readonly string[]) {
  const { operands: words, unknown } = program.parseOptions([...commandLine]);
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
    .description(
      'Authorization for GraphQL on Node.js and TypeScript. You write who may see what in the schema; Gatehouse checks the whole operation before any resolver runs.',
    )
    .version(programVersion(), '-V, --version', 'print the version')
    .option('--project <folder>', 'the folder of gatehouse.config.ts', '.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => options.print(text.trimEnd()),
      writeErr: (text) => options.prompts.write(text),
    });
  const context = createContext(options, program);
  addServerCommands(program, context);
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
  return program;
}
