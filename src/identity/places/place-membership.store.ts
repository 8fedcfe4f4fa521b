import { noticedFrom, type Origin, userIdOf } from '../../changes/origin.ts';
import { describeInPlace, requireFewPlaces } from '../../changes/place-changes.ts';
import type { Writing } from '../../changes/write-in-transaction.ts';
import type { DatabaseTransaction } from '../../database/connect.ts';
import { BadUserInputError } from '../../errors.ts';
import type { Group } from '../../values/groups.ts';
import type { SqlTransaction } from '../../values/sql-transaction.ts';
import { isUuid } from '../../values/uuid.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import { leaveAHolder } from '../users/last-holder.store.ts';
import { requireLaterEnd, requireNotImplied } from '../users/membership.store.ts';
import type { UserRecord } from '../users/user.records.ts';
import { requireUser } from '../users/user-row.store.ts';
import { giveGroup } from './give-group.store.ts';
import type { GrantPlace, HeldInPlace } from './granting.ts';
import { heldAround } from './held-around.store.ts';
import { openForGrant } from './place-row.store.ts';
import { requireGranter, requireNoLonger } from './require-granter.ts';

/** A group to grant or to revoke in a place. */
export interface PlaceGrantRequest {
  readonly userId: string;
  readonly group: Group;
  readonly place: GrantPlace;
  /** Whether the viewer may because of what it holds there, and not by its global groups. Asked in the transaction. */
  readonly isByHolder: () => boolean;
}

export interface Removal extends Writing {
  readonly user: UserRecord;
  readonly group: Group;
  readonly place: Pick<GrantPlace, 'type' | 'id'>;
}

/** Grants and revokes what is held in places. Every change is one transaction. */
export function createPlaceMembershipStore(dependencies: StoreDependencies) {
  const { write, notify, now, database, placeGrants } = dependencies;
  const rules = () => ({ groups: dependencies.groups, grants: placeGrants().grants });
  const kept = () => placeGrants().keptGroups;

  /**
   * Requires that the viewer may grant the group there, and that the user holds something there. Returns until when it may
   * grant. Null: without an end.
   *
   * @throws {ConflictError} CHANGED_MEANWHILE, when it no longer may. @throws {BadUserInputError} for `userId`.
   */
  async function requireGranterOf(
    sql: SqlTransaction,
    { userId, group, place }: PlaceGrantRequest,
    { origin, at }: { readonly origin: Origin; readonly at: Date },
  ): Promise<Date | null> {
    const granting = { groups: [group], place, origin, at, rules: rules() };
    const until = await requireGranter(sql, granting);
    const isOther = isUuid(userId) && userId.toLowerCase() !== userIdOf(origin);
    const held = isOther ? await heldAround(sql, userId, { place, at }) : [];
    if (held.length > 0) return until;
    throw new BadUserInputError(
      'userId',
      '`userId` must be that of another user who is in a group in this place.',
    );
  }

  /** Returns whether a membership was removed. @throws {ConflictError} LAST_HOLDER, GROUP_IMPLIED. */
  async function remove(
    tx: DatabaseTransaction,
    { user, group, place, at, record }: Removal,
  ): Promise<boolean> {
    const where = { userId: user.id, type: place.type, placeId: place.id };
    const held = await tx.placeMembership.findMany({
      where: { ...where, OR: [{ expiresAt: null }, { expiresAt: { gt: at } }] },
      select: { group: true },
    });
    requireNotImplied(dependencies.groups, group, new Set(held.map((each) => each.group)));
    const { count } = await leaveAHolder(tx, { userId: user.id, kept: kept(), place }, () =>
      tx.placeMembership.deleteMany({ where: { ...where, group } }),
    );
    if (count === 0) return false;
    const detail = describeInPlace(group, place);
    await record({ action: 'membership.revoked', subjectId: user.id, detail });
    return true;
  }

  return {
    /** Returns what a user holds in a place and those to which it belongs, read now. */
    heldAround: (userId: string, place: GrantPlace): Promise<readonly HeldInPlace[]> =>
      heldAround(database, userId, { place, at: now() }),

    /**
     * Grants a group in a place. Granting it again replaces its expiry alone.
     *
     * @throws {BadUserInputError} for the expiry, and for a user to whom the viewer may not grant. @throws {NotFoundError}
     * @throws {ConflictError} LAST_HOLDER, PLACES_LIMIT, CHANGED_MEANWHILE.
     */
    grant: (
      request: PlaceGrantRequest & { readonly expiresAt: Date | null },
      origin: Origin,
    ): Promise<UserRecord> =>
      write({ origin, changing: { kind: 'USER', id: request.userId } }, async (tx, writing) => {
        const { userId, group, place, expiresAt, isByHolder } = request;
        const { at } = writing;
        const until = isByHolder() ? await requireGranterOf(tx, request, { origin, at }) : null;
        const user = await requireUser(tx, userId, 'userId');
        requireLaterEnd({ grantedAt: at, expiresAt });
        requireNoLonger(expiresAt, until);
        await openForGrant(tx, place, isByHolder());
        const given = { userId: user.id, group, place, expiresAt, grantedById: userIdOf(origin) };
        const leaving = { userId: user.id, kept: kept(), place };
        await leaveAHolder(tx, leaving, () => giveGroup(tx, given, writing));
        await requireFewPlaces(tx, user.id);
        const action = 'membership.granted';
        await notify(tx, { userId: user.id, ...noticedFrom(origin), action, at });
        return user;
      }),

    /**
     * Revokes a group in a place. Does nothing when the user is not in it.
     *
     * @throws as `grant` does. @throws {ConflictError} GROUP_IMPLIED.
     */
    revoke: (request: PlaceGrantRequest, origin: Origin): Promise<UserRecord> =>
      write({ origin, changing: { kind: 'USER', id: request.userId } }, async (tx, writing) => {
        const { userId, place, group, isByHolder } = request;
        const { at } = writing;
        if (isByHolder()) await requireGranterOf(tx, request, { origin, at });
        const user = await requireUser(tx, userId, 'userId');
        await remove(tx, { user, place, group, ...writing });
        return user;
      }),

    /**
     * Removes what was held in places that have ended, at most `limit` memberships. Returns how many. Nothing depends on it: they
     * opened nothing.
     */
    removeOfEnded: (limit: number): Promise<number> => database.$executeRaw`
      DELETE FROM gatehouse.place_memberships AS held USING (
        SELECT ended.user_id, ended.type, ended.place_id, ended."group"
        FROM gatehouse.places AS place
        JOIN gatehouse.place_memberships AS ended ON ended.type = place.type AND ended.place_id = place.id
        WHERE place.ended_at IS NOT NULL
        LIMIT ${limit}::int FOR UPDATE OF ended SKIP LOCKED
      ) AS batch
      WHERE held.user_id = batch.user_id AND held.type = batch.type AND held.place_id = batch.place_id
        AND held."group" = batch."group"`,

    /** Takes a user out of a group in a place. Returns whether it was in it. @throws {ConflictError} LAST_HOLDER. */
    leave: (
      {
        userId,
        group,
        place,
      }: Pick<PlaceGrantRequest, 'userId' | 'group'> & Pick<Removal, 'place'>,
      origin: Origin,
    ): Promise<boolean> =>
      write({ origin, changing: { kind: 'USER', id: userId } }, async (tx, writing) => {
        const user = await requireUser(tx, userId, 'userId');
        return remove(tx, { user, place, group, ...writing });
      }),
  };
}
