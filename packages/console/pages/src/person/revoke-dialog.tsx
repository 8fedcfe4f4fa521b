import { fetchData } from '../fetch-data.ts';
import { ChangeDialog } from '../parts/change-dialog.tsx';
import { isSameMembership, membershipOf } from './membership-of.ts';
import type { Membership, PersonDialogProps } from './person.ts';
import { GrantGroupDocument, RevokeGroupDocument } from './person-documents.ts';
import { Subject } from './subject.tsx';

interface RevokeDialogProps extends PersonDialogProps {
  readonly membership: Membership;
}

export const RevokeDialog = ({ person, membership, onClose }: RevokeDialogProps) => {
  const { group } = membership;
  const userId = person.id;
  return (
    <ChangeDialog
      title={`Revoke ${group}`}
      action={`Revoke ${group}`}
      isDangerous
      onSend={async () => {
        const before = await membershipOf(userId, group);
        await fetchData(RevokeGroupDocument, { userId, group });
        return {
          subjectId: userId,
          text: (
            <>
              {group} was revoked from <Subject person={person} />.
            </>
          ),
          undo: isSameMembership(before, membership)
            ? {
                run: GrantGroupDocument,
                variables: { userId, group, expiresAt: membership.expiresAt },
                isStill: async () => (await membershipOf(userId, group)) === undefined,
              }
            : undefined,
        };
      }}
      onClose={onClose}
    >
      <p>
        Removes <Subject person={person} /> from <strong>{group}</strong>, effective from the next
        request. What other groups imply stays.
      </p>
    </ChangeDialog>
  );
};
