import type { Ending } from '../access/ending.ts';

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

/** A close code, and a word for programs. */
export interface Close {
  readonly code: number;
  readonly reason: string;
}

/** The reason of an expired access token. The client can get another one and reconnect. */
const expired = 'TOKEN_EXPIRED';

/**
 * Returns how a socket is closed to which the right has ended: with 4401 when its viewer is no longer authenticated,
 * with 4403 when the token has expired or a subscription is refused.
 *
 * The client of graphql-ws reconnects after 4403. After 4401 it fails, whatever its option `shouldRetry` says
 * (`shouldRetryConnectOrThrow` in its client.ts).
 */
export const closeOf = ({ code, reason }: Ending): Close => ({
  code:
    code === 'FORBIDDEN' || reason === expired ? closeCodes.forbidden : closeCodes.unauthenticated,
  reason,
});

/** Returns the error code with which a subscription is recorded that the server closed. Undefined: not an error. */
export function errorCodeOf({ code, reason }: Close): string | undefined {
  if (code === closeCodes.unauthenticated || reason === expired) return 'UNAUTHENTICATED';
  if (code === closeCodes.forbidden) return 'FORBIDDEN';
  return code === closeCodes.tryAgainLater ? 'SERVICE_UNAVAILABLE' : undefined;
}

/**
 * The maximum length of a reason in bytes of UTF-8: a control frame holds 125, of which the code takes two (RFC 6455,
 * 5.5).
 */
const maxReasonBytes = 123;

/** Cuts a reason to the maximum length, between characters. ws throws for a longer one. */
export const cutReason = (reason: string): string =>
  reason.slice(0, new TextEncoder().encodeInto(reason, new Uint8Array(maxReasonBytes)).read);
