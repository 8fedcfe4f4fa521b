import { graphql } from '../generated/index.ts';

export const MembersDocument = graphql(`
  query Members($group: String!, $after: String) {
    members(group: $group, first: 20, after: $after) {
      edges { node { id username displayName groups createdAt disabledAt } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);
