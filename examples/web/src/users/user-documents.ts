import { graphql } from '../generated/index.ts';

export const UsersDocument = graphql(`
  query Users($search: String, $after: String, $includeDisabled: Boolean, $withEmail: Boolean!) {
    users(first: 10, after: $after, search: $search, includeDisabled: $includeDisabled) {
      edges {
        node { id username displayName email @include(if: $withEmail) groups disabledAt }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

/** For viewers who may see which addresses are confirmed, on servers with accounts by mail. */
export const UsersWithAddressesDocument = graphql(`
  query UsersWithAddresses(
    $search: String
    $after: String
    $includeDisabled: Boolean
    $withEmail: Boolean!
  ) {
    users(first: 10, after: $after, search: $search, includeDisabled: $includeDisabled) {
      edges {
        node {
          id
          username
          displayName
          email @include(if: $withEmail)
          emailVerifiedAt
          groups
          disabledAt
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

export const GrantGroupDocument = graphql(`
  mutation GrantGroup($userId: ID!, $group: Group!) {
    grantGroup(userId: $userId, group: $group) { id groups }
  }
`);

export const RevokeGroupDocument = graphql(`
  mutation RevokeGroup($userId: ID!, $group: Group!) {
    revokeGroup(userId: $userId, group: $group) { id groups }
  }
`);
