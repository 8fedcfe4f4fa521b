import type { Command } from 'commander';
import type { CliContext } from './command.ts';
import {
  nextPageLines,
  type ReportChoice,
  reportAdministration,
  toPage,
  toTable,
} from './report.ts';
import { UsageError } from './usage-error.ts';
import { parseWhole } from './words.ts';

interface ListChoice extends ReportChoice {
  readonly first?: number;
  readonly after?: string;
}

const json = ['--json', 'print as JSON'] as const;

/** `session list|end`. */
export function addSessionCommands(program: Command, context: CliContext): void {
  const session = program.command('session').description('list and end user sessions');
  session
    .command('list')
    .description('list the active sessions of a user, newest first')
    .argument('<user>', 'username or id')
    .option('--first <count>', 'page size: 1 to 100 (default: 20)', parseWhole)
    .option('--after <cursor>', 'continue after this cursor')
    .option(...json)
    .action((user: string, choice: ListChoice) =>
      reportAdministration(context, choice, async ({ sessions }) => {
        const { nodes, pageInfo } = toPage(await sessions.list({ ...choice, user }));
        const rows = nodes.map(({ id, createdAt, lastUsedAt, expiresAt, ip, userAgent }) => [
          id,
          ...[createdAt, lastUsedAt, expiresAt].map((at) => at.toISOString()),
          ip ?? '-',
          userAgent ?? '-',
        ]);
        const head = ['ID', 'CREATED', 'LAST USED', 'ENDS', 'ADDRESS', 'DEVICE'];
        return {
          document: { sessions: nodes, pageInfo },
          lines: [
            ...(rows.length === 0 ? [] : toTable([head, ...rows])),
            ...nextPageLines(pageInfo),
          ],
        };
      }),
    );
  session
    .command('end')
    .description('end one session, or all sessions of a user, immediately')
    .argument('[id]', "the session's id")
    .option('--all-of <user>', 'all sessions of this user, by username or id')
    .option(...json)
    .action((id: string | undefined, choice: EndChoice) => endSessions(context, id, choice));
}

interface EndChoice extends ReportChoice {
  readonly allOf?: string;
}

async function endSessions(
  context: CliContext,
  id: string | undefined,
  { allOf, ...choice }: EndChoice,
): Promise<void> {
  if ((id === undefined) === (allOf === undefined)) {
    throw new UsageError('Specify what to end: either the id of a session, or --all-of <user>.');
  }
  await reportAdministration(context, choice, async ({ sessions }) => {
    const ended =
      id === undefined ? await sessions.endAllOf(allOf ?? '') : Number(await sessions.end(id));
    return { document: { ended }, lines: [`ended ${ended} session${ended === 1 ? '' : 's'}`] };
  });
}
