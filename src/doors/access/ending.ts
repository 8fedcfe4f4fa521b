import type { RefusalError } from '@graphql-gatehouse/authorization';

/** Why the right to a socket or stream has ended. */
export interface Ending {
  readonly code: 'UNAUTHENTICATED' | 'FORBIDDEN';
  /** As in the error that refuses the operation, such as `TOKEN_REVOKED` or `GROUP_REQUIRED`. */
  readonly reason: string;
}

/** Returns the ending for the denials of a running subscription. An unauthenticated viewer comes first, as with 401. */
export function endingOf(denials: readonly RefusalError[]): Ending {
  const unauthenticated = denials.find(({ denial }) => denial.code === 'UNAUTHENTICATED');
  return unauthenticated === undefined
    ? { code: 'FORBIDDEN', reason: denials[0]?.denial.reason ?? 'FORBIDDEN' }
    : { code: 'UNAUTHENTICATED', reason: unauthenticated.denial.reason };
}
