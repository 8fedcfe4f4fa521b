import { useQuery } from '@apollo/client/react';
import { Can } from '@graphql-gatehouse/client/react';
import { useRef } from 'react';
import { ActionButton } from '../parts/action-button.tsx';
import { Problem } from '../parts/problem.tsx';
import { InvitationsDocument, InviteUserDocument } from './invitation-documents.ts';
import { InvitationRow } from './invitation-row.tsx';
import { InviteUser } from './invite-user.tsx';

/** The invitations that were not accepted yet, and the form for another one. */
export function Invitations() {
  const heading = useRef<HTMLHeadingElement>(null);
  const { data, error, refetch, fetchMore } = useQuery(InvitationsDocument, {
    fetchPolicy: 'cache-and-network',
  });
  const page = data?.invitations.pageInfo;

  async function showRest(): Promise<void> {
    await refetch();
    // The button that had the focus is gone.
    heading.current?.focus();
  }

  return (
    <>
      <Can run={InviteUserDocument} variables={{ input: { email: '' } }}>
        <InviteUser onInvited={refetch} />
      </Can>
      <h2 ref={heading} tabIndex={-1}>
        Open invitations
      </h2>
      <Problem error={error} />
      {data?.invitations.edges.length === 0 && <p>No invitation is open.</p>}
      <ul className="rows" aria-label="Open invitations">
        {data?.invitations.edges.map(({ node }) => (
          <InvitationRow key={node.id} invitation={node} onCancelled={showRest} />
        ))}
      </ul>
      {page?.hasNextPage && (
        <ActionButton onAction={() => fetchMore({ variables: { after: page.endCursor } })}>
          More invitations
        </ActionButton>
      )}
    </>
  );
}
