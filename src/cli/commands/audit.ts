import type { Command } from 'commander';
import { startOfDay } from '../../values/start-of-day.ts';
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
  /** Deletes records of reads instead of events. */
  readonly reads?: boolean;
}

/** `audit list|export|prune`. */
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
    .option('--reads', 'write the records of reads, from @audited, instead of the events')
    .option('--since <date>', 'only events recorded at this time or later', parseMoment)
    .option('--until <date>', 'only events recorded before this time', parseMoment)
    .option('--after <id>', 'only events after the one with this id, to continue an export')
    .option('--output <file>', 'write them to a new file instead of standard output')
    .action((choice: ExportChoice) => exportAudit(context, choice));
  audit
    .command('prune')
    .description('permanently delete old events; the deletion itself is recorded as an event')
    .requiredOption('--before <date>', 'delete events before this date', parseMoment)
    .option(
      '--reads',
      'delete records of reads, from @audited, instead of events: those of whole days (UTC)',
    )
    .option(...jsonOption)
    .action(({ before, reads = false, ...choice }: PruneChoice) =>
      reportAdministration(context, choice, async ({ audit: { prune, pruneReads } }) => {
        const [remove, rows] = reads ? [pruneReads, 'reads'] : [prune, 'events'];
        const limit = reads ? startOfDay(before) : before;
        const pruned = await remove(limit);
        return {
          document: { pruned, before: limit },
          lines: [`deleted ${pruned} ${rows} before ${limit.toISOString()}`],
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
