import type { Command } from 'commander';
import type { CliContext } from '../command.ts';
import { addUnusedCommand } from './access-unused.ts';

/** `access unused`. */
export function addAccessCommands(program: Command, context: CliContext): void {
  const access = program.command('access').description('report the rights that groups give');
  addUnusedCommand(access, context);
}
