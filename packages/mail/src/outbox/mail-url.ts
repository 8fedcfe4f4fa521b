import { z } from 'zod';
import { isPlainAddress } from './plain-address.ts';

/** An SMTP server. */
export interface MailUrl {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte, after STARTTLS, or after STARTTLS if the server offers it: on this machine alone. */
  readonly security: 'tls' | 'starttls' | 'starttls-if-offered';
  readonly login: { readonly user: string; readonly password: string } | undefined;
}

const whole =
  /^(?<scheme>smtps?):\/\/(?:(?<user>[^\s/?#@:]+):(?<password>[^\s/?#@:]+)@)?(?<host>[\w.-]+|\[[0-9a-fA-F:.]+\])(?::(?<port>\d{1,5}))?\/?$/;

const notUrl =
  'is not a valid URL, such as smtps://user:password@smtp.example.org: percent-encode special characters in the user name and password, such as @ as %40 and / as %2F';

/** Parses `MAIL_URL`. Messages never contain a part of it. */
export const mailUrlSetting = z
  .string()
  .regex(/^smtps?:\/\//, { error: 'must begin with smtps:// or smtp://', abort: true })
  .transform((text, context): MailUrl => {
    const parsed = parseMailUrl(text);
    if (parsed !== undefined) return parsed;
    context.addIssue(notUrl);
    return z.NEVER;
  });

/** Parses `MAIL_FROM`. */
export const senderSetting = z
  .string()
  .refine(isPlainAddress, 'must be one address without a name, such as accounts@example.org');

function parseMailUrl(text: string): MailUrl | undefined {
  const { scheme, user, password, host, port } = whole.exec(text)?.groups ?? {};
  if (host === undefined || !URL.canParse(`http://${host}`)) return undefined;
  const place = {
    host: host.replace(/^\[|\]$/g, ''),
    port: Number(port ?? (scheme === 'smtps' ? 465 : 587)),
    security: securityOf(scheme === 'smtps', host),
  };
  if (place.port < 1 || place.port > 65_535) return undefined;
  if (user === undefined || password === undefined) return { ...place, login: undefined };
  const login = { user: decode(user), password: decode(password) };
  return login.user === undefined || login.password === undefined
    ? undefined
    : { ...place, login: { user: login.user, password: login.password } };
}

const securityOf = (isTls: boolean, host: string): MailUrl['security'] => {
  if (isTls) return 'tls';
  return isLoopback(host) ? 'starttls-if-offered' : 'starttls';
};

/** What is sent to these hosts does not leave the machine. */
const isLoopback = (host: string): boolean =>
  /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(host.toLowerCase());

/** Undefined: wrongly encoded, or with control characters, at which SMTP servers end a user name or a password. */
function decode(text: string): string | undefined {
  try {
    const decoded = decodeURIComponent(text);
    return /\p{Cc}/u.test(decoded) ? undefined : decoded;
  } catch {
    return undefined;
  }
}
