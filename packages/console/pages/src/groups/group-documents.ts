import { graphql } from '../generated/index.ts';

export const MembersDocument = graphql(`
  query Members($group: String!, $after: String, $includeDisabled: Boolean) {
    members(group: $group, first: 20, after: $after, includeDisabled: $includeDisabled) {
      edges { node { id username displayName groups createdAt disabledAt } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);
