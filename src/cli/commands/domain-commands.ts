import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import type {
  CommandArgument,
  CommandInput,
  CommandOption,
  CommandResult,
  CommandValue,
  CommandWords,
} from '../../schema/domain-command.ts';
import { packagesOf } from '../../schema/packages/packages.ts';
import type { Project } from '../../schema/project.ts';
import { isOptional } from '../../schema/sdl/command-problems.ts';
import type { CliContext } from '../command.ts';
import { toJson } from '../report.ts';
import { commandNames } from '../unknown-command.ts';
import { toKebabCase } from '../words.ts';

/**
 * Adds the commands of the project's domains and packages, unless the first word is a core command: that works without a project.
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
  const add = (name: string, command: CommandWords, run: RunCommand) =>
    addCommand(program, { ...command, name, run, print: context.print });
  for (const { commands = {} } of project.config.domains ?? []) {
    for (const [name, command] of Object.entries(commands)) {
      add(name, command, async (input) => {
        const { operate, contexts } = await import('../../gatehouse/operator.ts');
        return operate(await context.load(), async (get) =>
          command.run(get(contexts).createSystemContext(), input),
        );
      });
    }
  }
  for (const owner of packagesOf(project.config)) {
    for (const [name, command] of Object.entries(owner.schemaCommands ?? {})) {
      add(name, command, async (input) => {
        const { createSchemaReport } = await import('../../gatehouse/schema-report.ts');
        const { lines, problems } = await command.run(
          createSchemaReport(project).composed(),
          input,
        );
        for (const line of lines) context.print(line);
        if (problems.length > 0) throw new Error(problems.join('\n'));
        return undefined;
      });
    }
    for (const [name, command] of Object.entries(owner.commands ?? {})) {
      add(name, command, async (input) => {
        const { operate, runtimes } = await import('../../gatehouse/operator.ts');
        const { runPackageCommand } = await import('../../schema/packages/package-calls.ts');
        return operate(await context.load(), (get) =>
          runPackageCommand(get(runtimes), { owner, command }, input),
        );
      });
    }
  }
}

async function loadSound({ project }: CliContext): Promise<Project> {
  const loaded = await project();
  const { domains = [] } = loaded.config;
  const packages = packagesOf(loaded.config);
  if (domains.length + packages.length === 0) return loaded;
  const { requireSoundCommands } = await import('../../schema/sdl/find-problems.ts');
  requireSoundCommands(domains, packages);
  return loaded;
}

type RunCommand = (input: CommandInput) => Promise<CommandResult>;

interface AddedCommand extends CommandWords, Pick<CliContext, 'print'> {
  readonly name: string;
  readonly run: RunCommand;
}

function addCommand(program: Command, { name, run, print, ...words }: AddedCommand): void {
  const added = addByName(program, name).description(words.description);
  const { options = {} } = words;
  const argumentNames = Object.keys(words.arguments ?? {});
  for (const each of Object.entries(words.arguments ?? {})) added.addArgument(toArgument(each));
  for (const each of Object.entries(options)) added.addOption(toOption(each));
  added.action(async () => {
    const values: readonly CommandValue[] = added.processedArgs;
    const flags = added.opts<CommandInput>();
    const input: CommandInput = Object.fromEntries([
      ...argumentNames.map((each, index) => [each, values[index]]),
      ...Object.entries(options).map(([each, { type }]) => [
        each,
        flags[each] ?? (type === 'boolean' ? false : undefined),
      ]),
    ]);
    const result = await run(input);
    if (result === undefined) return;
    if (typeof result === 'string') print(result);
    else if (input.json === true) print(toJson(result.document));
    else for (const line of result.lines) print(line);
  });
}

/** Adds a command. One whose name has two words is added to the group that the first word names. */
function addByName(program: Command, name: string): Command {
  const [first = '', second] = name.split(' ');
  if (second === undefined) return program.command(first);
  const group =
    program.commands.find((command) => command.name() === first) ?? program.command(first);
  const added = group.command(second);
  const names = group.commands.map((command) => command.name());
  group.description(`commands: ${names.join(', ')}`);
  return added;
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

/** @throws {InvalidArgumentError} */
function parseNumber(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new InvalidArgumentError('It is not a number.');
  return value;
}
