import type { z } from 'zod';
import { settingFacts } from './settings/setting.ts';
import { settings } from './settings/settings.ts';

/** What is told of a setting, whatever the environment. */
export interface SettingDescription {
  /** The environment variable. */
  readonly name: string;
  readonly schema: z.ZodType;
  readonly meaning: string;
  readonly shows: 'value' | 'place' | 'presence';
  /** As it is written in the environment; empty when there is none. */
  readonly defaultText: string;
}

/** Describes every setting. @throws {Error} for one that was declared without its meaning. */
export const describeEverySetting = (): readonly SettingDescription[] =>
  Object.entries(settings).map(([name, schema]) => {
    const facts = settingFacts.get(schema);
    if (facts === undefined) throw new Error(`The setting ${name} has no meaning.`);
    return { name, schema, ...facts, defaultText: String(schema.parse(undefined) ?? '') };
  });

const head =
  'Copy to `.env` for development; the server reads it at start. Variables that are set already win. Every ' +
  'setting stands here with its default. An empty value means that it is not set.';

/** The text of the file `.env.example`: each setting under its meaning, with its default. */
export const printExample = (): string =>
  [
    toComment(head),
    ...describeEverySetting().map(
      ({ name, meaning, defaultText }) => `${toComment(meaning)}\n${name}=${defaultText}`,
    ),
  ].join('\n\n');

/** Comment lines of at most 105 characters. */
const toComment = (text: string): string => text.replace(/(.{1,103})(?: |$)/g, '# $1\n').trimEnd();
