import { graphql } from '../generated/index.ts';

export const PersonDocument = graphql(`
  query Person(
    $id: ID!
    $withEmail: Boolean! = false
    $withLastSeen: Boolean! = false
    $withMemberships: Boolean! = false
  ) {
    user(id: $id) {
      id
      username
      displayName
      groups
      createdAt
      disabledAt
      email @include(if: $withEmail)
      lastSeenAt @include(if: $withLastSeen)
      memberships @include(if: $withMemberships) {
        group
        source
        grantedAt
        grantedBy { id username displayName }
        expiresAt
      }
    }
  }
`);

export const UpdateUserDocument = graphql(`
  mutation UpdateUser($id: ID!, $input: UpdateUserInput!, $proof: Proof, $challenge: String) {
    updateUser(id: $id, input: $input, proof: $proof, challenge: $challenge) { id }
  }
`);

export const DisableUserDocument = graphql(`
  mutation DisableUser($id: ID!) {
    disableUser(id: $id) { id }
  }
`);

export const EnableUserDocument = graphql(`
  mutation EnableUser($id: ID!) {
    enableUser(id: $id) { id }
  }
`);

export const DeleteUserDocument = graphql(`
  mutation DeleteUser($id: ID!) {
    deleteUser(id: $id)
  }
`);

export const ResetPasswordDocument = graphql(`
  mutation ResetPassword($id: ID!, $newPassword: String!) {
    resetPassword(userId: $id, newPassword: $newPassword) { id }
  }
`);

export const GrantGroupDocument = graphql(`
  mutation GrantGroup($userId: ID!, $group: Group!, $expiresAt: DateTime) {
    grantGroup(userId: $userId, group: $group, expiresAt: $expiresAt) { id }
  }
`);

export const RevokeGroupDocument = graphql(`
  mutation RevokeGroup($userId: ID!, $group: Group!) {
    revokeGroup(userId: $userId, group: $group) { id }
  }
`);

/** The id of the last administrator. Null: there are several, or none. */
export const LastAdminDocument = graphql(`
  query LastAdmin { consoleLastAdmin }
`);
