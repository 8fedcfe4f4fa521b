import type { Command } from 'commander';
import type { CliContext } from '../command.ts';
import { addAccessAt } from './access-at.ts';
import { addAccessPrune } from './access-prune.ts';

/** `access at|prune`. */
export function addAccessCommands(program: Command, context: CliContext): void {
  const access = program
    .command('access')
    .description('show what accounts could access, and prune that history');
  addAccessAt(access, context);
  addAccessPrune(access, context);
}
