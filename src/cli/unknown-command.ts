import type { Command } from 'commander';
import { distance } from 'fastest-levenshtein';

const maxEdits = 2;

/** What the first word can be. */
export const commandNames = (program: Command): readonly string[] => [
  'help',
  ...program.commands.map((command) => command.name()),
];

/**
 * Refuses a first word that is no command. `start`, which runs when there is none, would take it for an
 * argument.
 *
 * @throws {CommanderError}
 */
export function requireKnownCommand(program: Command, first: string | undefined): void {
  const names = commandNames(program);
  if (first === undefined || names.includes(first)) return;
  const [nearest] = names
    .map((name) => ({ name, edits: distance(first, name) }))
    .filter(({ edits }) => edits <= maxEdits)
    .sort((a, b) => a.edits - b.edits);
  const suggestion = nearest === undefined ? '' : ` (did you mean ${nearest.name}?)`;
  program.error(`error: unknown command '${first}'${suggestion}`);
}
