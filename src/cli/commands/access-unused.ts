import type { Command } from 'commander';
import type { CliContext } from '../command.ts';
import { jsonOption, type ReportChoice, report } from '../report.ts';
import { parseDays } from '../words.ts';

interface UnusedChoice extends ReportChoice {
  readonly days: number;
}

/** `access unused`. */
export const addUnusedCommand = (access: Command, context: CliContext): Command =>
  access
    .command('unused')
    .description('show the rights of groups, and the memberships, that were not used')
    .option('--days <days>', 'in the last days: 1 to 400', parseDays, 90)
    .option(...jsonOption)
    .action((choice: UnusedChoice) => report(context, choice, () => ({ document: {}, lines: [] })));
