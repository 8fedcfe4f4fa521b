import type { Command } from 'commander';
import type { CliContext } from './command.ts';
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

const json = ['--json', 'print as JSON'] as const;

/** `audit list|prune`. */
export function addAuditCommands(program: Command, context: CliContext): void {
  const audit = program.command('audit').description('read and prune the audit log');
  audit
    .command('list')
    .description('list events, newest first')
    .option('--action <name>', 'only events with this action, such as login.failed')
    .option('--first <count>', 'page size: 1 to 100 (default: 20)', parseWhole)
    .option('--after <cursor>', 'continue after this cursor')
    .option(...json)
    .action(({ action, ...choice }: ListChoice) => listEvents(context, action, choice));
  audit
    .command('prune')
    .description('permanently delete old events; the deletion itself is recorded as an event')
    .requiredOption('--before <date>', 'delete events before this date', parseMoment)
    .option(...json)
    .action(({ before, ...choice }: ReportChoice & { readonly before: Date }) =>
      reportAdministration(context, choice, async (administration) => {
        const pruned = await administration.audit.prune(before);
        return {
          document: { pruned, before },
          lines: [`deleted ${pruned} events before ${before.toISOString()}`],
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
    const ids = nodes.flatMap(({ actorId, subjectId }) => [actorId, subjectId]);
    const names = await administration.audit.namesOf(ids.filter((id) => id !== null));
    const nameOf = (id: string | null) => (id === null ? '-' : (names.get(id) ?? id));
    const rows = nodes.map(({ at, action, actorId, subjectId, ip, detail }) => [
      at.toISOString(),
      action,
      nameOf(actorId),
      nameOf(subjectId),
      ip ?? '-',
      detail ?? '',
    ]);
    const head = ['AT', 'ACTION', 'ACTOR', 'SUBJECT', 'ADDRESS', 'DETAIL'];
    return {
      document: { events: nodes, pageInfo },
      lines: [...(rows.length === 0 ? [] : toTable([head, ...rows])), ...nextPageLines(pageInfo)],
    };
  });
