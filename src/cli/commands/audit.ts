import type { Command } from 'commander';
import type { CliContext } from '../command.ts';
import {
  jsonOption,
  type PageChoice,
  type ReportChoice,
  reportAdministration,
  toPageReport,
  withPageOptions,
} from '../report.ts';
import { parseMoment } from '../words.ts';
import { type ExportChoice, exportAudit } from './audit-export.ts';

interface ListChoice extends PageChoice {
  readonly action?: string;
  readonly actor?: string;
  readonly subject?: string;
  readonly since?: Date;
  readonly until?: Date;
}

interface PruneChoice extends ReportChoice {
  readonly before: Date;
  /** Default: the audit log. */
  readonly log?: string;
}

export function addAuditCommands(program: Command, context: CliContext): void {
  const audit = program.command('audit').description('read, export and prune the audit log');
  withPageOptions(
    audit
      .command('list')
      .description('list events, newest first')
      .option('--action <name>', 'only events with this action, such as login.failed')
      .option(
        '--actor <user>',
        'only events caused by this user (username or id) or API client (id)',
      )
      .option(
        '--subject <user>',
        'only events about this user (username or id) or other record (id)',
      )
      .option('--since <date>', 'only events recorded at this time or later', parseMoment)
      .option('--until <date>', 'only events recorded before this time', parseMoment),
  ).action((choice: ListChoice) => listEvents(context, choice));
  audit
    .command('export')
    .description(
      'write all events as JSON Lines, oldest first; exit code 1 if not all were written',
    )
    .option('--log <name>', 'write the rows of this log of a package instead')
    .option('--since <date>', 'only events recorded at this time or later', parseMoment)
    .option('--until <date>', 'only events recorded before this time', parseMoment)
    .option('--after <id>', 'only events after the one with this id, to continue an export')
    .option('--output <file>', 'write them to a new file instead of standard output')
    .action((choice: ExportChoice) => exportAudit(context, choice));
  audit
    .command('prune')
    .description('permanently delete old events; the deletion itself is recorded as an event')
    .requiredOption('--before <date>', 'delete events before this date', parseMoment)
    .option('--log <name>', 'delete rows of this log of a package instead')
    .option(...jsonOption)
    .action(({ before, log, ...choice }: PruneChoice) =>
      reportAdministration(context, choice, async ({ audit }) => {
        const { row, prune } = audit.logOf(log);
        const pruned = await prune(before);
        return {
          document: { pruned, before },
          lines: [`deleted ${pruned} ${row}s before ${before.toISOString()}`],
        };
      }),
    );
}

const listEvents = (context: CliContext, choice: ListChoice): Promise<void> =>
  reportAdministration(context, choice, async ({ audit }) => {
    const page = await audit.list(choice);
    const ids = page.edges.flatMap(({ node: { actorId, subjectId } }) => [actorId, subjectId]);
    const names = await audit.namesOf(ids.filter((id) => id !== null));
    const nameOf = (id: string | null) => (id === null ? '-' : (names.get(id) ?? id));
    return toPageReport(page, 'events', {
      head: ['AT', 'ACTION', 'ACTOR', 'SUBJECT', 'ADDRESS', 'DETAIL'],
      toRow: ({ at, action, actorId, subjectId, ip, detail }) => [
        at.toISOString(),
        action,
        nameOf(actorId),
        nameOf(subjectId),
        ip ?? '-',
        detail ?? '',
      ],
    });
  });
