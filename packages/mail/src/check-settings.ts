import type { GatehousePackage } from 'graphql-gatehouse';
import { originsOf } from './links/links.ts';
import type { MailSettings } from './settings.ts';

type CheckSettings = NonNullable<GatehousePackage<MailSettings>['checkSettings']>;

/** Finds settings that are valid alone, but not together. */
export const checkSettings: CheckSettings = (given, { isProduction, origins }) => {
  const { MAIL_URL: url, MAIL_FROM: from, MAIL_LINKS: links } = given;
  const problems: ReturnType<CheckSettings>[number][] = [];
  if (isProduction) {
    for (const name of ['MAIL_URL', 'MAIL_KEY', 'MAIL_LINKS'] as const) {
      if (given[name] === undefined) problems.push({ name, message: 'is required in production' });
    }
  }
  if (url !== undefined && from === undefined) {
    problems.push({ name: 'MAIL_FROM', message: 'is required with MAIL_URL' });
  }
  const foreign =
    links === undefined ? [] : originsOf(links).filter((each) => !origins.includes(each));
  if (foreign.length > 0) {
    const message = `has pages of origins that are neither in ALLOWED_ORIGINS nor that of TOKEN_ISSUER: ${foreign.join(', ')}`;
    problems.push({ name: 'MAIL_LINKS', message });
  }
  return problems;
};
