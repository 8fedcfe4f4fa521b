import type { PackageSetting, SettingValues } from 'graphql-gatehouse';
import { z } from 'zod';

/** What is recorded. */
export const settings = {
  ACCESS_COUNTS: {
    schema: z.enum(['on', 'off']).default('on'),
    meaning:
      'Whether the use of groups is counted by coordinate and day, for rights unused: on or off. While a node runs with off, no group is called unused.',
    shows: 'value',
  },
} satisfies Record<string, PackageSetting>;

export type RightsSettings = SettingValues<typeof settings>;
