import { z } from 'zod';
import { authenticationSettings } from './authentication.ts';
import { authorizationSettings } from './authorization.ts';
import { databaseSettings } from './database.ts';
import { limitSettings } from './limits.ts';
import { operationSettings } from './operations.ts';
import { processSettings } from './process.ts';
import { runningSettings } from './running.ts';

/** Every setting by its environment variable, in the order in which they are told. */
export const settings = {
  ...processSettings,
  ...databaseSettings,
  ...authorizationSettings,
  ...authenticationSettings,
  ...limitSettings,
  ...operationSettings,
  ...runningSettings,
};

const separateSettings = z.object(settings);

/** The settings of a process, parsed. */
export type Settings = z.infer<typeof separateSettings>;

/** What of all settings together keeps a server from starting: a reason for each that is to change. */
export const settingsSchema = separateSettings.superRefine((values, context) => {
  const refuse = (name: keyof Settings, message: string) =>
    context.addIssue({ code: 'custom', path: [name], message });
  if (values.DRAIN_SECONDS !== undefined && values.DRAIN_SECONDS >= values.STOP_SECONDS) {
    refuse('STOP_SECONDS', 'must be greater than DRAIN_SECONDS');
  }
  if (values.NODE_ENV !== 'production') return;
  if (values.DATABASE_URL !== undefined && values.SIGNING_KEYS === undefined) {
    refuse(
      'SIGNING_KEYS',
      'is required in production with DATABASE_URL: a JSON Web Key Set file shared by all nodes',
    );
  }
  if (values.AUTHORIZATION === 'report' && values.AUTHORIZATION_REPORT_IN_PRODUCTION !== 'yes') {
    refuse(
      'AUTHORIZATION',
      'denies no access: in production, report also requires AUTHORIZATION_REPORT_IN_PRODUCTION=yes',
    );
  }
  if (values.BCRYPT_COST < 10) refuse('BCRYPT_COST', 'must be at least 10 in production');
});
