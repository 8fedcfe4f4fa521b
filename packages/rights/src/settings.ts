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
  AUDIT_READS_DAYS: {
    schema: z
      .string()
      .regex(/^\d+$/, 'must be a whole number')
      .transform(Number)
      .pipe(z.number().min(1, 'must be at least 1').max(36_500, 'must be at most 36500'))
      .optional(),
    meaning:
      'How many days records of reads are kept, from @audited. The nodes remove older ones if DATABASE_URL is the owner of the tables; otherwise run audit prune --log reads. Not set: they are kept until audit prune --log reads.',
    shows: 'value',
  },
} satisfies Record<string, PackageSetting>;

export type RightsSettings = SettingValues<typeof settings>;
