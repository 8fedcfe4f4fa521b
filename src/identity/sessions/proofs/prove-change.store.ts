import type { DatabaseTransaction } from '../../../database/connect.ts';
import type { AuthenticationTimes } from '../../../values/factor.ts';
import { type ProofWriting, type Proved, type ProvingSession, prove } from './prove.store.ts';

/**
 * Passes the door of log-ins in the transaction of a change, and does the work of the change when nothing is due. The
 * session gets no facts of it: a copy of its token would have them too.
 *
 * @throws {UnspentProofError} @throws the error of the work: the proof was not spent.
 */
export async function proveChange<Result>(
  transaction: DatabaseTransaction,
  { proving, ...writing }: ProofWriting & { readonly proving: ProvingSession },
  work: (proved: AuthenticationTimes) => Promise<Result>,
): Promise<Proved<Result>> {
  const passed = await prove(transaction, proving, writing);
  if ('challenge' in passed) return { outcome: 'due', due: passed };
  const { times, detail } = passed;
  await writing.record({ action: 'session.proved', subjectId: proving.sessionId, detail });
  return { outcome: 'done', result: await work(times) };
}
