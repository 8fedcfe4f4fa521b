import { z } from 'zod';
import { setting } from './setting.ts';

/** What is refused, and what the schema shows. */
export const authorizationSettings = {
  AUTHORIZATION: setting(
    z.enum(['enforce', 'report']).default('enforce'),
    'report: a dry run. NOTHING IS REFUSED, and each refusal that would have been is logged and counted. Not in production, unless AUTHORIZATION_REPORT_IN_PRODUCTION confirms it.',
  ),
  AUTHORIZATION_REPORT_IN_PRODUCTION: setting(
    z.enum(['yes', 'no']).default('no'),
    'yes: AUTHORIZATION=report is meant, in production as well.',
  ),
  INTROSPECTION: setting(
    z.enum(['viewer', 'full', 'off']).default('viewer'),
    'What introspection shows. viewer: what the one who asks can reach; full: the whole schema; or off.',
  ),
};
