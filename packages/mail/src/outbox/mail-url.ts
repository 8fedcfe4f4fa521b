import { z } from 'zod';
import { isPlainAddress } from './plain-address.ts';

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
  'is not a valid URL, such as smtps://user:password@smtp.example.org: percent-encode special characters in the username and password, such as @ as %40 and / as %2F';

/** Parses `MAIL_URL`. Messages never contain a part of it. */
export const mailUrlSetting = z
  .string()
  .regex(/^smtps?:\/\//, { error: 'must begin with smtps:// or smtp://', abort: true })
  .transform((text, context): MailUrl => {
    try {
      return parseMailUrl(text);
    } catch {
      context.addIssue(notUrl);
      return z.NEVER;
    }
  });

/** Parses `MAIL_FROM`. */
export const senderSetting = z
  .string()
  .refine(isPlainAddress, 'must be one address without a name, such as accounts@example.org');

/** @throws {TypeError} @throws {URIError} */
function parseMailUrl(text: string): MailUrl {
  const { scheme, user, password, host, port } = whole.exec(text)?.groups ?? {};
  if (host === undefined || !URL.canParse(`http://${host}`)) throw new TypeError('no host');
  const number = Number(port ?? (scheme === 'smtps' ? 465 : 587));
  if (number < 1 || number > 65_535) throw new TypeError('no port');
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port: number,
    security: securityOf(scheme === 'smtps', host),
    login:
      user === undefined || password === undefined
        ? undefined
        : { user: decode(user), password: decode(password) },
  };
}

const securityOf = (isTls: boolean, host: string): MailUrl['security'] => {
  if (isTls) return 'tls';
  return isLoopback(host) ? 'starttls-if-offered' : 'starttls';
};

const isLoopback = (host: string): boolean =>
  /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(host.toLowerCase());

/** @throws for a wrong encoding, and for control characters, at which SMTP servers end a username or a password. */
function decode(text: string): string {
  const decoded = decodeURIComponent(text);
  if (/\p{Cc}/u.test(decoded)) throw new TypeError('a control character');
  return decoded;
}
