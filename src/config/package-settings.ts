import type { PackageSetting, SettingProblem } from '../values/package-setting.ts';
import type { Environment, Setting } from './settings/setting-group.ts';
import { settingsOf, toProblem } from './settings/setting-group.ts';
import { settings } from './settings/settings.ts';

/** The facts about the settings of Gatehouse that packages get. */
interface Facts {
  readonly isProduction: boolean;
  readonly database: 'postgresql' | 'embedded';
  readonly origins: readonly string[];
}

type Values = Readonly<Record<string, unknown>>;

export interface SettingsOwner {
  readonly name: string;
  readonly settings?: Readonly<Record<string, PackageSetting>>;
  checkSettings?(values: Values, facts: Facts): readonly SettingProblem[];
}

/** Parses the settings of packages, and finds every problem at once. */
export function parsePackageSettings(
  owners: readonly SettingsOwner[],
  environment: Environment,
  facts: Facts,
): { readonly values: Values; readonly problems: readonly SettingProblem[] } {
  const found = owners.map((owner) => parseOwn(owner, environment, facts));
  return {
    values: Object.assign({}, ...found.map(({ values }) => values)),
    problems: found.flatMap(({ problems }) => problems),
  };
}

function parseOwn(
  { name: owner, settings: own = {}, ...rest }: SettingsOwner,
  environment: Environment,
  facts: Facts,
) {
  const values: Record<string, unknown> = {};
  const problems: SettingProblem[] = [];
  for (const [name, { schema }] of Object.entries(own)) {
    const text = environment[name];
    const { data, error } = schema.safeParse(text === '' ? undefined : text);
    values[name] = data;
    problems.push(...(error?.issues ?? []).map((issue) => toProblem(name, issue)));
    if (ownNames.has(name)) {
      problems.push({
        name,
        message: `is a setting of Gatehouse: rename it in the package ${owner}`,
      });
    }
  }
  if (problems.length === 0) problems.push(...(rest.checkSettings?.(values, facts) ?? []));
  return { values, problems };
}

const ownNames: ReadonlySet<string> = new Set(settingsOf(settings).map(({ name }) => name));

/** Returns every setting: those of Gatehouse, then those of packages. */
export const everySetting = (owners: readonly SettingsOwner[]): readonly Setting[] => [
  ...settingsOf(settings),
  ...owners.flatMap(({ settings: own = {} }) =>
    Object.entries(own).map(([name, setting]) => ({ ...setting, name, path: name })),
  ),
];
