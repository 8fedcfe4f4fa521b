import { placeGrantsText } from '../../changes/place-grants.ts';
import { groupBy } from '../../context/loader.ts';
import type { PlaceGrant } from '../../values/groups.ts';
import { firstUuid } from '../../values/uuid.ts';
import type { IdPage } from '../id-page.ts';
import type { StoreDependencies } from '../store-dependencies.ts';

/** A membership of a user in one place. */
export interface UserPlaceGrant extends PlaceGrant {
  readonly userId: string;
}

const ofUsers = {
  name: 'gatehouse_places',
  text: placeGrantsText('user_id = ANY ($1::uuid[])'),
};

/** A user who holds something in one place. */
export interface HolderRecord {
  /** That of the user. */
  readonly id: string;
  readonly memberships: readonly PlaceMembershipRecord[];
}

/** A membership in one place. */
export interface PlaceMembershipRecord {
  readonly group: string;
  readonly grantedAt: Date;
  readonly expiresAt: Date | null;
}

/** The users of a page, by the index of a place. */
const holdersText = `
  SELECT user_id AS id, "group", granted_at AS "grantedAt", expires_at AS "expiresAt"
  FROM gatehouse.place_memberships
  WHERE type = $1 AND place_id = $2 AND (expires_at IS NULL OR expires_at > $3::timestamptz)
    AND user_id IN (
      SELECT DISTINCT user_id FROM gatehouse.place_memberships
      WHERE type = $1 AND place_id = $2 AND (expires_at IS NULL OR expires_at > $3::timestamptz) AND user_id > $4::uuid
      ORDER BY user_id LIMIT $5::int
    )
  ORDER BY user_id, "group"`;
const ofPlace = { name: 'gatehouse_holders', text: holdersText };

/** Reads what users hold in places. */
export const createPlaceGrantStore = ({ read, now, groups }: StoreDependencies) => ({
  /** Returns who holds groups of the schema in a place, oldest first. */
  async pageOfHolders(
    { type, id }: { readonly type: string; readonly id: string },
    { limit, afterId }: IdPage,
  ): Promise<readonly HolderRecord[]> {
    const values = [type, id, now(), afterId ?? firstUuid, limit];
    const rows = await read<PlaceMembershipRecord & { readonly id: string }>(ofPlace, values);
    return [...groupBy(rows, (row) => row.id)].map(([userId, memberships]) => ({
      id: userId,
      memberships: memberships.filter(({ group }) => groups.placeTypeOf(group) === type),
    }));
  },

  /** Returns the memberships of many users in places which have not ended, without those that have expired. */
  findGrantsOf: (userIds: readonly string[]): Promise<readonly UserPlaceGrant[]> =>
    read<UserPlaceGrant>(ofUsers, [userIds, now()]),
});

export type PlaceGrantStore = ReturnType<typeof createPlaceGrantStore>;
