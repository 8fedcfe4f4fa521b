import { Can } from '@graphql-gatehouse/client/react';
import { gatehouse } from '../gatehouse.ts';
import type { InvitationsQuery } from '../generated/graphql.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { GroupList } from '../parts/group-list.tsx';
import { Time } from '../parts/time.tsx';
import { CancelInvitationDocument } from './invitation-documents.ts';

interface InvitationRowProps {
  readonly invitation: InvitationsQuery['invitations']['edges'][number]['node'];
  readonly onCancelled: () => Promise<unknown>;
}

/** An open invitation, with the button that ends it. */
export function InvitationRow({ invitation, onCancelled }: InvitationRowProps) {
  const { id, email, groups, createdAt, expiresAt, invitedBy } = invitation;
  return (
    <li className="row">
      <div>
        <div>{email}</div>
        <div className="quiet">
          Invited <Time at={createdAt} />
          {invitedBy !== null && ` by ${invitedBy.displayName}`},{' '}
          {expiresAt === null ? (
            'not sent yet'
          ) : (
            <>
              open until <Time at={expiresAt} />
            </>
          )}
        </div>
      </div>
      {groups !== null && <GroupList groups={groups} />}
      <Can run={CancelInvitationDocument} variables={{ id }}>
        <ActionButton
          label={`Cancel the invitation of ${email}`}
          onAction={() => gatehouse.fetch(CancelInvitationDocument, { id }).then(onCancelled)}
        >
          Cancel
        </ActionButton>
      </Can>
    </li>
  );
}
