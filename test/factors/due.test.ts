import { describe, expect, it } from 'vitest';
import type { Holdings } from '../../packages/factors/src/account/holdings.store.ts';
import { findDue } from '../../packages/factors/src/proofs/due.ts';
import { factorTable } from '../support/factor-table.ts';

const none: Holdings = { otp: 'none', apps: 0, passkeys: 0, recoveryCodes: 0 };
const app: Holdings = { otp: 'usable', apps: 1, passkeys: 0, recoveryCodes: 9 };
const lost: Holdings = { otp: 'lost', apps: 1, passkeys: 0, recoveryCodes: 0 };
const passkey: Holdings = { otp: 'none', apps: 0, passkeys: 1, recoveryCodes: 0 };

describe('the factors that are due', () => {
  it.each<{ what: string; has: Holdings; proved: readonly string[]; due: readonly string[] }>([
    { what: 'nothing, a password', has: none, proved: ['PASSWORD'], due: [] },
    {
      what: 'recovery codes alone, a password',
      has: { ...none, recoveryCodes: 3 },
      proved: ['PASSWORD'],
      due: [],
    },
    { what: 'an app, a password', has: app, proved: ['PASSWORD'], due: ['OTP', 'RECOVERY_CODE'] },
    { what: 'an app, both', has: app, proved: ['PASSWORD', 'OTP'], due: [] },
    { what: 'an app, a recovery code', has: app, proved: ['PASSWORD', 'RECOVERY_CODE'], due: [] },
    { what: 'an app, a code alone', has: app, proved: ['OTP'], due: ['PASSWORD'] },
    { what: 'a lost app, a password', has: lost, proved: ['PASSWORD'], due: ['OTP'] },
    {
      what: 'a lost app and a passkey, a password',
      has: { ...lost, passkeys: 1 },
      proved: ['PASSWORD'],
      due: ['PASSKEY_VERIFIED'],
    },
    {
      what: 'a passkey, a password',
      has: passkey,
      proved: ['PASSWORD'],
      due: ['PASSKEY_VERIFIED'],
    },
    { what: 'a passkey, it', has: passkey, proved: ['PASSKEY_VERIFIED'], due: [] },
    {
      what: 'a passkey, one that has not verified its user',
      has: passkey,
      proved: ['PASSKEY'],
      due: ['PASSWORD'],
    },
  ])('of an account that has, and has proved: $what', ({ has, proved, due }) => {
    expect(findDue(has, factorTable.together(proved))).toEqual(due);
  });
});
