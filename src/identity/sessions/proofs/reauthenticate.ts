import type { UserViewer } from '../../../authentication/viewer.ts';
import { type Asking, originOf } from '../../../changes/origin.ts';
import type { SessionStore } from '../session.store.ts';
import type { ProofInput } from './proofs.ts';
import type { ProveInSession } from './prove-in-session.ts';
import { createRenewal, type RenewalDependencies, type RenewedSession } from './renewal.ts';

export interface ReauthenticateDependencies extends RenewalDependencies {
  readonly sessions: Pick<SessionStore, 'reauthenticate'>;
  readonly proveInSession: ProveInSession;
}

interface ReauthenticationRequest extends Asking {
  readonly viewer: UserViewer;
  readonly proof: ProofInput;
  /** Absent: the proof is the first one. */
  readonly challenge: string | undefined;
}

/**
 * Renews the facts of the viewer's session, and gives it its next credentials or cookie.
 *
 * @throws {UnauthenticatedError} FACTOR_REQUIRED, BAD_CREDENTIALS or CHALLENGE_ENDED.
 * @throws {RateLimitedError} after too many failures, including those of `login`.
 */
export type Reauthenticate = (request: ReauthenticationRequest) => Promise<RenewedSession>;

export function createReauthenticate(dependencies: ReauthenticateDependencies): Reauthenticate {
  const { sessions, proveInSession } = dependencies;
  return async (request) => {
    const renewal = createRenewal(request.viewer.sessionKind, dependencies);
    return proveInSession({ ...request, purpose: 'REAUTHENTICATION' }, (proving) =>
      sessions.reauthenticate({ ...proving, ...renewal }, originOf(request)),
    );
  };
}
