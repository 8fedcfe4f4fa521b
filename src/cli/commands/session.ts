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
import { UsageError } from '../usage-error.ts';

export function addSessionCommands(program: Command, context: CliContext): void {
  const session = program.command('session').description('list and end user sessions');
  withPageOptions(
    session
      .command('list')
      .description('list the active sessions of a user, newest first')
      .argument('<user>', 'username or id'),
  ).action((user: string, choice: PageChoice) =>
    reportAdministration(context, choice, async ({ sessions }) =>
      toPageReport(await sessions.list({ ...choice, user }), 'sessions', {
        head: ['ID', 'CREATED', 'LAST USED', 'ENDS', 'ADDRESS', 'DEVICE'],
        toRow: ({ id, createdAt, lastUsedAt, expiresAt, ip, userAgent }) => [
          id,
          ...[createdAt, lastUsedAt, expiresAt].map((at) => at.toISOString()),
          ip ?? '-',
          userAgent ?? '-',
        ],
      }),
    ),
  );
  session
    .command('end')
    .description('end one session, or all sessions of a user, immediately')
    .argument('[id]', "the session's id")
    .option('--all-of <user>', 'all sessions of this user, by username or id')
    .option(...jsonOption)
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
