import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { isOptional } from '../composition/command-problems.ts';
import type {
  CommandArgument,
  CommandInput,
  CommandOption,
  CommandValue,
  DomainCommand,
} from '../composition/domain-command.ts';
import type { Project } from '../composition/project.ts';
import type { CliContext } from './command.ts';
import { commandNames } from './unknown-command.ts';

/**
 * Adds the commands of the project's domains, unless the first word is a core command: that works without a project.
 * Help leaves them out when the project cannot be loaded.
 *
 * @throws {CompositionError} and what loading the project throws.
 */
export async function addDomainCommands(
  program: Command,
  context: CliContext,
  { first, asksForHelp }: { readonly first: string | undefined; readonly asksForHelp: boolean },
): Promise<void> {
  if (!asksForHelp && (first === undefined || commandNames(program).includes(first))) return;
  const project = await loadSound(context).catch((error: unknown) => {
    if (!asksForHelp) throw error;
  });
  if (project === undefined) return;
  for (const { commands = {} } of project.config.domains ?? []) {
    for (const [name, command] of Object.entries(commands)) {
      addDomainCommand(program, { ...context, project: async () => project }, { name, command });
    }
  }
}

async function loadSound({ project }: CliContext): Promise<Project> {
  const loaded = await project();
  const { domains = [] } = loaded.config;
  if (domains.length === 0) return loaded;
  const { requireSoundCommands } = await import('../composition/find-problems.ts');
  requireSoundCommands(domains);
  return loaded;
}

function addDomainCommand(
  program: Command,
  { config, logger, project, print }: CliContext,
  { name, command }: { readonly name: string; readonly command: DomainCommand },
): void {
  const added = program.command(name).description(command.description);
  const { options = {} } = command;
  const argumentNames = Object.keys(command.arguments ?? {});
  for (const each of Object.entries(command.arguments ?? {})) added.addArgument(toArgument(each));
  for (const each of Object.entries(options)) added.addOption(toOption(each));
  added.action(async () => {
    const words: readonly CommandValue[] = added.processedArgs;
    const given = added.opts<CommandInput>();
    const input: CommandInput = Object.fromEntries([
      ...argumentNames.map((each, index) => [each, words[index]]),
      ...Object.entries(options).map(([each, { type }]) => [
        each,
        given[each] ?? (type === 'boolean' ? false : undefined),
      ]),
    ]);
    const all = { config: config(), logger: logger(), project: await project() };
    const { runDomainCommand } = await import('../operator.ts');
    const text = await runDomainCommand(all, command, input);
    if (text !== undefined) print(text);
  });
}

function toArgument([name, argument]: readonly [string, CommandArgument]): Argument {
  const word = `${toKebabCase(name)}${argument.variadic === true ? '...' : ''}`;
  const form = isOptional(argument) ? `[${word}]` : `<${word}>`;
  const made = new Argument(form, argument.description);
  if (argument.default !== undefined) made.default(argument.default);
  if (argument.type === 'string') return made;
  return made.argParser<number | readonly number[]>((text, before) =>
    argument.variadic === true
      ? [...(Array.isArray(before) ? before : []), parseNumber(text)]
      : parseNumber(text),
  );
}

function toOption([name, option]: readonly [string, CommandOption]): Option {
  const flag = `--${toKebabCase(name)}`;
  if (option.type === 'boolean') return new Option(flag, option.description);
  const made = new Option(`${flag} <${option.type}>`, option.description);
  if (option.default !== undefined) made.default(option.default);
  if (option.type === 'number') made.argParser(parseNumber);
  return made.makeOptionMandatory(option.required === true);
}

/** Commander turns flags back into camel case. */
const toKebabCase = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** @throws {InvalidArgumentError} */
function parseNumber(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new InvalidArgumentError('It is not a number.');
  return value;
}
