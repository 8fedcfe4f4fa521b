import type { Command } from 'commander';
import type { DomainCommand } from '../composition/domain.ts';
import { requireSoundCommands } from '../composition/find-problems.ts';
import type { Project } from '../composition/project.ts';
import { runDomainCommand } from '../operator.ts';
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
  requireSoundCommands(loaded.config.domains ?? []);
  return loaded;
}

function addDomainCommand(
  program: Command,
  { config, logger, project, print }: CliContext,
  { name, command }: { readonly name: string; readonly command: DomainCommand },
): void {
  const added = program.command(name).description(command.description);
  for (const each of command.arguments ?? []) added.argument(each);
  added.action(async () => {
    const options = { config: config(), logger: logger(), project: await project() };
    const text = await runDomainCommand(options, command, added.args);
    if (text !== undefined) print(text);
  });
}
