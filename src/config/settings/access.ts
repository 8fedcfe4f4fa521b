import { z } from 'zod';
import { settingFacts, wholeNumber } from './setting.ts';

const problem =
  'must be a comma-separated list of origins, each complete and without wildcards, such as https://app.example.org or http://localhost:5173';

/**
 * Parses `ALLOWED_ORIGINS`: the origins whose pages may use the API from a browser, beside that of this server. Each is
 * written as browsers send it (RFC 6454, 6.2): scheme, host, and a port unless it is the default of the scheme.
 */
const allowedOrigins = z.string().transform((text, context): readonly string[] => {
  const origins = text.split(',').map((origin) => origin.trim());
  if (origins.every(isOrigin)) return origins;
  context.addIssue({ code: 'custom', message: problem });
  return z.NEVER;
});

const isOrigin = (text: string): boolean =>
  /^https?:\/\/([\w.-]+|\[[\da-f:]+\])(:\d+)?$/.test(text) &&
  URL.canParse(text) &&
  new URL(text).origin === text;

/** What is denied and recorded, what introspection shows, and which web pages may use the API. */
export const accessSettings = {
  reportsOnly: z
    .enum(['enforce', 'report'])
    .default('enforce')
    .transform((mode) => mode === 'report')
    .register(settingFacts, {
      name: 'AUTHORIZATION',
      meaning:
        'enforce or report. report: a dry run in which NO ACCESS IS DENIED; each denial that would have occurred is logged and counted. Rejected in production unless AUTHORIZATION_REPORT_IN_PRODUCTION=yes.',
    }),
  mayReportInProduction: z
    .enum(['yes', 'no'])
    .default('no')
    .transform((answer) => answer === 'yes')
    .register(settingFacts, {
      name: 'AUTHORIZATION_REPORT_IN_PRODUCTION',
      meaning: 'Confirms AUTHORIZATION=report in production: yes or no.',
    }),
  introspection: z.enum(['viewer', 'full', 'off']).default('viewer').register(settingFacts, {
    name: 'INTROSPECTION',
    meaning:
      'What introspection shows. viewer: what the requesting viewer can access; full: the whole schema; off: nothing.',
  }),
  allowedOrigins: allowedOrigins.default([]).register(settingFacts, {
    name: 'ALLOWED_ORIGINS',
    meaning:
      'Origins whose pages may use the API from a browser, separated by commas, such as https://app.example.org,http://localhost:5173. Not set: only the origin of this server.',
  }),
  accessHistoryDays: wholeNumber(1, 36_500, 2_555).register(settingFacts, {
    name: 'ACCESS_HISTORY_DAYS',
    meaning:
      'How long the history of access is kept, in days: which groups each account held, and what the served schema let them access. The command access at reads it. 2555 days are seven years.',
  }),
};
