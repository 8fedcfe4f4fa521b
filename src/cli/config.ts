import type { Command } from 'commander';
import { ConfigError, type Environment, parseConfig } from '../config/config.ts';
import { describeSettings, printExample, type SettingInUse } from '../config/describe-settings.ts';
import { describeMisspelled, findMisspelledSettings } from '../config/misspelled-settings.ts';
import type { CliContext } from './command.ts';
import { jsonOption, type ReportChoice, report } from './report.ts';

interface ConfigChoice extends ReportChoice {
  readonly example?: true;
}

/** `config`: every setting, where it comes from, and what it means. Secrets are not shown. */
export function addConfigCommand(
  program: Command,
  { print }: Pick<CliContext, 'print'>,
  environment: Environment,
): void {
  program
    .command('config')
    .description('show every setting, the source of its value, and its meaning')
    .option('--example', 'print the contents of .env.example: every setting with its default')
    .option(...jsonOption)
    .action(async ({ example, ...choice }: ConfigChoice) => {
      if (example === true) return print(printExample());
      const settings = describeSettings(environment);
      const { error, problems } = problemsOf(environment);
      const misspelled = findMisspelledSettings(environment);
      const document = { settings, misspelled, problems };
      const lines = [...settings.flatMap(toLines), ...misspelled.map(describeMisspelled)];
      await report({ print }, choice, () => ({ document, lines }));
      if (error !== undefined) throw error;
    });
}

function problemsOf(environment: Environment) {
  try {
    parseConfig(environment);
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
