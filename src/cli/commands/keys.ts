import type { Command } from 'commander';
import type { KeyDescription } from '../../gatehouse/operator.ts';
import type { CliContext } from '../command.ts';
import { jsonOption, momentOr, type ReportChoice, report, toTable } from '../report.ts';
import { UsageError } from '../usage-error.ts';
import { parseWhole } from '../words.ts';

interface RotateChoice extends ReportChoice {
  readonly leadSeconds?: number;
  readonly leaked?: true;
}

/** `keys list|rotate`: the file of the keys that sign access tokens. The server may run meanwhile. */
export function addKeyCommands(program: Command, context: CliContext): void {
  const keys = program
    .command('keys')
    .description('list and rotate the signing keys of access tokens');
  keys
    .command('list')
    .description(
      'list the keys: which one signs, which one is next, and how long the others still verify',
    )
    .option(...jsonOption)
    .action((choice: ReportChoice) =>
      report(context, choice, async () => {
        const { listKeys } = await import('../../gatehouse/operator.ts');
        return toReport(listKeys(context.config()));
      }),
    );
  keys
    .command('rotate')
    .description('add a new key: it is published now and signs once every verifier has it')
    .option(
      '--lead-seconds <count>',
      'how long to publish it before it signs, in seconds (default: twice JWKS_MAX_AGE_SECONDS)',
      parseWhole,
    )
    .option(
      '--leaked',
      'a key has leaked: drop all other keys now. Every access token becomes invalid immediately',
    )
    .option(...jsonOption)
    .action(({ leadSeconds, leaked, ...choice }: RotateChoice) => {
      if (leadSeconds !== undefined && leaked === true) throw noLead();
      return report(context, choice, async () => {
        const { rotateKeys } = await import('../../gatehouse/operator.ts');
        return toReport(await rotateKeys(context.config(), { leadSeconds, hasLeaked: leaked }));
      });
    });
}

const noLead = () =>
  new UsageError(
    'Use either --lead-seconds or --leaked, not both: after a leak the new key signs immediately.',
  );

const toReport = (keys: readonly KeyDescription[]) => ({
  document: { keys },
  lines: toTable(
    ['KID', 'STATE', 'SIGNS FROM', 'VERIFIES UNTIL'],
    keys.map(({ kid, state, signsFrom, endsAt }) => [
      kid,
      state,
      momentOr(signsFrom, '-'),
      momentOr(endsAt, '-'),
    ]),
  ),
});
