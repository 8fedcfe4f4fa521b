import type { Origin } from '../../../changes/origin.ts';
import { required } from '../../../values/required.ts';
import type { SessionStoreDependencies } from '../../store-dependencies.ts';
import { readLiveSession } from '../live-session.store.ts';
import { continueSession } from './continue-session.store.ts';
import { type Proved, type ProvingSession, prove } from './prove.store.ts';
import type { Renewal, RenewedSession } from './renewal.ts';

/**
 * Creates the function that renews the facts of a session and replaces its secret, in one transaction.
 *
 * @throws {UnspentProofError} as its result does: nothing was done. @throws the error of `issue`.
 */
export function createReauthenticate(dependencies: SessionStoreDependencies) {
  const { write, notify, sessionIdleSeconds, factors } = dependencies;
  return (
    { secret, issue, ...proving }: ProvingSession & Renewal,
    origin: Origin,
  ): Promise<Proved<RenewedSession>> => {
    const { sessionId, proof } = proving;
    const changing = { kind: 'USER', id: proof.userId } as const;
    return write({ origin, changing }, async (transaction, writing) => {
      const { at, record } = writing;
      const passed = await prove(transaction, proving, { ...writing, origin, notify });
      if ('challenge' in passed) return { outcome: 'due', due: passed };
      const { epoch, proved, detail } = passed;
      const next = { sessionId, epoch, secret, proved };
      const session = await continueSession(transaction, next, at);
      await record({ action: 'session.reauthenticated', subjectId: sessionId, detail });
      const live = await required(
        readLiveSession(transaction, session, { at, sessionIdleSeconds, factors }),
      );
      return { outcome: 'done', result: issue(live) };
    });
  };
}
