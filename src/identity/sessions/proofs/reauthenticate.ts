import type { UserViewer } from '../../../authentication/viewer.ts';
import { type Asking, originOf } from '../../../changes/origin.ts';
import type { SessionStore } from '../session.store.ts';
import { factorRequired } from './proof-errors.ts';
import type { PassWithProof, ProofInput } from './proofs.ts';
import { createRenewal, type RenewalDependencies, type RenewedSession } from './renewal.ts';

export interface ReauthenticateDependencies extends RenewalDependencies {
  readonly sessions: Pick<SessionStore, 'reauthenticate'>;
  readonly passWithProof: PassWithProof;
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
  const { sessions, passWithProof } = dependencies;
  return async ({ viewer, proof, challenge, ...asking }) => {
    const { sessionId, userId, sessionKind } = viewer;
    const origin = originOf(asking);
    const renewal = createRenewal(sessionKind, dependencies);
    const sent = {
      proof,
      challenge,
      purpose: 'REAUTHENTICATION',
      session: { sessionId, userId },
      client: asking.client,
      origin,
    } as const;
    const done = await passWithProof(sent, (proving) =>
      sessions.reauthenticate({ ...proving, sessionId, ...renewal }, origin),
    );
    if (done.outcome === 'due') throw factorRequired(done.due);
    return done.credentials;
  };
}
