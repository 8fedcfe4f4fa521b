import type { z } from 'zod';
import type { Environment } from './config.ts';
import { type SettingFacts, settingFacts } from './settings/setting.ts';
import { settings } from './settings/settings.ts';

/** What is told of a setting, whatever the environment. */
export interface SettingDescription extends SettingFacts {
  /** The environment variable. */
  readonly name: string;
  readonly schema: z.ZodType;
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

/** A setting as a process finds it. */
export interface SettingInUse {
  readonly name: string;
  /** As it is written in the environment; what is secret of it, or cannot be used, is left out. */
  readonly value: string;
  readonly source: 'environment' | 'default';
  readonly meaning: string;
}

/** What holds in this environment, without its secrets. */
export const describeSettings = (environment: Environment): readonly SettingInUse[] =>
  describeEverySetting().map(({ name, schema, meaning, shows, defaultText }) => {
    const text = environment[name] ?? '';
    if (text === '') return { name, value: defaultText, source: 'default', meaning };
    const value = schema.safeParse(text).success ? shown[shows](text) : '[cannot be used]';
    return { name, value, source: 'environment', meaning };
  });

const shown: Readonly<Record<SettingFacts['shows'], (text: string) => string>> = {
  value: (text) => text,
  place(text) {
    if (!URL.canParse(text)) return '[set]';
    const { protocol, host, pathname } = new URL(text);
    return `${protocol}//${host}${pathname}`;
  },
  presence: () => '[set]',
};

const head =
  'Copy to `.env` for development; the server reads it at start. Variables that are set already win. Every ' +
  'setting stands here with its default. An empty value means that it is not set. ' +
  'Written by `gatehouse config --example`.';

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
