import { graphql } from '../generated/index.ts';

export const PeopleDocument = graphql(`
  query People(
    $search: String
    $after: String
    $includeDisabled: Boolean
    $withLastSeen: Boolean! = false
  ) {
    users(first: 20, after: $after, search: $search, includeDisabled: $includeDisabled) {
      edges {
        node {
          id
          username
          displayName
          groups
          createdAt
          disabledAt
          lastSeenAt @include(if: $withLastSeen)
        }
      }
      pageInfo { hasNextPage endCursor }
      searchedBy
      isComplete
    }
  }
`);

export const CreateUserDocument = graphql(`
  mutation CreateUser($input: CreateUserInput!) {
    createUser(input: $input) { id username }
  }
`);
