const names: ReadonlyMap<string, string> = new Map([
  ['PASSWORD', 'password'],
  ['OTP', 'authenticator app'],
  ['RECOVERY_CODE', 'recovery code'],
  ['PASSKEY', 'passkey'],
  ['PASSKEY_VERIFIED', 'passkey that verified its user'],
  ['PROVIDER', 'account elsewhere'],
  ['PROVIDER_VERIFIED', 'account elsewhere, two factors'],
]);

/** Returns the words for factors. Those of a project keep their names. */
export const toFactorNames = (factors: readonly string[]): string =>
  factors.map((factor) => names.get(factor) ?? factor).join(', ');
