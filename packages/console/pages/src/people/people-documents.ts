import { graphql } from '../generated/index.ts';

export const PeopleDocument = graphql(`
  query People(
    $search: String
    $after: String
    $includeDisabled: Boolean
    $onlyDisabled: Boolean
    $includeEmail: Boolean
    $withLastSeen: Boolean! = false
  ) {
    users(
      first: 20
      after: $after
      search: $search
      includeDisabled: $includeDisabled
      onlyDisabled: $onlyDisabled
      includeEmail: $includeEmail
    ) {
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

export const UserCountsDocument = graphql(`
  query UserCounts($withDisabled: Boolean! = false) {
    consoleUsers {
      enabled
      disabled @include(if: $withDisabled)
    }
  }
`);

export const CreateUserDocument = graphql(`
  mutation CreateUser($input: CreateUserInput!) {
    createUser(input: $input) { id username }
  }
`);
