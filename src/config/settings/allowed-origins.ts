import { z } from 'zod';

const problem =
  'must be a comma-separated list of origins, each complete and without wildcards, such as https://app.example.org or http://localhost:5173';

/**
 * Parses `ALLOWED_ORIGINS`: the origins whose pages may use the API from a browser, beside that of this server. Each is
 * written as browsers send it (RFC 6454, 6.2): scheme, host, and a port unless it is the default of the scheme.
 */
export const allowedOrigins = z.string().transform((text, context): readonly string[] => {
  const origins = text.split(',').map((origin) => origin.trim());
  if (origins.every(isOrigin)) return origins;
  context.addIssue({ code: 'custom', message: problem });
  return z.NEVER;
});

const isOrigin = (text: string): boolean =>
  /^https?:\/\/([\w.-]+|\[[\da-f:]+\])(:\d+)?$/.test(text) &&
  URL.canParse(text) &&
  new URL(text).origin === text;
