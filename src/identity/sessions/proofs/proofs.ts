import { hashOpaqueToken, isOpaqueToken } from '../../../authentication/opaque-token.ts';
import type { Origin } from '../../../changes/origin.ts';
import { BadUserInputError } from '../../../errors.ts';
import type { FactorTable } from '../../../values/factor.ts';
import type {
  FactorRules,
  GiveToAccount,
  NewAccountAttempt,
  ProofKind,
  ProofPurpose,
  RightProof,
  WrongProof,
} from '../../../values/proof.ts';
import type { RequestSource } from '../../../values/request-source.ts';
import type { AuditStore } from '../../audit/audit.store.ts';
import type { SessionStore } from '../session.store.ts';
import type { PendingLogin, PresentedChallenge } from './challenge.store.ts';
import { challengeEnded, wrongProof } from './proof-errors.ts';
import { type Proving, UnspentProofError } from './prove.store.ts';

/** What log-ins ask for. Without a package: the password alone. */
export interface Rules extends Pick<FactorRules, 'due'> {
  readonly factors: FactorTable;
  /** By the field of `Proof`. */
  readonly kinds: Readonly<Record<string, ProofKind>>;
}

/** The input `Proof`, which has one field. */
export type ProofInput = Readonly<Record<string, unknown>>;

export interface SentProof {
  readonly proof: ProofInput;
  /** Absent: the proof begins a log-in. */
  readonly challenge: string | undefined;
  readonly purpose: ProofPurpose;
  /** The cookie of the challenge. */
  readonly cookie?: string | undefined;
  /** The session that proves itself again, and its user. */
  readonly session?: { readonly sessionId: string; readonly userId: string };
  readonly client: RequestSource;
  /** Who is recorded when the proof is wrong. */
  readonly origin: Origin;
}

export interface ProofsDependencies {
  readonly sessions: Pick<SessionStore, 'findChallenge' | 'countWrongProof'>;
  readonly audit: Pick<AuditStore, 'record'>;
  readonly rules: Rules;
  /** A secure source. */
  readonly randomBytes: (size: number) => Uint8Array;
}

/**
 * Checks a proof, and passes the door with it: `pass` is one transaction that spends it.
 *
 * @throws {UnauthenticatedError} BAD_CREDENTIALS for a wrong proof, CHALLENGE_ENDED for a challenge that has ended.
 * @throws {RateLimitedError} after too many wrong proofs. @throws the error of `pass`.
 */
export type PassWithProof = <Result>(
  sent: SentProof,
  pass: (proving: Proving) => Promise<Result>,
) => Promise<Result>;

/** Creates the one way to prove something. */
export function createPassWithProof(dependencies: ProofsDependencies): PassWithProof {
  const { sessions, rules, randomBytes } = dependencies;
  const refuse = createRefuse(dependencies);
  return async (sent, pass) => {
    const { purpose, session } = sent;
    const [kind, value] = kindOf(sent.proof, rules);
    const pending = await findPending(sessions, sent);
    const begins = kind.beginsLogins === true || session !== undefined;
    if (pending === null && (!begins || (sent.challenge !== undefined && !kind.beginsLogins))) {
      throw challengeEnded();
    }
    const userId = session?.userId ?? pending?.userId;
    const { challenge, client } = sent;
    const { sessionId } = session ?? {};
    const proof = await kind.check(value, { purpose, sessionId, userId, challenge, client });
    if ('wrong' in proof) return refuse(sent, pending, proof);
    if (userId !== undefined && proof.userId !== userId) {
      return refuse(sent, pending, { wrong: 'of another account' });
    }
    const named = sessionId === undefined ? {} : { sessionId };
    const { due, factors } = rules;
    const proving = { proof, pending, purpose, due, factors, randomBytes, ...named };
    return spend(proof, () => pass(proving)).catch((error: unknown) => {
      if (error instanceof UnspentProofError) return refuse(sent, pending, unspent(error));
      throw error;
    });
  };
}

/** Checks a proof with which a new account is made. @throws {BadUserInputError} @throws the error of the package. */
export type CheckNewProof = (
  proof: ProofInput,
  attempt: NewAccountAttempt,
) => Promise<GiveToAccount>;

export const createCheckNewProof =
  (rules: Pick<Rules, 'kinds'>): CheckNewProof =>
  async (proof, attempt) => {
    const [kind, value] = kindOf(proof, rules);
    if (kind.enrol !== undefined) return kind.enrol(value, attempt);
    throw new BadUserInputError('proof', 'No account is made with a proof of this kind.');
  };

/** Calls `succeeded` or `failed` of a proof after `pass`. */
export async function spend<Result>(
  { succeeded, failed }: RightProof,
  pass: () => Promise<Result>,
): Promise<Result> {
  const result = await pass().catch((error: unknown) => {
    if (!(error instanceof UnspentProofError)) failed?.();
    throw error;
  });
  await succeeded?.();
  return result;
}

const unspent = ({ isEnded }: UnspentProofError): WrongProof =>
  isEnded ? { wrong: 'after its challenge', isEnded } : { wrong: 'used before' };

function kindOf(proof: ProofInput, { kinds }: Pick<Rules, 'kinds'>): readonly [ProofKind, unknown] {
  for (const [name, value] of Object.entries(proof)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind !== undefined) return [kind, value];
  }
  // Unreachable with `@oneOf`, unless a package adds a field of `Proof` without its kind.
  throw new BadUserInputError('proof', 'This proof is not known.');
}

async function findPending(
  sessions: ProofsDependencies['sessions'],
  { challenge, purpose, cookie, session }: SentProof,
): Promise<PendingLogin | null> {
  if (challenge === undefined || !isOpaqueToken(challenge)) return null;
  const presented: PresentedChallenge = {
    hash: hashOpaqueToken(challenge),
    purpose,
    ...(cookie === undefined ? {} : { cookieHash: hashOpaqueToken(cookie) }),
    ...(session === undefined ? {} : { sessionId: session.sessionId }),
  };
  return sessions.findChallenge(presented);
}

/** Creates the function that records a wrong proof and counts it at its challenge. */
function createRefuse({ sessions, audit }: ProofsDependencies) {
  return async (
    { session, origin }: SentProof,
    pending: PendingLogin | null,
    { wrong, isEnded }: WrongProof,
  ): Promise<never> => {
    if (pending !== null) await sessions.countWrongProof(pending.hash);
    const action = session === undefined ? 'login.failed' : 'session.proof_refused';
    const subjectId = session?.sessionId ?? pending?.userId ?? null;
    await audit.record(origin, { action, subjectId, detail: wrong });
    throw isEnded === true ? challengeEnded() : wrongProof();
  };
}
