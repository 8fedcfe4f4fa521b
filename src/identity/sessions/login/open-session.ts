import { UnauthenticatedError } from '../../../errors.ts';
import type { RequestSource } from '../../../values/request-source.ts';
import type { AuditStore } from '../../audit/audit.store.ts';
import {
  type PassWithProof,
  type ProofInput,
  type ProofsDependencies,
  spend,
} from '../proofs/proofs.ts';
import { type Proving, UnspentProofError } from '../proofs/prove.store.ts';
import type { SessionSecret } from '../session.records.ts';
import type { SessionStore } from '../session.store.ts';
import type { OpenedSession } from './open-session.store.ts';
import type { LoginAttempt, PasswordProofs } from './password-proofs.ts';

export interface OpenSessionDependencies extends Pick<ProofsDependencies, 'rules' | 'randomBytes'> {
  readonly sessions: Pick<SessionStore, 'open'>;
  readonly audit: Pick<AuditStore, 'record'>;
  readonly passwordProofs: PasswordProofs;
  readonly passWithProof: PassWithProof;
  readonly sessionLifetimeSeconds: number;
  readonly now: () => Date;
}

/** A proof that completes a log-in, or a passkey that begins one. */
export interface LoginCompletion {
  readonly challenge: string;
  readonly proof: ProofInput;
  /** The cookie of a browser's challenge. */
  readonly cookie?: string | undefined;
  readonly client: RequestSource;
}

/** What continues the session: the mutations of each kind complete their own log-ins alone. */
interface Opening {
  readonly purpose: 'LOGIN' | 'SESSION';
  readonly secret: SessionSecret;
}

/**
 * Opens a session, or says what is due.
 *
 * @throws {UnauthenticatedError} BAD_CREDENTIALS for every kind of wrong credentials, CHALLENGE_ENDED.
 * @throws {RateLimitedError} after too many failures, even with right credentials.
 */
export interface OpenSession {
  begin(attempt: LoginAttempt, opening: Opening): Promise<OpenedSession>;
  complete(completion: LoginCompletion, opening: Opening): Promise<OpenedSession>;
}

/** Creates the two functions that open sessions: by a username and a password, and by the proof that was due. */
export function createOpenSession(dependencies: OpenSessionDependencies): OpenSession {
  const { sessions, audit, passwordProofs, passWithProof, rules, randomBytes } = dependencies;
  const { sessionLifetimeSeconds, now } = dependencies;

  const open = (
    proving: Proving,
    { secret, client }: Pick<Opening, 'secret'> & { readonly client: RequestSource },
  ): Promise<OpenedSession> => {
    const expiresAt = new Date(now().getTime() + sessionLifetimeSeconds * 1000);
    const { ip = null, userAgent = null } = client;
    return sessions.open({ ...proving, secret, expiresAt, ip, userAgent });
  };

  return {
    async begin(attempt, { purpose, secret }) {
      const { client } = attempt;
      const refuse = async (userId: string | undefined): Promise<never> => {
        const event = { action: 'login.failed', subjectId: userId ?? null };
        await audit.record({ actor: null, ip: client.ip ?? null }, event);
        throw badCredentials();
      };
      const proof = await passwordProofs.ofUsername(attempt);
      if ('wrong' in proof) return refuse(proof.userId);
      const { due, factors } = rules;
      const proving = { proof, pending: null, purpose, due, factors, randomBytes };
      return spend(proof, () => open(proving, { secret, client })).catch((error: unknown) => {
        if (error instanceof UnspentProofError) return refuse(proof.userId);
        throw error;
      });
    },
    complete({ client, ...sent }, { purpose, secret }) {
      const origin = { actor: null, ip: client.ip ?? null };
      return passWithProof({ ...sent, purpose, client, origin }, (proving) =>
        open(proving, { secret, client }),
      );
    },
  };
}

const badCredentials = () =>
  new UnauthenticatedError('BAD_CREDENTIALS', 'Incorrect username or password.');
