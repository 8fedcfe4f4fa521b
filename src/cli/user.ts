import type { Command } from 'commander';
import type { Administration } from '../operator.ts';
import type { CliContext } from './cli.ts';
import { type PasswordChoice, readPassword } from './password-source.ts';
import {
  nextPageLines,
  type ReportChoice,
  reportAdministration,
  toPage,
  toTable,
} from './report.ts';
import { parseGroup, parseGroups, parseMoment, parseWhole } from './words.ts';

type Users = Administration['users'];
type User = Awaited<ReturnType<Users['enable']>>;
type Group = User['groups'][number];

const passwordOptions = [
  ['--password-stdin', 'read the password from standard input'],
  ['--generate-password', 'make a random password, and show it this once'],
] as const;
const userArgument = ['<user>', 'username or id'] as const;
const json = ['--json', 'show it as JSON'] as const;

/** `user create|list|disable|enable|delete|reset-password|grant|revoke`. */
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
    .description('create a user; asks for the password, unless an option says where it comes from')
    .argument('<username>', 'the new user')
    .option('--groups <names>', 'separated by commas; "" for none (default: STAFF)', parseGroups)
    .option('--display-name <name>', 'the name to show (default: the username)')
    .option('--email <address>', 'the mail address')
    .option(...passwordOptions[0])
    .option(...passwordOptions[1])
    .option(...json)
    .action((username: string, choice: CreateChoice) => createUser(context, username, choice));
}

interface CreateChoice extends ReportChoice, PasswordChoice {
  readonly groups?: readonly Group[];
  readonly displayName?: string;
  readonly email?: string;
}

async function createUser(
  context: CliContext,
  username: string,
  { groups = ['STAFF'], displayName, email, ...choice }: CreateChoice,
): Promise<void> {
  const password = await readPassword(context, choice);
  await reportAdministration(context, choice, async ({ users }) => {
    const input = {
      username,
      password,
      groups: [...groups],
      ...(displayName === undefined ? {} : { displayName }),
      ...(email === undefined ? {} : { email }),
    };
    return toPasswordReport('created', await users.create(input));
  });
}

interface ListChoice extends ReportChoice {
  readonly search?: string;
  readonly includeDisabled?: true;
  readonly first?: number;
  readonly after?: string;
}

function addList(user: Command, context: CliContext): void {
  user
    .command('list')
    .description('list users, oldest first')
    .option('--search <text>', 'only those with this in username or display name')
    .option('--include-disabled', 'disabled users as well')
    .option('--first <count>', 'how many: 1 to 100 (default: 20)', parseWhole)
    .option('--after <cursor>', 'go on after a page')
    .option(...json)
    .action(({ search, includeDisabled, ...choice }: ListChoice) =>
      reportAdministration(context, choice, async ({ users }) => {
        const query = { ...choice, search, includesDisabled: includeDisabled === true };
        const { nodes, pageInfo } = toPage(await users.list(query));
        const rows = nodes.map(({ username, groups, id, disabledAt }) => [
          username,
          groups.join(',') || '-',
          id,
          disabledAt === null ? '' : `disabled ${disabledAt.toISOString()}`,
        ]);
        const table = rows.length === 0 ? [] : [['USERNAME', 'GROUPS', 'ID', ''], ...rows];
        return {
          document: { users: nodes, pageInfo },
          lines: [...toTable(table), ...nextPageLines(pageInfo)],
        };
      }),
    );
}

function addChanges(user: Command, context: CliContext): void {
  const change = (name: 'disable' | 'enable', description: string) =>
    user
      .command(name)
      .description(description)
      .argument(...userArgument)
      .option(...json)
      .action((target: string, choice: ReportChoice) =>
        reportAdministration(context, choice, async ({ users }) =>
          toReport(`${name}d`, await users[name](target)),
        ),
      );
  change('disable', 'keep a user from logging in; ends its sessions. Never the last ADMIN');
  change('enable', 'let a disabled user log in again');
}

function addDeletion(user: Command, context: CliContext): void {
  user
    .command('delete')
    .description('remove a user with its memberships, sessions and room entries')
    .argument(...userArgument)
    .option(...json)
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
    .description('give a user another password; ends its sessions')
    .argument(...userArgument)
    .option(...passwordOptions[0])
    .option(...passwordOptions[1])
    .option(...json)
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
    .description('put a user into a group. Granted again, the new end counts')
    .argument(...userArgument)
    .argument('<group>', 'the group', parseGroup)
    .option('--until <date>', 'when the membership ends by itself', parseMoment)
    .option(...json)
    .action((target: string, group: Group, choice: ReportChoice & { readonly until?: Date }) =>
      reportAdministration(context, choice, async ({ users }) =>
        toReport(
          'granted',
          await users.grant({ user: target, group, expiresAt: choice.until ?? null }),
        ),
      ),
    );
  user
    .command('revoke')
    .description('take a user out of a group. Never the last ADMIN')
    .argument(...userArgument)
    .argument('<group>', 'the group', parseGroup)
    .option(...json)
    .action((target: string, group: Group, choice: ReportChoice) =>
      reportAdministration(context, choice, async ({ users }) =>
        toReport('revoked', await users.revoke(target, group)),
      ),
    );
}

const toReport = (done: string, user: User) => ({ document: { user }, lines: [tell(done, user)] });

const tell = (done: string, { username, id, groups }: User): string =>
  `${done} ${username}  ${id}  groups: ${groups.join(', ') || 'none'}`;

const toPasswordReport = (
  done: string,
  { user, generatedPassword }: Awaited<ReturnType<Users['create']>>,
) => ({
  document: { user, ...(generatedPassword === undefined ? {} : { generatedPassword }) },
  lines: [
    tell(done, user),
    ...(generatedPassword === undefined
      ? []
      : [`password: ${generatedPassword}   (shown this once; keep it)`]),
  ],
});
