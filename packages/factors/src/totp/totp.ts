import { Secret, TOTP } from 'otpauth';

/** 160 bits, as RFC 4226 recommends (4, R6). */
export const secretBytes = 20;

const periodSeconds = 30;
/** How many steps the clock of a user's device may differ (RFC 6238, 5.2). */
const toleratedSteps = 1;

export interface TotpOptions {
  readonly secret: Uint8Array;
  /** Default: 6. */
  readonly digits?: number;
}

/** Returns the number of the time step of a time, for the period of 30 seconds (RFC 6238, 4.2). */
export const stepAt = (time: Date): number => Math.floor(time.getTime() / 1000 / periodSeconds);

/** Returns the code of a time (RFC 6238, with HMAC-SHA-1). */
export const codeAt = (options: TotpOptions, time: Date): string =>
  toTotp(options).generate({ timestamp: time.getTime() });

/**
 * Returns the time step whose code this is: the present one, or one step before or after it. Undefined: the code is
 * wrong. Compares in constant time.
 */
export function findStep(options: TotpOptions, code: string, now: Date): number | undefined {
  const delta = toTotp(options).validate({
    token: code,
    timestamp: now.getTime(),
    window: toleratedSteps,
  });
  return delta === null ? undefined : stepAt(now) + delta;
}

/** The form of a code. People type spaces, which apps show between the digits. */
export const parseCode = (text: string): string | undefined => {
  const code = text.length > 20 ? '' : text.replaceAll(/\s/g, '');
  return /^\d{6}$/.test(code) ? code : undefined;
};

export interface KeyUriOptions extends TotpOptions {
  readonly issuer: string;
  readonly account: string;
}

/** Returns the `otpauth:` URI that authenticator apps read from a QR code. It contains the secret. */
export const toKeyUri = ({ issuer, account, ...options }: KeyUriOptions): string =>
  toTotp(options, { issuer, label: account }).toString();

/** Returns the secret in base32, for people who type it. */
export const toBase32 = (secret: Uint8Array): string => toSecret(secret).base32;

const toTotp = (
  { secret, digits = 6 }: TotpOptions,
  words: { readonly issuer?: string; readonly label?: string } = {},
): TOTP =>
  new TOTP({
    ...words,
    secret: toSecret(secret),
    algorithm: 'SHA1',
    digits,
    period: periodSeconds,
  });

/** The library reads a whole `ArrayBuffer`, of which a `Buffer` can be a part. */
const toSecret = (bytes: Uint8Array): Secret =>
  new Secret({ buffer: new Uint8Array(bytes).buffer });
