import type { UserViewer } from '../../../authentication/viewer.ts';
import { type Asking, originOf } from '../../../changes/origin.ts';
import type { ProofPurpose } from '../../../values/proof.ts';
import { factorRequired } from './proof-errors.ts';
import type { PassWithProof, ProofInput } from './proofs.ts';
import type { Proved, ProvingSession } from './prove.store.ts';

/** A proof that a session sends. */
export interface SessionProof extends Asking {
  readonly viewer: UserViewer;
  readonly proof: ProofInput;
  /** Absent: the proof is the first one. */
  readonly challenge: string | undefined;
  readonly purpose: Extract<ProofPurpose, 'REAUTHENTICATION' | 'CHANGE'>;
}

/**
 * Passes the door of log-ins with a proof of the viewer's session: `pass` is the transaction that spends it.
 *
 * @throws {UnauthenticatedError} FACTOR_REQUIRED, BAD_CREDENTIALS or CHALLENGE_ENDED.
 * @throws {RateLimitedError} after too many failures, including those of `login`. @throws the error of `pass`.
 */
export type ProveInSession = <Result>(
  sent: SessionProof,
  pass: (proving: ProvingSession) => Promise<Proved<Result>>,
) => Promise<Result>;

export const createProveInSession =
  (passWithProof: PassWithProof): ProveInSession =>
  async ({ viewer, proof, challenge, purpose, ...asking }, pass) => {
    const { sessionId, userId } = viewer;
    const session = { sessionId, userId };
    const beside = purpose === 'CHANGE' ? viewer.authenticatedAt : undefined;
    const { client } = asking;
    const sent = { proof, challenge, purpose, session, client, origin: originOf(asking) };
    const done = await passWithProof(sent, (proving) =>
      pass({ ...proving, sessionId, ...(beside && { beside }) }),
    );
    if (done.outcome === 'due') throw factorRequired(done.due);
    return done.result;
  };
