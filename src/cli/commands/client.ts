import type { Command } from 'commander';
import type { Administration } from '../../gatehouse/operator.ts';
import type { CliContext } from '../command.ts';
import {
  jsonOption,
  momentOr,
  type ReportChoice,
  reportAdministration,
  toTable,
} from '../report.ts';
import { namesIn, requireGroups } from '../words.ts';

type Clients = Administration['clients'];
type Client = Awaited<ReturnType<Clients['list']>>[number];
type Issued = Awaited<ReturnType<Clients['create']>>;

const idArgument = ['<id>', "the client's id"] as const;

export function addClientCommands(program: Command, context: CliContext): void {
  const client = program
    .command('client')
    .description('create, list and change API clients: applications with their own secret');
  addCreation(client, context);
  addList(client, context);
  addChanges(client, context);
}

function addCreation(client: Command, context: CliContext): void {
  client
    .command('create')
    .description('create an API client and show its secret once')
    .argument('<name>', 'the display name')
    .requiredOption('--groups <names>', 'separated by commas; "" for none', namesIn)
    .option(...jsonOption)
    .action(async (name: string, choice: ReportChoice & { readonly groups: readonly string[] }) => {
      await requireGroups(context, choice.groups);
      await reportAdministration(context, choice, async ({ clients }) =>
        toSecretReport('created', await clients.create({ name, groups: choice.groups })),
      );
    });
}

function addList(client: Command, context: CliContext): void {
  client
    .command('list')
    .description('list the API clients, oldest first, including disabled ones')
    .option(...jsonOption)
    .action((choice: ReportChoice) =>
      reportAdministration(context, choice, async ({ clients }) => {
        const found = await clients.list();
        return { document: { clients: found }, lines: toClientTable(found) };
      }),
    );
}

function addChanges(client: Command, context: CliContext): void {
  client
    .command('rotate')
    .description(
      'replace the secret with a new one and show it once; the old one stops working immediately',
    )
    .argument(...idArgument)
    .option(...jsonOption)
    .action((id: string, choice: ReportChoice) =>
      reportAdministration(context, choice, async ({ clients }) =>
        toSecretReport('rotated', await clients.rotate(id)),
      ),
    );
  client
    .command('disable')
    .description('permanently disable an API client')
    .argument(...idArgument)
    .option(...jsonOption)
    .action((id: string, choice: ReportChoice) =>
      reportAdministration(context, choice, async ({ clients }) => {
        const disabled = await clients.disable(id);
        return { document: { client: disabled }, lines: [toLine('disabled', disabled)] };
      }),
    );
}

const toClientTable = (clients: readonly Client[]): readonly string[] => {
  const rows = clients.map(({ name, groups, id, lastUsedAt, disabledAt }) => [
    name,
    groups.join(',') || '-',
    id,
    momentOr(lastUsedAt, 'never'),
    disabledAt === null ? '' : `disabled ${disabledAt.toISOString()}`,
  ]);
  return toTable(['NAME', 'GROUPS', 'ID', 'LAST USED', ''], rows);
};

const toLine = (done: string, { name, id, groups }: Client): string =>
  `${done} ${name}  ${id}  groups: ${groups.join(', ') || 'none'}`;

const toSecretReport = (done: string, { client, secret }: Issued) => ({
  document: { client, secret },
  lines: [toLine(done, client), `secret: ${secret}   (shown only once; store it safely)`],
});
