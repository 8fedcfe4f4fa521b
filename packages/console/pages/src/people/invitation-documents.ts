import { graphql } from '../generated/index.ts';

/** Of the package for mail, which a server need not have. */
export const InvitationsDocument = graphql(`
  query Invitations($after: String) {
    invitations(first: 20, after: $after) {
      edges {
        node {
          id
          email
          groups
          invitedBy { id username displayName }
          createdAt
          expiresAt
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

export const InviteUserDocument = graphql(`
  mutation InviteUser($input: InviteUserInput!) {
    inviteUser(input: $input) { id }
  }
`);

export const CancelInvitationDocument = graphql(`
  mutation CancelInvitation($id: ID!) {
    cancelInvitation(id: $id)
  }
`);
