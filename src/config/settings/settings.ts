import { z } from 'zod';
import { authenticationSettings } from './authentication.ts';
import { authorizationSettings } from './authorization.ts';
import { databaseSettings } from './database.ts';
import { eventSettings } from './events.ts';
import { limitSettings } from './limits.ts';
import { operationSettings } from './operations.ts';
import { processSettings } from './process.ts';
import { runningSettings } from './running.ts';

/** Every setting by its environment variable, in the order of the documentation. */
export const settings = {
  ...processSettings,
  ...databaseSettings,
  ...eventSettings,
  ...authorizationSettings,
  ...authenticationSettings,
  ...limitSettings,
  ...operationSettings,
  ...runningSettings,
};

const separateSettings = z.object(settings);

/** The settings of a process, parsed. */
export type Settings = z.infer<typeof separateSettings>;

/** A rule for settings that are valid alone, but not together. */
interface Rule {
  /** The settings of the rule. The message asks to change the first one. */
  readonly names: readonly [keyof Settings, ...(keyof Settings)[]];
  readonly message: string;
  isBroken(values: Settings, given: Given): boolean;
}

type Given = Readonly<Record<string, string | undefined>>;

const rules: readonly Rule[] = [
  {
    names: ['STOP_SECONDS', 'DRAIN_SECONDS'],
    message: 'must be greater than DRAIN_SECONDS',
    isBroken: ({ DRAIN_SECONDS, STOP_SECONDS }) =>
      DRAIN_SECONDS !== undefined && DRAIN_SECONDS >= STOP_SECONDS,
  },
  {
    // Checked also for an invalid DATABASE_URL, which will be corrected: both problems are then reported at once.
    names: ['SIGNING_KEYS', 'NODE_ENV'],
    message:
      'is required in production with DATABASE_URL: a JSON Web Key Set file shared by all nodes',
    isBroken: ({ NODE_ENV, SIGNING_KEYS }, { DATABASE_URL }) =>
      NODE_ENV === 'production' && DATABASE_URL !== undefined && SIGNING_KEYS === undefined,
  },
  {
    names: ['DATABASE_REPLICA_URL', 'DATABASE_URL'],
    message: 'requires DATABASE_URL, the primary that it follows',
    isBroken: ({ DATABASE_REPLICA_URL }, { DATABASE_URL }) =>
      DATABASE_REPLICA_URL !== undefined && DATABASE_URL === undefined,
  },
  {
    names: ['DATABASE_DIRECT_URL', 'DATABASE_URL'],
    message: 'requires DATABASE_URL, the pooler that it goes around',
    isBroken: ({ DATABASE_DIRECT_URL }, { DATABASE_URL }) =>
      DATABASE_DIRECT_URL !== undefined && DATABASE_URL === undefined,
  },
  {
    names: ['EVENTS_URL', 'DATABASE_URL'],
    message: 'requires DATABASE_URL: the embedded database has one process, and needs no server',
    isBroken: ({ EVENTS_URL }, { DATABASE_URL }) =>
      EVENTS_URL !== undefined && DATABASE_URL === undefined,
  },
  {
    names: ['AUTHORIZATION', 'AUTHORIZATION_REPORT_IN_PRODUCTION', 'NODE_ENV'],
    message:
      'set to report denies no access: in production, it also requires AUTHORIZATION_REPORT_IN_PRODUCTION=yes',
    isBroken: ({ NODE_ENV, AUTHORIZATION, AUTHORIZATION_REPORT_IN_PRODUCTION }) =>
      NODE_ENV === 'production' &&
      AUTHORIZATION === 'report' &&
      AUTHORIZATION_REPORT_IN_PRODUCTION !== 'yes',
  },
  {
    names: ['BCRYPT_COST', 'NODE_ENV'],
    message: 'must be at least 10 in production',
    isBroken: ({ NODE_ENV, BCRYPT_COST }) => NODE_ENV === 'production' && BCRYPT_COST < 10,
  },
];

/** A problem of one setting. `message` never contains the value. */
export interface SettingProblem {
  readonly name: string;
  readonly message: string;
}

/** Parses all settings, and finds every problem at once. Rules between settings are checked if all of them are valid. */
export function parseSettings(
  given: Given,
): { readonly settings: Settings } | { readonly problems: readonly SettingProblem[] } {
  const { data, error } = separateSettings.safeParse(given);
  const problems = (error?.issues ?? []).map(toProblem);
  const wrong = new Set(problems.map(({ name }) => name));
  const right = Object.entries(given).filter(([name]) => !wrong.has(name));
  const values = data ?? separateSettings.parse(Object.fromEntries(right));
  for (const { names, message, isBroken } of rules) {
    if (names.some((name) => wrong.has(name)) || !isBroken(values, given)) continue;
    problems.push({ name: names[0], message });
  }
  return problems.length > 0 ? { problems } : { settings: values };
}

function toProblem(issue: z.core.$ZodIssue): SettingProblem {
  const name = issue.path.join('.');
  // The messages of zod never contain the value.
  return issue.code === 'invalid_value'
    ? { name, message: `must be one of ${issue.values.join(', ')}` }
    : { name, message: issue.message };
}
