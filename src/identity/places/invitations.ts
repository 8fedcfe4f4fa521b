import {
  createOpaqueToken,
  hashOpaqueToken,
  isOpaqueToken,
} from '../../authentication/opaque-token.ts';
import { userOf } from '../../authentication/viewer.ts';
import { originOf } from '../../changes/origin.ts';
import type { Group } from '../../values/groups.ts';
import { createUuid } from '../../values/uuid.ts';
import type { IdentityContext } from '../identity-context.ts';
import type { Stores } from '../stores.ts';
import { codeEnded, type InvitationRecord } from './invitation.store.ts';
import type { PlaceGrants } from './place-grants.ts';

export interface PlaceInvitationsOptions {
  readonly grants: PlaceGrants;
  readonly store: () => Stores['placeInvitations'];
  readonly now: () => Date;
  /** A secure source. */
  readonly randomBytes: (size: number) => Uint8Array;
}

/** What an invitation gives, and where. */
export interface InvitationInput {
  readonly within: string;
  readonly groups: readonly Group[];
  readonly expiresAt: Date | null;
}

/** An invitation with its code, which is kept nowhere. */
export interface MadeInvitation extends InvitationRecord {
  readonly code: string;
}

export type PlaceInvitations = ReturnType<typeof createPlaceInvitations>;

/** Creates what makes, accepts and cancels invitations into places. */
export function createPlaceInvitations({
  grants,
  store,
  now,
  randomBytes,
}: PlaceInvitationsOptions) {
  return {
    /** @throws {BadUserInputError} @throws {NotFoundError} @throws {ConflictError} CHANGED_MEANWHILE. */
    async create(
      { within, expiresAt, ...input }: InvitationInput,
      context: IdentityContext,
    ): Promise<MadeInvitation> {
      const { type, groups } = grants.requireOneType(input.groups);
      const asked = { coordinate: 'Mutation.inviteTo', type, within };
      const found = await grants.requirePlace(asked, context);
      const { token: code, hash: codeHash } = createOpaqueToken(randomBytes);
      const id = createUuid(now(), randomBytes);
      const invitation = { id, codeHash, groups, groupsUntil: expiresAt };
      const made = await store().create(Object.assign(invitation, found), originOf(context));
      return Object.assign(made, { code });
    },

    /** @throws {BadUserInputError} for a code that cannot be used. @throws {ConflictError} PLACES_LIMIT. */
    async join(code: string, context: IdentityContext): Promise<InvitationRecord> {
      const { userId } = userOf(context.viewer);
      if (!isOpaqueToken(code)) throw codeEnded();
      const codeHash = hashOpaqueToken(code);
      const invitation = await store().find(codeHash);
      const place =
        invitation && (await grants.findPlace(invitation.type, invitation.placeId, context));
      if (place === null || place === undefined) throw codeEnded();
      const { admits } = grants;
      return store().join({ codeHash, userId, place, admits }, originOf(context));
    },

    /** Returns whether there was one. @throws {BadUserInputError} @throws {NotFoundError} @throws {ConflictError} */
    async cancel(
      { type, within, id }: { readonly type: string; readonly within: string; readonly id: string },
      context: IdentityContext,
    ): Promise<boolean> {
      const groups = grants.requireGroupsIn(type);
      const asked = { coordinate: 'Mutation.cancelPlaceInvitation', type, within };
      const found = await grants.requirePlace(asked, context);
      return store().cancel(Object.assign({ id, groups }, found), originOf(context));
    },
  };
}
