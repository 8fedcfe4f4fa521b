import { z } from 'zod';
import { setting } from './setting.ts';

/** Whether denials are enforced, and what introspection shows. */
export const authorizationSettings = {
  AUTHORIZATION: setting(
    z.enum(['enforce', 'report']).default('enforce'),
    'enforce or report. report: a dry run in which NO ACCESS IS DENIED; each denial that would have occurred is logged and counted. Rejected in production unless AUTHORIZATION_REPORT_IN_PRODUCTION=yes.',
  ),
  AUTHORIZATION_REPORT_IN_PRODUCTION: setting(
    z.enum(['yes', 'no']).default('no'),
    'Confirms AUTHORIZATION=report in production: yes or no.',
  ),
  INTROSPECTION: setting(
    z.enum(['viewer', 'full', 'off']).default('viewer'),
    'What introspection shows. viewer: what the requesting viewer can access; full: the whole schema; off: nothing.',
  ),
};
