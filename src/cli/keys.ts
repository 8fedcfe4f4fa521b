import type { Command } from 'commander';
import { type KeyDescription, listKeys, rotateKeys } from '../operator.ts';
import type { CliContext } from './cli.ts';
import { momentOr, type ReportChoice, report, toTable } from './report.ts';
import { parseWhole } from './words.ts';

interface RotateChoice extends ReportChoice {
  readonly leadSeconds?: number;
  readonly leaked?: true;
}

/** `keys list|rotate`: the file of the keys that sign access tokens. The server may run meanwhile. */
export function addKeyCommands(program: Command, context: CliContext): void {
  const keys = program
    .command('keys')
    .description('list and rotate the keys that sign access tokens');
  keys
    .command('list')
    .description('list the keys: which signs, which comes next, and until when the others verify')
    .option('--json', 'show it as JSON')
    .action((choice: ReportChoice) =>
      report(context, choice, () => toReport(listKeys(context.config()))),
    );
  keys
    .command('rotate')
    .description('add a new key: published now, it signs when every verifier has it')
    .option(
      '--lead-seconds <count>',
      'how long it is published before it signs (default: twice JWKS_MAX_AGE_SECONDS)',
      parseWhole,
    )
    .option('--leaked', 'a key has leaked: drop all others now. Every access token ends at once')
    .option('--json', 'show it as JSON')
    .action(({ leadSeconds, leaked, ...choice }: RotateChoice) =>
      report(context, choice, async () =>
        toReport(await rotateKeys(context.config(), { leadSeconds, hasLeaked: leaked })),
      ),
    );
}

const toReport = (keys: readonly KeyDescription[]) => ({
  document: { keys },
  lines: toTable([
    ['KID', 'STATE', 'SIGNS FROM', 'VERIFIES UNTIL'],
    ...keys.map(({ kid, state, signsFrom, endsAt }) => [
      kid,
      state,
      momentOr(signsFrom, '-'),
      momentOr(endsAt, '-'),
    ]),
  ]),
});
