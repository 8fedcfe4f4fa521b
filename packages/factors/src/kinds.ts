import type { FactorRow } from 'graphql-gatehouse';

export const otp = {
  name: 'OTP',
  description: 'A code of an authenticator app: something that the user has.',
  proves: 'possession',
  amr: ['otp'],
} as const satisfies FactorRow;

export const recoveryCode = {
  name: 'RECOVERY_CODE',
  description: 'A recovery code: something that the user has.',
  proves: 'possession',
  amr: ['otp'],
  worksOnce: true,
} as const satisfies FactorRow;

export const passkey = {
  name: 'PASSKEY',
  description: 'A passkey: something that the user has.',
  proves: 'possession',
  amr: ['pop'],
} as const satisfies FactorRow;

export const verifiedPasskey = {
  name: 'PASSKEY_VERIFIED',
  description: 'A passkey that has verified its user: two kinds of factors.',
  proves: 'possession',
  verifiesUser: true,
  amr: ['pop', 'user'],
} as const satisfies FactorRow;

export const factorKinds = [otp, recoveryCode, passkey, verifiedPasskey] as const;
