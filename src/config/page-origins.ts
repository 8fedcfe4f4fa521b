import type { Settings } from './settings/settings.ts';

/** Returns the origins of the installation's pages: those that are allowed, and that of an issuer which is a URL. */
export function pageOrigins({
  allowedOrigins,
  accessToken: { issuer },
}: Pick<Settings, 'allowedOrigins' | 'accessToken'>): readonly string[] {
  const isPage = /^https?:/.test(issuer) && URL.canParse(issuer);
  return isPage ? [...allowedOrigins, new URL(issuer).origin] : allowedOrigins;
}
