/** The claims of an access token, unverified. */
export function claimsOf(accessToken: string): Readonly<Record<string, unknown>> & {
  readonly sid: string;
  readonly exp: number;
  readonly iat: number;
} {
  return JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString());
}
