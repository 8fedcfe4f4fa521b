import type { PackageSetting, SettingValues } from 'graphql-gatehouse';
import { z } from 'zod';

/** Names of groups and ids of API clients. The schema is not known here. */
const freeViewers = z
  .string()
  .transform((list): readonly string[] => list.split(',').map((name) => name.trim()))
  .refine((names) => names.every((name) => name !== ''), 'must be names separated by commas');

export const settings = {
  OPERATIONS: {
    schema: z.enum(['any', 'report', 'known']).default('any'),
    meaning:
      'Which operations are served. any: all valid ones; known: those in the files of OPERATIONS_PATH, and what the Gatehouse client and the login of the playground send; report: all, and each that known would reject is logged.',
    shows: 'value',
  },
  OPERATIONS_PATH: {
    schema: z.string().min(1, 'must not be empty').default('operations'),
    meaning:
      "The folder of the files <app>@<version>.json, from the project's folder: the persisted documents of each version of a front end. Read at start, and again when a file has changed.",
    shows: 'value',
  },
  OPERATIONS_FREE: {
    schema: freeViewers.default([]),
    meaning:
      'Groups, and ids of API clients, that may send any operation with OPERATIONS=known, separated by commas. Not set: no viewer.',
    shows: 'value',
  },
} satisfies Record<string, PackageSetting>;

export type OperationsSettings = SettingValues<typeof settings>;
