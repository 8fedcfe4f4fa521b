import type { Command } from 'commander';
import type { Administration } from '../../gatehouse/operator.ts';
import type { CliContext } from '../command.ts';
import { jsonOption, type ReportChoice, reportAdministration, toTable } from '../report.ts';

type HeldGroup = Awaited<ReturnType<Administration['groups']['list']>>[number];

const nameArgument = ['<name>', 'a group that the schema no longer has'] as const;

export function addGroupCommands(program: Command, context: CliContext): void {
  const groups = program
    .command('groups')
    .description('list the groups, and settle those that the schema no longer has');
  groups
    .command('list')
    .description('list the groups and how many users and API clients hold each')
    .option(...jsonOption)
    .action((choice: ReportChoice) =>
      reportAdministration(context, choice, async ({ groups }) => {
        const found = await groups.list();
        return { document: { groups: found }, lines: toGroupTable(found) };
      }),
    );
  groups
    .command('rename')
    .description('give the holders of a removed group a group of the schema instead')
    .argument(...nameArgument)
    .argument('<new-name>', 'a group of the schema')
    .option(...jsonOption)
    .action((name: string, newName: string, choice: ReportChoice) =>
      reportAdministration(context, choice, async ({ groups }) => {
        const { describeHolders } = await import('../../gatehouse/operator.ts');
        const holders = await groups.rename(name, newName);
        const lines = [`renamed ${name} to ${newName}  ${describeHolders(holders)}`];
        return { document: { name, newName, ...holders }, lines };
      }),
    );
  groups
    .command('drop')
    .description('take a removed group from everyone who holds it')
    .argument(...nameArgument)
    .option(...jsonOption)
    .action((name: string, choice: ReportChoice) =>
      reportAdministration(context, choice, async ({ groups }) => {
        const { describeHolders } = await import('../../gatehouse/operator.ts');
        const holders = await groups.drop(name);
        const lines = [`dropped ${name}  ${describeHolders(holders)}`];
        return { document: { name, ...holders }, lines };
      }),
    );
}

const toGroupTable = (groups: readonly HeldGroup[]): readonly string[] =>
  toTable(
    ['GROUP', 'USERS', 'API CLIENTS', ''],
    groups.map(({ name, users, clients, isInSchema }) => [
      name,
      String(users),
      String(clients),
      isInSchema ? '' : 'not in the schema',
    ]),
  );
