import { graphql } from '../generated/index.ts';

export const MembersDocument = graphql(`
  query Members($group: String!, $after: String, $withMemberships: Boolean! = false) {
    members(group: $group, first: 20, after: $after) {
      edges {
        node {
          id
          username
          displayName
          disabledAt
          memberships @include(if: $withMemberships) {
            group
            source
            grantedAt
            grantedBy { id username displayName }
            expiresAt
          }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

/** A large page of members, with who granted the group and until when. */
export const ExportMembersDocument = graphql(`
  query ExportMembers($group: String!, $after: String) {
    members(group: $group, first: 100, after: $after) {
      edges {
        node {
          id
          username
          displayName
          disabledAt
          memberships {
            group
            source
            grantedAt
            grantedBy { id username }
            expiresAt
          }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

export const GroupCountsDocument = graphql(`
  query GroupCounts {
    consoleGroups { name members ending }
  }
`);
