import { noticedFrom, type Origin } from '../../changes/origin.ts';
import { describeInPlace, requireFewPlaces } from '../../changes/place-changes.ts';
import { changedMeanwhile } from '../../changes/rights.ts';
import type { DatabaseTransaction } from '../../database/connect.ts';
import type { Prisma } from '../../database/generated/client.ts';
import { BadUserInputError } from '../../errors.ts';
import type { Group } from '../../values/groups.ts';
import { firstUuid, isUuid } from '../../values/uuid.ts';
import type { IdPage } from '../id-page.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import { createLockGroups } from '../users/lock-groups.store.ts';
import { requireLaterEnd } from '../users/membership.store.ts';
import { giveGroup } from './give-group.store.ts';
import { allGrantedUntil, type GrantPlace } from './granting.ts';
import { heldAround } from './held-around.store.ts';
import { lockOpenPlace, openForGrant } from './place-row.store.ts';
import { requireGranter, requireNoLonger, requireSomeGranter } from './require-granter.ts';

/** The longest life of a code. The database refuses a longer one. */
const lifeMs = 7 * 24 * 60 * 60 * 1000;

/** All but the hash of the code. */
const fields = {
  id: true,
  type: true,
  placeId: true,
  groups: true,
  groupsUntil: true,
  inviterKind: true,
  inviterId: true,
  createdAt: true,
  expiresAt: true,
} as const satisfies Prisma.PlaceInvitationSelect;

export type InvitationRecord = Prisma.PlaceInvitationGetPayload<{ select: typeof fields }>;

export interface NewInvitation {
  readonly id: string;
  readonly codeHash: Uint8Array<ArrayBuffer>;
  readonly place: GrantPlace;
  readonly groups: readonly Group[];
  /** When what it gives ends. Null: never. */
  readonly groupsUntil: Date | null;
  /** Whether the viewer may because of what it holds there, and not by its global groups. Asked in the transaction. */
  readonly isByHolder: () => boolean;
}

export interface Cancelling extends Pick<NewInvitation, 'id' | 'place' | 'isByHolder'> {
  /** Those that are held in such places: who may grant one of them may cancel. */
  readonly groups: readonly Group[];
}

export interface Joining {
  readonly codeHash: Uint8Array<ArrayBuffer>;
  readonly userId: string;
  readonly place: GrantPlace;
  /** Whether global groups admit to a coordinate. */
  readonly admits: (coordinate: string, groups: ReadonlySet<Group>) => boolean;
}

export type PlaceInvitationStore = ReturnType<typeof createPlaceInvitationStore>;

/** Makes and accepts invitations into places. Every change is one transaction. */
export function createPlaceInvitationStore(dependencies: StoreDependencies) {
  const { write, notify, now, database } = dependencies;
  const rules = () => ({
    groups: dependencies.groups,
    grants: dependencies.placeGrants().grants,
  });
  const mayStillGive = createMayStillGive(dependencies);

  return {
    /**
     * @throws {BadUserInputError} for `expiresAt`. @throws {NotFoundError} when the place has ended.
     * @throws {ConflictError} CHANGED_MEANWHILE.
     */
    create: (
      { id, codeHash, place, groups, groupsUntil, isByHolder }: NewInvitation,
      origin: Origin,
    ): Promise<InvitationRecord> =>
      write({ origin }, async (tx, { at, record }) => {
        const { actor } = origin;
        if (actor === null) throw changedMeanwhile();
        const granting = { groups, place, origin, at, rules: rules() };
        const until = isByHolder() ? await requireGranter(tx, granting) : null;
        requireLaterEnd({ grantedAt: at, expiresAt: groupsUntil });
        requireNoLonger(groupsUntil, until);
        await openForGrant(tx, place, isByHolder());
        const lastMs = Math.min(at.getTime() + lifeMs, groupsUntil?.getTime() ?? Infinity);
        const detail = describeInPlace(groups.join(', '), place);
        await record({ action: 'place.invited', subjectId: id, detail });
        return tx.placeInvitation.create({
          data: {
            id,
            codeHash,
            type: place.type,
            placeId: place.id,
            groups: [...groups],
            groupsUntil,
            inviterKind: actor.kind,
            inviterId: actor.id,
            createdAt: at,
            expiresAt: new Date(lastMs),
          },
          select: fields,
        });
      }),

    /** Returns the invitation of a code that has not expired. */
    find: (codeHash: Uint8Array<ArrayBuffer>): Promise<InvitationRecord | null> =>
      database.placeInvitation.findUnique({
        where: { codeHash, expiresAt: { gt: now() } },
        select: fields,
      }),

    /**
     * Uses a code up, and gives the user its groups. What the user has there for longer keeps its end.
     *
     * @throws {BadUserInputError} when it cannot be used. @throws {ConflictError} PLACES_LIMIT.
     */
    join: ({ userId, place, ...joining }: Joining, origin: Origin): Promise<InvitationRecord> =>
      write({ origin, changing: { kind: 'USER', id: userId } }, async (tx, writing) => {
        const { at } = writing;
        const invitation = await take(tx, joining.codeHash, at);
        const isOpen =
          invitation !== null &&
          invitation.inviterId !== userId &&
          (await mayStillGive(tx, { ...joining, invitation, place, at })) &&
          (await lockOpenPlace(tx, place));
        if (!isOpen) throw codeEnded();
        const { groups, groupsUntil, inviterKind, inviterId } = invitation;
        const held = await heldAround(tx, userId, { place, at });
        const grantedById = inviterKind === 'USER' ? inviterId : null;
        for (const group of groups) {
          const before = held.find(
            (each) => each.group === group && each.type === place.type && each.placeId === place.id,
          );
          const expiresAt = laterEnd(before?.expiresAt, groupsUntil);
          await giveGroup(tx, { userId, group, place, expiresAt, grantedById }, writing);
        }
        await requireFewPlaces(tx, userId);
        await notify(tx, { userId, ...noticedFrom(origin), action: 'membership.granted', at });
        return invitation;
      }),

    /** Ends an invitation. Returns whether there was one. @throws {ConflictError} CHANGED_MEANWHILE. */
    cancel: ({ id, place, groups, isByHolder }: Cancelling, origin: Origin): Promise<boolean> =>
      write({ origin }, async (tx, { at, record }) => {
        const granting = { groups, place, origin, at, rules: rules() };
        if (isByHolder()) await requireSomeGranter(tx, granting);
        if (!isUuid(id)) return false;
        const { count } = await tx.placeInvitation.deleteMany({
          where: { id, type: place.type, placeId: place.id, expiresAt: { gt: at } },
        });
        if (count === 0) return false;
        const detail = describeInPlace('invitation', place);
        await record({ action: 'place.uninvited', subjectId: id.toLowerCase(), detail });
        return true;
      }),

    /** Returns those of a place that have not expired, oldest first. */
    page: (
      { type, id: placeId }: Pick<GrantPlace, 'type' | 'id'>,
      { limit, afterId }: IdPage,
    ): Promise<InvitationRecord[]> =>
      database.placeInvitation.findMany({
        where: { type, placeId, id: { gt: afterId ?? firstUuid }, expiresAt: { gt: now() } },
        orderBy: { id: 'asc' },
        take: limit,
        select: fields,
      }),

    /** Removes those that have expired or whose place has ended, at most `limit`. Returns how many. Nothing depends on it. */
    removeEnded: (limit: number): Promise<number> => database.$executeRaw`
      DELETE FROM gatehouse.place_invitations WHERE id IN (
        SELECT invitation.id FROM gatehouse.place_invitations AS invitation
        JOIN gatehouse.places AS place ON place.type = invitation.type AND place.id = invitation.place_id
        WHERE invitation.expires_at <= ${now()} OR place.ended_at IS NOT NULL
        LIMIT ${limit}::int
      )`,
  };
}

interface Offer extends Pick<Joining, 'place' | 'admits'> {
  readonly invitation: InvitationRecord;
  readonly at: Date;
}

/**
 * Creates the function that asks in a transaction whether the inviter could make an invitation now, by what it has held
 * since it was made: it ends with the right of its inviter, also when the right comes back.
 */
function createMayStillGive(dependencies: StoreDependencies) {
  const { groups: schemaGroups, placeGrants } = dependencies;
  const lockGroups = createLockGroups(dependencies);
  return async (
    tx: DatabaseTransaction,
    { invitation, place, admits, at }: Offer,
  ): Promise<boolean> => {
    const { groups, groupsUntil, type, placeId, createdAt: since } = invitation;
    // The schema can have changed.
    const areHeldHere = groups.every((group) => schemaGroups.placeTypeOf(group) === type);
    if (!areHeldHere || type !== place.type || placeId !== place.id) return false;
    const { inviterKind: kind, inviterId: id } = invitation;
    const named = await lockGroups(tx, { kind, id }, since);
    if (named === undefined) return false;
    const global = new Set(named);
    // A guard of a group itself, such as one that asks for a global group.
    if (!groups.every((group) => admits(`Group.${group}`, global))) return false;
    if (admits('Mutation.inviteTo', global)) return true;
    const held = kind === 'USER' ? await heldAround(tx, id, { place, at, since }) : [];
    const rules = { groups: schemaGroups, grants: placeGrants().grants };
    const until = allGrantedUntil(groups, held, rules);
    return until === null || (until !== undefined && groupsUntil !== null && groupsUntil <= until);
  };
}

/** Removes the invitation of a code: of two that use it, one gets it. */
async function take(
  tx: DatabaseTransaction,
  codeHash: Uint8Array<ArrayBuffer>,
  at: Date,
): Promise<InvitationRecord | null> {
  const where = { codeHash, expiresAt: { gt: at } };
  const found = await tx.placeInvitation.findUnique({ where, select: fields });
  const { count } = await tx.placeInvitation.deleteMany({ where });
  return count === 0 ? null : found;
}

/** Null: without an end. Undefined: not held. */
const laterEnd = (held: Date | null | undefined, given: Date | null): Date | null =>
  held === undefined ? given : held === null || given === null ? null : held > given ? held : given;

/** One answer, whatever the reason: it says nothing of the place, or of who invited. */
export const codeEnded = (): BadUserInputError =>
  new BadUserInputError(
    'code',
    '`code` cannot be used: it is wrong, was used, has expired or was cancelled, is your own, or who made it may not give its groups any more.',
  );
