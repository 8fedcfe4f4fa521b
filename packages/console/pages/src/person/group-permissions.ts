import { useAllowed } from '../use-allowed.ts';
import { GrantGroupDocument, RevokeGroupDocument } from './person-documents.ts';

const documents = { grant: GrantGroupDocument, revoke: RevokeGroupDocument } as const;

/** Reads which of some groups the viewer may grant to a user, or revoke: each group can have a guard of its own. */
export const useGroupPermissions = (
  operation: keyof typeof documents,
  userId: string,
  groups: readonly string[],
) =>
  useAllowed(
    `${operation} ${groups} of ${userId}`,
    new Map(
      groups.map((group) => [group, [{ run: documents[operation], variables: { userId, group } }]]),
    ),
  ).data;
