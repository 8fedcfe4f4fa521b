import type { Command } from 'commander';
import { ConfigError, type Environment, parseConfig } from '../../config/config.ts';
import {
  describeSettings,
  printExample,
  type SettingInUse,
} from '../../config/describe-settings.ts';
import { describeMisspelled, findMisspelledSettings } from '../../config/misspelled-settings.ts';
import type { SettingsOwner } from '../../config/package-settings.ts';
import { packagesOf } from '../../schema/packages/packages.ts';
import type { CliContext } from '../command.ts';
import { jsonOption, type ReportChoice, report } from '../report.ts';

/** `config`: every setting, where it comes from, and what it means. Secrets are not shown. */
export function addConfigCommand(
  program: Command,
  { print, environment, project }: CliContext,
): void {
  program
    .command('config')
    .description('show every setting, the source of its value, and its meaning')
    .option('--example', 'print the contents of .env.example: every setting with its default')
    .option(...jsonOption)
    .action(async ({ example, ...choice }: ReportChoice & { readonly example?: true }) => {
      const packages = packagesOf((await project()).config);
      if (example === true) return print(printExample(packages));
      const settings = describeSettings(environment, packages);
      const { error, problems } = problemsOf(environment, packages);
      const misspelled = findMisspelledSettings(environment, packages);
      const document = { settings, misspelled, problems };
      const lines = [...settings.flatMap(toLines), ...misspelled.map(describeMisspelled)];
      await report({ print }, choice, () => ({ document, lines }));
      if (error !== undefined) throw error;
    });
}

function problemsOf(environment: Environment, packages: readonly SettingsOwner[]) {
  try {
    parseConfig(environment, packages);
    return { error: undefined, problems: [] };
  } catch (error) {
    if (error instanceof ConfigError) return { error, problems: error.problems };
    throw error;
  }
}

const toLines = ({ name, value, source, meaning }: SettingInUse): readonly string[] => [
  `${name}=${value}   (${source})`,
  `    ${meaning}`,
];
