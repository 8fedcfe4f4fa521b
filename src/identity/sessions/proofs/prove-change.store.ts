import { noticedFrom, type Origin } from '../../../changes/origin.ts';
import type { Writing } from '../../../changes/write-in-transaction.ts';
import type { DatabaseTransaction } from '../../../database/connect.ts';
import type { AuthenticationTimes } from '../../../values/factor.ts';
import type { Notify } from '../../store-dependencies.ts';
import { type Proved, type ProvingSession, prove } from './prove.store.ts';

/** A proof that is sent with a change, and what the transaction of the change has. */
export interface ProvenChange extends Writing {
  readonly proving: ProvingSession;
  readonly origin: Origin;
  readonly notify: Notify;
}

/**
 * Passes the door of log-ins in the transaction of a change, and does the work of the change when nothing is due. The
 * session gets no facts of it: a copy of its token would have them too.
 *
 * @throws {UnspentProofError} @throws the error of the work: the proof was not spent.
 */
export async function proveChange<Result>(
  transaction: DatabaseTransaction,
  { proving, origin, notify, ...writing }: ProvenChange,
  work: (proved: AuthenticationTimes) => Promise<Result>,
): Promise<Proved<Result>> {
  const { proof, sessionId } = proving;
  const { at, record } = writing;
  const notice = (action: string) =>
    notify(transaction, { userId: proof.userId, ...noticedFrom(origin), action, at });
  const passed = await prove(transaction, proving, { ...writing, notice });
  if ('challenge' in passed) return { outcome: 'due', due: passed };
  const { times, detail } = passed;
  await record({ action: 'session.proved', subjectId: sessionId, detail });
  return { outcome: 'done', result: await work(times) };
}
