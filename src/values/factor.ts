/** What a session can prove, in the order of the enum `Factor`. */
export const factors = ['PASSWORD', 'OTP', 'RECOVERY_CODE', 'PASSKEY', 'PASSKEY_VERIFIED'] as const;

export type Factor = (typeof factors)[number];

/** When each factor was last proved. Absent: never. */
export type AuthenticationTimes = Readonly<Partial<Record<Factor, Date>>>;
