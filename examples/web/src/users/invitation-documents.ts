import { graphql } from '../generated/index.ts';

export const InvitationsDocument = graphql(`
  query Invitations($after: String) {
    invitations(first: 10, after: $after) {
      edges {
        node { id email groups createdAt expiresAt invitedBy { id displayName } }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

export const InviteUserDocument = graphql(`
  mutation InviteUser($input: InviteUserInput!, $locale: String) {
    inviteUser(input: $input, locale: $locale) { id }
  }
`);

export const CancelInvitationDocument = graphql(`
  mutation CancelInvitation($id: ID!) {
    cancelInvitation(id: $id)
  }
`);

export const SendPasswordResetDocument = graphql(`
  mutation SendPasswordReset($userId: ID!, $locale: String) {
    sendPasswordReset(userId: $userId, locale: $locale)
  }
`);
