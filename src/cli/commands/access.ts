import type { Command } from 'commander';
import type { CliContext } from '../command.ts';
import { jsonOption, type ReportChoice, reportAdministration } from '../report.ts';
import { addAccessAt } from './access-at.ts';

export function addAccessCommands(program: Command, context: CliContext): void {
  const access = program
    .command('access')
    .description('show what accounts could access, and prune that history');
  addAccessAt(access, context);
  access
    .command('prune')
    .description(
      'permanently delete the history of access that is older than ACCESS_HISTORY_DAYS; for servers whose role owns no table',
    )
    .option(...jsonOption)
    .action(async (choice: ReportChoice) => {
      const { config } = await context.load();
      await reportAdministration(context, choice, async ({ accessHistory }) => {
        const { pruned, before } = await accessHistory.prune(config.accessHistoryDays);
        return {
          document: { pruned, before },
          lines: [`deleted ${pruned} changes before ${before.toISOString()}`],
        };
      });
    });
}
