import { useData } from '../data.tsx';
import { fetchData } from '../fetch-data.ts';
import type { InvitationsQuery } from '../generated/graphql.ts';
import { ChangeDialog } from '../parts/change-dialog.tsx';
import { GroupTags } from '../parts/group-tags.tsx';
import { Page } from '../parts/page.tsx';
import { Pager, useCursors } from '../parts/pager.tsx';
import { Refused } from '../parts/refused.tsx';
import { Empty, Unread } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Time, TimeOr } from '../parts/time.tsx';
import { useDialog } from '../parts/use-dialog.ts';
import { PersonLink } from '../person/person-link.tsx';
import { type Need, useAllowed } from '../use-allowed.ts';
import { CancelInvitationDocument, InvitationsDocument } from './invitation-documents.ts';
import { InviteDialog } from './invite-dialog.tsx';
import { usePeoplePermissions } from './people-permissions.ts';
import { PeopleTabs } from './people-tabs.tsx';

type Invitation = InvitationsQuery['invitations']['edges'][number]['node'];

/** The invitations that were not accepted yet. */
export function InvitationsPage() {
  const { data: may, error, refetch } = usePeoplePermissions();
  const { dialog, open } = useDialog();
  if (may === undefined) {
    return (
      <Page title="Invitations">
        <Unread error={error} onRetry={refetch} rows={12} />
      </Page>
    );
  }
  return (
    <Page
      title="Invitations"
      actions={
        may.includes('invite') && (
          <button
            type="button"
            className="main"
            onClick={() => open((onClose) => <InviteDialog onClose={onClose} />)}
          >
            Invite by mail
          </button>
        )
      }
    >
      <PeopleTabs />
      {may.includes('invitations') ? (
        <InvitationTable />
      ) : (
        <Refused needs={[{ run: InvitationsDocument, of: 'mail' }]}>
          Your groups may not read invitations, or this server sends none.
        </Refused>
      )}
      {dialog}
    </Page>
  );
}

const needs = new Map<'cancel', readonly Need[]>([
  ['cancel', [{ run: CancelInvitationDocument, variables: { id: '' }, of: 'mail' }]],
]);

function InvitationTable() {
  const cursors = useCursors('invitations');
  const { dialog, open } = useDialog();
  const { data: may } = useAllowed('invitations', needs);
  const { data, error, isPlaceholderData, refetch } = useData(InvitationsDocument, {
    after: cursors.after ?? null,
  });
  if (data === undefined || may === undefined) {
    return <Unread error={error} onRetry={refetch} />;
  }
  const { edges, pageInfo } = data.invitations;
  const cancel = (invitation: Invitation) =>
    open((onClose) => <CancelDialog invitation={invitation} onClose={onClose} />);
  return (
    <>
      {edges.length === 0 ? (
        <Empty>No invitation is open.</Empty>
      ) : (
        <Table
          caption="Open invitations"
          columns={may.includes('cancel') ? [...columns, toCancel(cancel)] : columns}
          rows={edges.map(({ node }) => node)}
          keyOf={({ id }) => id}
          isStale={isPlaceholderData}
        />
      )}
      <Pager cursors={cursors} pageInfo={pageInfo} rows={edges.length} label="invitations" />
      {dialog}
    </>
  );
}

const columns: readonly Column<Invitation>[] = [
  { head: 'Address', isName: true, cell: ({ email }) => <bdi>{email}</bdi> },
  {
    head: 'Groups',
    cell: ({ groups }) =>
      groups === null ? (
        <span className="quiet">those of new users</span>
      ) : (
        <GroupTags groups={groups} />
      ),
  },
  {
    head: 'Invited by',
    cell: ({ invitedBy }) =>
      invitedBy === null ? (
        <span className="quiet">an API client, or deleted</span>
      ) : (
        <PersonLink person={invitedBy} />
      ),
  },
  { head: 'Invited', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { head: 'Ends', cell: ({ expiresAt }) => <TimeOr at={expiresAt} none="not sent yet" /> },
];

const toCancel = (cancel: (invitation: Invitation) => void): Column<Invitation> => ({
  head: 'Change',
  align: 'end',
  cell: (invitation) => (
    <button
      type="button"
      aria-label={`Cancel the invitation of ${invitation.email}`}
      onClick={() => cancel(invitation)}
    >
      Cancel
    </button>
  ),
});

const CancelDialog = ({
  invitation: { id, email },
  onClose,
}: {
  readonly invitation: Invitation;
  readonly onClose: () => void;
}) => (
  <ChangeDialog
    title="Cancel an invitation"
    action="Cancel the invitation"
    isDangerous
    onSend={async () => {
      await fetchData(CancelInvitationDocument, { id });
      return { subjectId: id, text: `The invitation of ${email} was cancelled.` };
    }}
    onClose={onClose}
  >
    <p>The link that was sent to {email} stops working immediately.</p>
  </ChangeDialog>
);
