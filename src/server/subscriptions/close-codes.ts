import type { AuthorizationError } from '@gatehouse/authorization';

/** The codes with which a socket is closed (RFC 6455, 7.4; from 4400 on those of graphql-transport-ws and similar). */
export const closeCodes = {
  goingAway: 1001,
  unsupportedData: 1003,
  internalError: 1011,
  tryAgainLater: 1013,
  badRequest: 4400,
  unauthenticated: 4401,
  forbidden: 4403,
  idInUse: 4409,
  tooMany: 4429,
} as const;

/** Returns the close code for a viewer that lost access. If both kinds occur, 4401 takes precedence, as 401 does. */
export function closeOf(denials: readonly AuthorizationError[]): {
  readonly code: number;
  readonly reason: string;
} {
  const unauthenticated = denials.find(({ denial }) => denial.code === 'UNAUTHENTICATED');
  return unauthenticated === undefined
    ? { code: closeCodes.forbidden, reason: denials[0]?.denial.reason ?? 'FORBIDDEN' }
    : { code: closeCodes.unauthenticated, reason: unauthenticated.denial.reason };
}

/**
 * The maximum length of a reason in bytes of UTF-8: a control frame holds 125, of which the code takes two (RFC 6455,
 * 5.5).
 */
const maxReasonBytes = 123;

/** Cuts a reason to the maximum length, between characters. ws throws for a longer one. */
export const cutReason = (reason: string): string =>
  reason.slice(0, new TextEncoder().encodeInto(reason, new Uint8Array(maxReasonBytes)).read);
