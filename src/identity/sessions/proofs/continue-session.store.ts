import type { DatabaseTransaction } from '../../../database/connect.ts';
import type { StoredTimes } from '../../../values/factor.ts';
import { type SessionSecret, secretData, sessionFields } from '../session.records.ts';

export interface ContinuedSession {
  readonly sessionId: string;
  /** The user's epoch, to which the session moves. */
  readonly epoch: number;
  /** Its next refresh token or cookie. The old ones are refused from now on. */
  readonly secret: SessionSecret;
  readonly proved: StoredTimes;
}

/** Gives a session another secret and newer facts. What was issued before has none of its facts. */
export async function continueSession(
  transaction: DatabaseTransaction,
  { sessionId, epoch, secret, proved }: ContinuedSession,
  at: Date,
) {
  await keepChain(transaction, sessionId);
  await transaction.$executeRaw`
    UPDATE gatehouse.sessions SET proved = proved || ${JSON.stringify(proved)}::jsonb,
      proof_count = proof_count + 1
    WHERE id = ${sessionId}::uuid`;
  return transaction.session.update({
    where: { id: sessionId },
    data: { epoch, lastUsedAt: at, ...secretData(secret) },
    select: sessionFields,
  });
}

/** Keeps of a chain of refresh tokens what shows that one of them is reused. */
const keepChain = (transaction: DatabaseTransaction, sessionId: string) =>
  transaction.$executeRaw`
    UPDATE gatehouse.sessions SET refresh_former_chain_hash = refresh_chain_hash,
      refresh_former_generation = refresh_generation
    WHERE id = ${sessionId}::uuid AND refresh_chain_hash IS NOT NULL`;
