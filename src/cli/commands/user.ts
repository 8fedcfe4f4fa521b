import type { Command } from 'commander';
import type { Administration } from '../../gatehouse/operator.ts';
import type { CliContext } from '../command.ts';
import { type PasswordChoice, readPassword } from '../password-source.ts';
import {
  jsonOption,
  type PageChoice,
  type Report,
  type ReportChoice,
  reportAdministration,
  toPageReport,
  withPageOptions,
} from '../report.ts';
import { namesIn, parseMoment, requireGroups } from '../words.ts';

type Users = Administration['users'];
type User = Awaited<ReturnType<Users['enable']>>;

const passwordOptions = [
  ['--password-stdin', 'read the password from standard input'],
  ['--generate-password', 'generate a random password and show it once'],
] as const;
const userArgument = ['<user>', 'username or id'] as const;

export function addUserCommands(program: Command, context: CliContext): void {
  const user = program.command('user').description('create, list and change users');
  addCreation(user, context);
  addList(user, context);
  addChanges(user, context);
  addDeletion(user, context);
  addReset(user, context);
  addMemberships(user, context);
}

function addCreation(user: Command, context: CliContext): void {
  user
    .command('create')
    .description('create a user; prompts for the password unless an option provides it')
    .argument('<username>', 'the new user')
    .option(
      '--groups <names>',
      'separated by commas; "" for none (default: as configured)',
      namesIn,
    )
    .option('--display-name <name>', 'the display name (default: the username)')
    .option('--email <address>', 'the email address')
    .option(...passwordOptions[0])
    .option(...passwordOptions[1])
    .option(...jsonOption)
    .action((username: string, choice: CreateChoice) => createUser(context, username, choice));
}

interface CreateChoice extends ReportChoice, PasswordChoice {
  readonly groups?: readonly string[];
  readonly displayName?: string;
  readonly email?: string;
}

async function createUser(
  context: CliContext,
  username: string,
  { groups, displayName, email, ...choice }: CreateChoice,
): Promise<void> {
  await requireGroups(context, groups ?? []);
  const password = await readPassword(context, choice);
  await reportAdministration(context, choice, async ({ users }) => {
    const input = {
      username,
      password,
      ...(groups === undefined ? {} : { groups }),
      ...(displayName === undefined ? {} : { displayName }),
      ...(email === undefined ? {} : { email }),
    };
    return toPasswordReport('created', await users.create(input));
  });
}

interface ListChoice extends PageChoice {
  readonly search?: string;
  readonly includeDisabled?: true;
}

function addList(user: Command, context: CliContext): void {
  withPageOptions(
    user
      .command('list')
      .description('list users, oldest first')
      .option(
        '--search <text>',
        'only users whose username or display name contains this text, of three or more letters or digits, or begins with it',
      )
      .option('--include-disabled', 'include disabled users'),
  ).action(({ includeDisabled, ...choice }: ListChoice) =>
    reportAdministration(context, choice, async ({ users }) =>
      toListReport(await users.list({ ...choice, includesDisabled: includeDisabled === true })),
    ),
  );
}

function toListReport(page: Awaited<ReturnType<Administration['users']['list']>>): Report {
  const { document, lines } = toPageReport(page, 'users', {
    head: ['USERNAME', 'GROUPS', 'ID', ''],
    toRow: ({ username, groups, id, disabledAt }) => [
      username,
      groups.join(',') || '-',
      id,
      disabledAt === null ? '' : `disabled ${disabledAt.toISOString()}`,
    ],
  });
  const { isComplete } = page;
  const hint =
    'More than a thousand users match, and some are not listed: search for a longer text.';
  return {
    document: { ...document, isComplete },
    lines: [...lines, ...(isComplete ? [] : [hint])],
  };
}

function addChanges(user: Command, context: CliContext): void {
  const change = (name: 'disable' | 'enable', description: string) =>
    user
      .command(name)
      .description(description)
      .argument(...userArgument)
      .option(...jsonOption)
      .action((target: string, choice: ReportChoice) =>
        reportAdministration(context, choice, async ({ users }) =>
          toReport(`${name}d`, await users[name](target)),
        ),
      );
  change(
    'disable',
    'prevent a user from logging in and end their sessions; fails for the last ADMIN',
  );
  change('enable', 'allow a disabled user to log in again');
}

function addDeletion(user: Command, context: CliContext): void {
  user
    .command('delete')
    .description('delete a user with their memberships and sessions')
    .argument(...userArgument)
    .option(...jsonOption)
    .action((target: string, choice: ReportChoice) =>
      reportAdministration(context, choice, async ({ users }) => {
        const id = await users.delete(target);
        return { document: { deleted: id }, lines: [`deleted ${target}  ${id}`] };
      }),
    );
}

function addReset(user: Command, context: CliContext): void {
  user
    .command('reset-password')
    .description('set a new password for a user and end their sessions')
    .argument(...userArgument)
    .option(...passwordOptions[0])
    .option(...passwordOptions[1])
    .option(...jsonOption)
    .action(async (target: string, choice: ReportChoice & PasswordChoice) => {
      const password = await readPassword(context, choice);
      await reportAdministration(context, choice, async ({ users }) =>
        toPasswordReport('reset the password of', await users.resetPassword(target, password)),
      );
    });
}

function addMemberships(user: Command, context: CliContext): void {
  user
    .command('grant')
    .description('add a user to a group; if they are already a member, the new end date applies')
    .argument(...userArgument)
    .argument('<group>', 'the group')
    .option('--expires-at <date>', 'when the membership expires', parseMoment)
    .option(...jsonOption)
    .action(
      async (
        target: string,
        group: string,
        choice: ReportChoice & { readonly expiresAt?: Date },
      ) => {
        await requireGroups(context, [group]);
        await reportAdministration(context, choice, async ({ users }) =>
          toReport(
            'granted',
            await users.grant({ user: target, group, expiresAt: choice.expiresAt ?? null }),
          ),
        );
      },
    );
  user
    .command('revoke')
    .description('remove a user from a group; fails for the last ADMIN')
    .argument(...userArgument)
    .argument('<group>', 'the group')
    .option(...jsonOption)
    .action((target: string, group: string, choice: ReportChoice) =>
      // A group that the schema no longer has can be taken away too.
      reportAdministration(context, choice, async ({ users }) =>
        toReport('revoked', await users.revoke(target, group)),
      ),
    );
}

const toReport = (done: string, user: User) => ({
  document: { user },
  lines: [toLine(done, user)],
});

const toLine = (done: string, { username, id, groups }: User): string =>
  `${done} ${username}  ${id}  groups: ${groups.join(', ') || 'none'}`;

const toPasswordReport = (
  done: string,
  { user, generatedPassword }: Awaited<ReturnType<Users['create']>>,
) => ({
  document: { user, ...(generatedPassword === undefined ? {} : { generatedPassword }) },
  lines: [
    toLine(done, user),
    ...(generatedPassword === undefined
      ? []
      : [`password: ${generatedPassword}   (shown only once; store it safely)`]),
  ],
});
