import { z } from 'zod';
import type { SettingProblem } from '../../values/package-setting.ts';
import { type SettingFacts, settingFacts } from './setting.ts';

/** Environment variables as they arrive: `process.env`, or a table in a test. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Settings that belong together: a `z.object` of settings and of further groups, with or without a `transform` of its
 * values. The transform must not report problems: settings do.
 */
export type SettingGroup<Values = unknown> = z.core.$ZodType<Values>;

export interface Setting extends SettingFacts {
  readonly schema: z.core.$ZodType;
  /** Its keys in the group, joined by dots. */
  readonly path: string;
}

/** Returns every setting of a group, in order. @throws {Error} for a schema that is not registered as a setting. */
export function settingsOf(group: SettingGroup): readonly Setting[] {
  return Object.entries(shapeOf(group) ?? {}).flatMap(([key, schema]) => {
    if (shapeOf(schema) !== undefined) {
      return settingsOf(schema).map((each) => ({ ...each, path: `${key}.${each.path}` }));
    }
    const facts = settingFacts.get(schema);
    if (facts === undefined) throw new Error(`${key} is not registered as a setting.`);
    return [{ ...facts, schema, path: key }];
  });
}

/** Parses the settings of a group, and finds every problem at once. An invalid setting has its default in `values`. */
export function parseGroup<Values>(group: SettingGroup<Values>, environment: Environment) {
  const { data, error } = z.safeParse(group, read(group, environment));
  if (error === undefined) return { values: data, problems: [] };
  const names = new Map(settingsOf(group).map(({ path, name }) => [path, name]));
  const problems = error.issues.map((issue) => toProblem(names.get(issue.path.join('.')), issue));
  const wrong = new Set(problems.map(({ name }) => name));
  const right = Object.entries(environment).filter(([name]) => !wrong.has(name));
  return { values: z.parse(group, read(group, Object.fromEntries(right))), problems };
}

/** Returns the input of a group: each setting under its key. `NAME=` in a file means that it is not set. */
const read = (group: SettingGroup, environment: Environment): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(shapeOf(group) ?? {}).map(([key, schema]) => {
      if (shapeOf(schema) !== undefined) return [key, read(schema, environment)];
      const text = environment[settingFacts.get(schema)?.name ?? ''];
      return [key, text === '' ? undefined : text];
    }),
  );

function shapeOf(schema: SettingGroup): z.core.$ZodShape | undefined {
  if (schema instanceof z.ZodObject) return schema.shape;
  return schema instanceof z.ZodPipe ? shapeOf(schema.in) : undefined;
}

/** Describes an issue of a setting. */
export function toProblem(name: string | undefined, issue: z.core.$ZodIssue): SettingProblem {
  if (name === undefined) throw new Error(`A group reports a problem of its own: ${issue.message}`);
  // The messages of zod never contain the value.
  return issue.code === 'invalid_value'
    ? { name, message: `must be one of ${issue.values.join(', ')}` }
    : { name, message: issue.message };
}
