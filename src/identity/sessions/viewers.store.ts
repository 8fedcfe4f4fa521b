import type { SessionKind, UserViewer } from '../../authentication/viewer.ts';
import { firstUnsettledId, settledColumn } from '../settled.ts';
import type { SessionStoreDependencies } from '../store-dependencies.ts';
import { type UserWithGroups, userColumns } from '../users/user.records.ts';
import { idleSince } from './session.records.ts';

interface ViewerRow extends UserWithGroups {
  readonly sessionId: string;
  readonly proved: unknown;
  readonly proofCount: number;
  /** Absent: there is no replica. */
  readonly hasSettled?: boolean;
}

interface CookieViewerRow extends ViewerRow {
  readonly cookieHash: Uint8Array;
  readonly lastUsedAt: Date;
}

/** The viewer of a session cookie. */
export interface CookieViewer {
  readonly viewer: UserViewer;
  readonly cookieHash: Uint8Array;
  readonly lastUsedAt: Date;
}

/** For live sessions at the time `$2` that were used since `$3` and match `condition`, which uses `$1`. */
const viewersText = (columns: string, condition: string) => `
    SELECT session.id AS "sessionId", session.proved, session.proof_count AS "proofCount", ${columns} ${userColumns},
      array_remove(array_agg(membership."group"::text), NULL) AS groups
    FROM gatehouse.sessions AS session
    JOIN gatehouse.users AS member ON member.id = session.user_id
      AND member.session_epoch = session.epoch AND member.disabled_at IS NULL
    LEFT JOIN gatehouse.memberships AS membership ON membership.user_id = member.id
      AND (membership.expires_at IS NULL OR membership.expires_at > $2)
    WHERE ${condition}
      AND session.ended_at IS NULL AND session.expires_at > $2 AND session.last_used_at > $3
    GROUP BY session.id, member.id`;

/** The statements for viewers. `name` ends their names, and `columns` are read in addition. */
const statementsFor = (name: string, columns: string) => ({
  byId: {
    name: `gatehouse_viewers${name}`,
    text: viewersText(columns, 'session.id = ANY ($1::uuid[])'),
  },
  byCookie: {
    name: `gatehouse_cookie_viewers${name}`,
    text: viewersText(
      `${columns} session.cookie_hash AS "cookieHash", session.last_used_at AS "lastUsedAt",`,
      'session.cookie_hash = ANY ($1::bytea[])',
    ),
  },
});

const withoutReplica = statementsFor('', '');
/** Of viewers without an event since the id `$4`. */
const withReplica = statementsFor('_settled', `${settledColumn('member.id', '$4')},`);

/** Reads viewers, and keeps the data that was read with each while the viewer exists, which is for its request. */
export function createViewers(dependencies: SessionStoreDependencies) {
  const { database, read, now, sessionIdleSeconds, settleMs } = dependencies;
  const { groups: schemaGroups, factors } = dependencies;
  const { byId, byCookie } = settleMs === undefined ? withoutReplica : withReplica;
  const users = new WeakMap<UserViewer, UserWithGroups>();

  function toViewer(
    { sessionId, proved, proofCount, hasSettled, groups, ...row }: ViewerRow,
    kind: SessionKind,
  ): UserViewer {
    const user = { groups: schemaGroups.inEffect(groups), ...row };
    const granted = schemaGroups.inSchemaOrder(groups);
    const authenticatedAt = factors.readTimes(proved);
    const facts = { authenticatedAt, factorKinds: factors.kinds, proofCount, granted };
    const viewer = viewerOf(user, { sessionId, sessionKind: kind, ...facts, hasSettled });
    users.set(viewer, user);
    return viewer;
  }

  function valuesFor(keys: readonly unknown[]): unknown[] {
    const at = now();
    const values = [keys, at, idleSince(at, sessionIdleSeconds)];
    return settleMs === undefined ? values : [...values, firstUnsettledId(settleMs)];
  }

  return {
    /**
     * Returns the viewers of live sessions in one statement: user, session and current groups, without groups that
     * the schema does not have. Ended sessions, disabled users and unknown ids are omitted.
     */
    async findViewers(sessionIds: readonly string[]): Promise<UserViewer[]> {
      const rows = await read<ViewerRow>(byId, valuesFor(sessionIds));
      return rows.map((row) => toViewer(row, 'token'));
    },

    /** The same, for the SHA-256 values of session cookies. */
    async findCookieViewers(hashes: readonly Uint8Array[]): Promise<CookieViewer[]> {
      const rows = await read<CookieViewerRow>(byCookie, valuesFor(hashes));
      return rows.map(({ cookieHash, lastUsedAt, ...row }) => {
        return { viewer: toViewer(row, 'cookie'), cookieHash, lastUsedAt };
      });
    },

    /** Records that sessions are in use. Does not wait for locks: a session that is being changed is skipped. */
    async recordUse(ids: readonly string[], { unlessSince }: { unlessSince: Date }): Promise<void> {
      await database.$executeRaw`
        UPDATE gatehouse.sessions SET last_used_at = ${now()}
        WHERE id IN (
          SELECT id FROM gatehouse.sessions
          WHERE id = ANY (${[...ids]}::uuid[]) AND ended_at IS NULL AND last_used_at <= ${unlessSince}
          FOR NO KEY UPDATE SKIP LOCKED)`;
    },

    /** Returns the user that was read with a viewer of `findViewers`. Undefined for any other viewer. */
    userReadWith: (viewer: UserViewer): UserWithGroups | undefined => users.get(viewer),
  };
}

interface Reading
  extends Required<
    Pick<
      UserViewer,
      'sessionId' | 'sessionKind' | 'authenticatedAt' | 'factorKinds' | 'proofCount' | 'granted'
    >
  > {
  readonly hasSettled: boolean | undefined;
}

const viewerOf = (user: UserWithGroups, { hasSettled, ...reading }: Reading): UserViewer => ({
  kind: 'user',
  isAuthenticated: true,
  userId: user.id,
  groups: new Set(user.groups),
  ...reading,
  ...(hasSettled === undefined ? {} : { hasSettled }),
});
