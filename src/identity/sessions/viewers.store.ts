import type { UserViewer } from '../../authentication/viewer.ts';
import type { SessionStoreDependencies } from '../store-dependencies.ts';
import type { UserRecord } from '../users/user.records.ts';
import { idleSince } from './session.records.ts';

interface ViewerRow extends UserRecord {
  readonly sessionId: string;
  readonly groups: readonly string[];
}

/** The condition for the sessions `$1` that are alive at the time `$2` and were used since `$3`. */
const viewersStatement = {
  name: 'gatehouse_viewers',
  text: `
    SELECT session.id AS "sessionId", member.id, member.username,
      member.display_name AS "displayName", member.email, member.created_at AS "createdAt",
      member.disabled_at AS "disabledAt",
      array_remove(array_agg(membership."group"::text), NULL) AS groups
    FROM gatehouse.sessions AS session
    JOIN gatehouse.users AS member ON member.id = session.user_id AND member.disabled_at IS NULL
    LEFT JOIN gatehouse.memberships AS membership ON membership.user_id = member.id
      AND (membership.expires_at IS NULL OR membership.expires_at > $2)
    WHERE session.id = ANY ($1::uuid[])
      AND session.ended_at IS NULL AND session.expires_at > $2 AND session.last_used_at > $3
    GROUP BY session.id, member.id`,
};

/** Reads viewers, and keeps the data that was read with each while the viewer exists, which is for its request. */
export function createViewers(dependencies: SessionStoreDependencies) {
  const { read, now, sessionIdleSeconds, groups: schemaGroups } = dependencies;
  const users = new WeakMap<UserViewer, UserRecord>();
  const groupsOfUsers = new WeakMap<UserRecord, ReadonlySet<string>>();

  function toViewer({ sessionId, groups, ...user }: ViewerRow): UserViewer {
    const viewer: UserViewer = {
      kind: 'user',
      isAuthenticated: true,
      sessionId,
      userId: user.id,
      groups: new Set(schemaGroups.inSchemaOrder(groups)),
    };
    users.set(viewer, user);
    groupsOfUsers.set(user, viewer.groups);
    return viewer;
  }

  return {
    /**
     * Returns the viewers of live sessions in one statement: user, session and current groups, without groups that
     * the schema does not have. Ended sessions, disabled users and unknown ids are omitted.
     */
    async findViewers(sessionIds: readonly string[]): Promise<UserViewer[]> {
      const at = now();
      const values = [sessionIds, at, idleSince(at, sessionIdleSeconds)];
      const rows = await read<ViewerRow>(viewersStatement, values);
      return rows.map(toViewer);
    },

    /** Returns the user that was read with a viewer of `findViewers`. Undefined for any other viewer. */
    userReadWith: (viewer: UserViewer): UserRecord | undefined => users.get(viewer),

    /** Returns the groups that were read with this record. Undefined for a record of another read. */
    groupsReadWith: (user: UserRecord): ReadonlySet<string> | undefined => groupsOfUsers.get(user),
  };
}
