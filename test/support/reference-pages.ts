import type { Command } from 'commander';
import { describeEverySetting } from '../../src/config/describe-settings.ts';
import type { SettingsOwner } from '../../src/config/package-settings.ts';

/** Text on one line of a table. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');

/** A table of Markdown. Its cells may have line breaks and bars. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map(cell).join(' | ')} |\n`)
    .join('');

/** Settings with their defaults and meanings, as a table: those of Gatehouse, or of a package. */
export function settingsTable(owner?: SettingsOwner): string {
  const described = describeEverySetting(owner === undefined ? [] : [owner]);
  const own = owner?.settings;
  return table(
    ['setting', 'default', 'meaning'],
    described
      .filter(({ name }) => own === undefined || Object.hasOwn(own, name))
      .map(({ name, defaultText, meaning }) => [
        `\`${name}\``,
        defaultText === '' ? '-' : `\`${defaultText}\``,
        meaning,
      ]),
  );
}

/** Every command with its options, each under a heading. */
export const commandSections = (program: Command): string =>
  [
    table(['option of every command', 'meaning'], optionRows(program)),
    ...leavesOf(program, []).map(({ path, command }) => {
      const words = [...path, ...command.registeredArguments.map((each) => argumentOf(each))];
      const options = optionRows(command);
      const parts = [
        `## \`${words.join(' ')}\``,
        `${sentence(command.description())}`,
        ...(options.length === 0 ? [] : [table(['option', 'meaning'], options).trimEnd()]),
      ];
      return `${parts.join('\n\n')}\n`;
    }),
  ].join('\n');

interface Leaf {
  readonly path: readonly string[];
  readonly command: Command;
}

/** The commands that do something, in the order of the help. */
export const leavesOf = (command: Command, path: readonly string[]): readonly Leaf[] => {
  const here = [...path, command.name()];
  if (command.commands.length === 0) return [{ path: here, command }];
  return command.commands.flatMap((each) => leavesOf(each, here));
};

const optionRows = (command: Command) =>
  command.options.map(({ flags, description }) => [`\`${flags}\``, description]);

const argumentOf = (argument: {
  readonly required: boolean;
  readonly variadic: boolean;
  name(): string;
}): string => {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
};

const sentence = (text: string): string => {
  const trimmed = text.trim().replaceAll(/\s+/g, ' ');
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}${/[.!?]$/.test(trimmed) ? '' : '.'}`;
};

const start = '<!-- generated: `npx vitest run --project unit test/docs.test.ts -u` -->\n\n';
const end = '\n<!-- end of what is generated -->\n';

const between = /<!-- generated: .*?<!-- end of what is generated -->/s;

/** A page with its generated part replaced. */
export function withGenerated(page: string, generated: string): string {
  const [before, rest] = page.split(start);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined)
    throw new Error('The page has no generated part.');
  return `${before}${start}${generated}${end}${after}`;
}

/** A page without its generated part, if it has one. */
export const withoutGenerated = (page: string): string => page.replace(between, '');
