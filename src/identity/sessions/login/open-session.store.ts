import { noticedFrom, type Origin } from '../../../changes/origin.ts';
import type { DatabaseTransaction } from '../../../database/connect.ts';
import { required } from '../../../values/required.ts';
import type { SessionStoreDependencies } from '../../store-dependencies.ts';
import { readLiveSession } from '../live-session.store.ts';
import { type DueFactors, type Proving, prove } from '../proofs/prove.store.ts';
import {
  type LiveSession,
  type SessionSecret,
  secretData,
  sessionFields,
} from '../session.records.ts';
import { makeRoomForSession } from '../session-limit.store.ts';

export interface NewSession extends Proving {
  readonly secret: SessionSecret;
  /** The end of its maximum lifetime. */
  readonly expiresAt: Date;
  readonly userAgent: string | null;
  readonly ip: string | null;
}

export type OpenedSession =
  | { readonly outcome: 'opened'; readonly session: LiveSession }
  | { readonly outcome: 'due'; readonly due: DueFactors };

/**
 * Creates the only function that opens sessions. Logins of one user run one after another, so that together they cannot
 * exceed the session limit.
 *
 * @throws {UnspentProofError} as its result does: nothing was done.
 */
export function createOpenSession(dependencies: SessionStoreDependencies) {
  const { write, notify, sessionIdleSeconds, maxSessionsPerUser, factors } = dependencies;
  return (opening: NewSession): Promise<OpenedSession> => {
    const { secret, expiresAt, userAgent, ip, ...proving } = opening;
    const { userId } = proving.proof;
    const origin: Origin = { actor: { kind: 'USER', id: userId }, ip };
    // Before the time is read: logins of one user wait for each other.
    const lock = (transaction: DatabaseTransaction) => transaction.$queryRaw`
      SELECT 1 FROM gatehouse.users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
    return write({ origin, lock }, async (transaction, writing) => {
      const { record, at } = writing;
      const passed = await prove(transaction, proving, { ...writing, origin, notify });
      if ('challenge' in passed) return { outcome: 'due', due: passed };
      const moment = { at, sessionIdleSeconds, factors };
      const { epoch, proved, sessionSeconds, openedWith, detail } = passed;
      await makeRoomForSession(transaction, { userId, epoch, maxSessionsPerUser, record }, moment);
      await record({ at, action: 'login.succeeded', subjectId: userId, detail });
      const opened = await transaction.session.create({
        data: {
          userId,
          epoch,
          proved,
          openedWith,
          expiresAt: endOf(expiresAt, at, sessionSeconds),
          userAgent,
          ip,
          createdAt: at,
          lastUsedAt: at,
          ...secretData(secret),
        },
        select: sessionFields,
      });
      const client = { ip: ip ?? undefined, userAgent: userAgent ?? undefined };
      const by = noticedFrom(origin);
      await notify(transaction, { userId, ...by, action: 'session.opened', at, client });
      const session = await required(readLiveSession(transaction, opened, moment));
      return { outcome: 'opened', session };
    });
  };
}

/** Returns the end of the maximum lifetime of a session: of the setting, or of what opened it if that is sooner. */
const endOf = (ofSetting: Date, at: Date, seconds: number | null): Date =>
  seconds === null
    ? ofSetting
    : new Date(Math.min(ofSetting.getTime(), at.getTime() + seconds * 1000));
