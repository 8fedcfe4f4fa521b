import type { Command } from 'commander';
import type { CliContext } from './cli.ts';
import {
  nextPageLines,
  type ReportChoice,
  reportAdministration,
  toPage,
  toTable,
} from './report.ts';
import { parseMoment, parseWhole } from './words.ts';

interface ListChoice extends ReportChoice {
  readonly action?: string;
  readonly first?: number;
  readonly after?: string;
}

const json = ['--json', 'show it as JSON'] as const;

/** `audit list|prune`. */
export function addAuditCommands(program: Command, context: CliContext): void {
  const audit = program.command('audit').description('read and prune the audit log');
  audit
    .command('list')
    .description('list what has happened, latest first')
    .option('--action <name>', 'only events of this action, such as login.failed')
    .option('--first <count>', 'how many: 1 to 100 (default: 20)', parseWhole)
    .option('--after <cursor>', 'go on after a page')
    .option(...json)
    .action(({ action, ...choice }: ListChoice) => listEvents(context, action, choice));
  audit
    .command('prune')
    .description('remove old events for good; what was removed is an event itself')
    .requiredOption('--before <date>', 'remove what happened before', parseMoment)
    .option(...json)
    .action(({ before, ...choice }: ReportChoice & { readonly before: Date }) =>
      reportAdministration(context, choice, async (administration) => {
        const pruned = await administration.audit.prune(before);
        return {
          document: { pruned, before },
          lines: [`removed ${pruned} events before ${before.toISOString()}`],
        };
      }),
    );
}

const listEvents = (
  context: CliContext,
  action: string | undefined,
  choice: ListChoice,
): Promise<void> =>
  reportAdministration(context, choice, async (administration) => {
    const { nodes, pageInfo } = toPage(await administration.audit.list({ ...choice, action }));
    const rows = nodes.map(({ at, action, actorId, subjectId, ip, detail }) => [
      at.toISOString(),
      action,
      actorId ?? '-',
      subjectId ?? '-',
      ip ?? '-',
      detail ?? '',
    ]);
    const head = ['AT', 'ACTION', 'ACTOR', 'SUBJECT', 'ADDRESS', 'DETAIL'];
    return {
      document: { events: nodes, pageInfo },
      lines: [...(rows.length === 0 ? [] : toTable([head, ...rows])), ...nextPageLines(pageInfo)],
    };
  });
