import { z } from 'zod';
import { noticedFrom, type Origin, userIdOf } from '../../changes/origin.ts';
import { describeInPlace, requireFewPlaces } from '../../changes/place-changes.ts';
import { changedMeanwhile } from '../../changes/rights.ts';
import type { Writing } from '../../changes/write-in-transaction.ts';
import type { DatabaseTransaction } from '../../database/connect.ts';
import { BadUserInputError, NotFoundError } from '../../errors.ts';
import type { Group } from '../../values/groups.ts';
import type { SqlTransaction } from '../../values/sql-transaction.ts';
import { isUuid } from '../../values/uuid.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import { leaveAHolder } from '../users/last-holder.store.ts';
import { requireLaterEnd, requireNotImplied } from '../users/membership.store.ts';
import type { UserRecord } from '../users/user.records.ts';
import { requireUser } from '../users/user-row.store.ts';
import { type GrantPlace, grantsUntil, type HeldInPlace, placesAround } from './granting.ts';

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
  async function requireGranter(
    sql: SqlTransaction,
    { userId, group, place }: PlaceGrantRequest,
    { origin, at }: { readonly origin: Origin; readonly at: Date },
  ): Promise<Date | null> {
    const granterId = userIdOf(origin);
    if (granterId === null) throw changedMeanwhile();
    const until = grantsUntil(group, await heldAround(sql, granterId, { place, at }), rules());
    if (until === undefined) throw changedMeanwhile();
    const isOther = isUuid(userId) && userId.toLowerCase() !== granterId;
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
        const { at, record } = writing;
        const until = isByHolder() ? await requireGranter(tx, request, { origin, at }) : null;
        const user = await requireUser(tx, userId, 'userId');
        requireLaterEnd({ grantedAt: at, expiresAt });
        if (until !== null && (expiresAt === null || expiresAt > until)) throw tooLong(until);
        await openForGrant(tx, place, isByHolder());
        const leaving = { userId: user.id, kept: kept(), place };
        await leaveAHolder(tx, leaving, () =>
          tx.$queryRawUnsafe(
            grantText,
            user.id,
            place.type,
            place.id,
            group,
            at,
            expiresAt,
            userIdOf(origin),
          ),
        );
        await requireFewPlaces(tx, user.id);
        const action = 'membership.granted';
        const ending = expiresAt === null ? '' : ` until ${expiresAt.toISOString()}`;
        const detail = `${describeInPlace(group, place)}${ending}`;
        await record({ action, subjectId: user.id, detail });
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
        if (isByHolder()) await requireGranter(tx, request, { origin, at });
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

/** A membership that is held keeps the time of its grant, as a global one does. */
const grantText = `
  INSERT INTO gatehouse.place_memberships AS held (user_id, type, place_id, "group", granted_at, expires_at, granted_by_id)
  VALUES ($1::uuid, $2, $3, $4, $5::timestamptz, $6::timestamptz, $7::uuid)
  ON CONFLICT (user_id, type, place_id, "group") DO UPDATE SET
    expires_at = EXCLUDED.expires_at,
    granted_at = CASE WHEN held.expires_at <= EXCLUDED.granted_at THEN EXCLUDED.granted_at ELSE held.granted_at END,
    granted_by_id = CASE WHEN held.expires_at <= EXCLUDED.granted_at THEN EXCLUDED.granted_by_id ELSE held.granted_by_id END`;

/** What a user holds in places that have not ended. They are locked: what is granted by them is granted before their end. */
const heldText = `
  SELECT held.type, held.place_id AS "placeId", held."group", held.expires_at AS "expiresAt"
  FROM gatehouse.place_memberships AS held
  JOIN gatehouse.places AS place ON place.type = held.type AND place.id = held.place_id
  JOIN jsonb_to_recordset($2::text::jsonb) AS asked ("type" TEXT, "placeId" TEXT)
    ON asked.type = place.type AND asked."placeId" = place.id
  WHERE held.user_id = $1::uuid AND place.ended_at IS NULL
    AND (held.expires_at IS NULL OR held.expires_at > $3::timestamptz)
  ORDER BY place.type, place.id, held."group" FOR SHARE OF place`;

const heldSchema = z.array(
  z.object({
    type: z.string(),
    placeId: z.string(),
    group: z.string(),
    expiresAt: z.coerce.date().nullable(),
  }),
);

async function heldAround(
  sql: SqlTransaction,
  userId: string,
  { place, at }: { readonly place: GrantPlace; readonly at: Date },
): Promise<readonly HeldInPlace[]> {
  const asked = JSON.stringify(placesAround(place));
  return heldSchema.parse(await sql.$queryRawUnsafe(heldText, userId, asked, at));
}

/** @throws {NotFoundError} when the place has ended. @throws {ConflictError} CHANGED_MEANWHILE, for a holder. */
async function openForGrant(
  sql: SqlTransaction,
  { type, id }: GrantPlace,
  isByHolder: boolean,
): Promise<void> {
  await sql.$queryRawUnsafe(
    'INSERT INTO gatehouse.places (type, id) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    type,
    id,
  );
  const text =
    'SELECT FROM gatehouse.places WHERE type = $1 AND id = $2 AND ended_at IS NULL FOR SHARE';
  const open = await sql.$queryRawUnsafe(text, type, id);
  if (z.array(z.unknown()).parse(open).length > 0) return;
  throw isByHolder ? changedMeanwhile() : placeNotFound(type);
}

/** The error for a place that does not exist, or that has ended. */
export const placeNotFound = (type: string): NotFoundError =>
  new NotFoundError('within', `No ${type} has this id.`);

const tooLong = (until: Date): BadUserInputError =>
  new BadUserInputError(
    'expiresAt',
    `\`expiresAt\` must not be after ${until.toISOString()}, when your own membership ends.`,
  );
