import type { Command } from 'commander';
import { didYouMean } from '../values/nearest-name.ts';

/** Returns the possible first words. */
export const commandNames = (program: Command): readonly string[] => [
  'help',
  ...program.commands.map((command) => command.name()),
];

/**
 * Refuses a first word that is no command: `start`, the default command, would take it for an argument. In a group of
 * commands, such as `user`, the second word is checked as well.
 *
 * @throws {CommanderError}
 */
export function requireKnownCommand(program: Command, [first, ...rest]: readonly string[]): void {
  if (first === undefined || first === 'help') return;
  const found = program.commands.find((command) => command.name() === first);
  if (found === undefined) {
    program.error(`error: unknown command '${first}'${didYouMean(first, commandNames(program))}`);
  }
  if (found.commands.length > 0) requireKnownCommand(found, rest);
}
