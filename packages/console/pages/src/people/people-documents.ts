import { graphql } from '../generated/index.ts';

export const PeopleDocument = graphql(`
  query People($search: String, $after: String) {
    users(first: 20, after: $after, search: $search) {
      edges {
        node { id username displayName groups createdAt disabledAt }
      }
      pageInfo { hasNextPage endCursor }
      searchedBy
    }
  }
`);
