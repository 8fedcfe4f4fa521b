import type { Command } from 'commander';
import { findPage } from '../../error-pages.ts';
import type { Check } from '../../values/check.ts';
import type { CliContext } from '../command.ts';
import { jsonOption, type ReportChoice, report } from '../report.ts';

/** Adds `doctor`, which checks everything that the server needs, and suggests fixes. */
export function addDoctorCommand(program: Command, context: CliContext): void {
  program
    .command('doctor')
    .description('check settings, keys, database, migrations and clock, and suggest fixes')
    .option(...jsonOption)
    .action((choice: ReportChoice) => runDoctor(context, choice));
}

async function runDoctor(context: CliContext, choice: ReportChoice): Promise<void> {
  let problems = 0;
  await report(context, choice, async () => {
    const { examineServer } = await import('../../gatehouse/operator.ts');
    const { environment } = context;
    const checks = await examineServer({ ...(await context.load()), environment });
    problems = checks.filter(({ state }) => state === 'problem').length;
    return { document: { checks }, lines: checks.flatMap(toLines) };
  });
  if (problems > 0) throw new Error(`Problems: ${problems}.`);
}

function toLines({ state, name, found, advice }: Check): readonly string[] {
  const line = `${state.padEnd(8)} ${name}: ${found}`;
  if (advice === undefined) return [line];
  const below = [`To do: ${advice}.`, findPage(name) ?? []].flat();
  return [line, ...below.map((each) => `${' '.repeat(9)}${each}`)];
}
