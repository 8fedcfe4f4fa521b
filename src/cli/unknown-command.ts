import type { Command } from 'commander';
import { didYouMean } from '../values/nearest-name.ts';

/** Returns the possible first words. */
export const commandNames = (program: Command): readonly string[] => [
  'help',
  ...program.commands.map((command) => command.name()),
];

/**
 * Refuses a first word that is no command. `start`, the default command, would take it for an
 * argument.
 *
 * @throws {CommanderError}
 */
export function requireKnownCommand(program: Command, first: string | undefined): void {
  const names = commandNames(program);
  if (first === undefined || names.includes(first)) return;
  program.error(`error: unknown command '${first}'${didYouMean(first, names)}`);
}
