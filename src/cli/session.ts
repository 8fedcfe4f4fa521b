import type { Command } from 'commander';
import type { CliContext } from './command.ts';
import { type ReportChoice, reportAdministration, toTable } from './report.ts';
import { UsageError } from './usage-error.ts';

const json = ['--json', 'print as JSON'] as const;

/** `session list|end`. */
export function addSessionCommands(program: Command, context: CliContext): void {
  const session = program.command('session').description('list and end user sessions');
  session
    .command('list')
    .description('list the active sessions of a user, newest first')
    .argument('<user>', 'username or id')
    .option(...json)
    .action((user: string, choice: ReportChoice) =>
      reportAdministration(context, choice, async ({ sessions }) => {
        const found = await sessions.list(user);
        const rows = found.map(({ id, createdAt, lastUsedAt, expiresAt, ip, userAgent }) => [
          id,
          ...[createdAt, lastUsedAt, expiresAt].map((at) => at.toISOString()),
          ip ?? '-',
          userAgent ?? '-',
        ]);
        const head = ['ID', 'CREATED', 'LAST USED', 'ENDS', 'ADDRESS', 'DEVICE'];
        const lines = rows.length === 0 ? [] : toTable([head, ...rows]);
        return { document: { sessions: found }, lines };
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
