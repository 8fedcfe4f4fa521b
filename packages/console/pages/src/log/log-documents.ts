import { graphql } from '../generated/index.ts';

export const LogDocument = graphql(`
  query Log(
    $after: String
    $action: String
    $actorId: ID
    $subjectId: ID
    $since: DateTime
    $until: DateTime
  ) {
    auditEvents(
      first: 20
      after: $after
      action: $action
      actorId: $actorId
      subjectId: $subjectId
      since: $since
      until: $until
    ) {
      edges {
        node {
          id
          at
          action
          actor {
            __typename
            ... on User { id username displayName }
            ... on ApiClient { id name }
          }
          subjectId
          ip
          detail
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

/** What was recorded last about a user or program. */
export const LastRecordDocument = graphql(`
  query LastRecord($subjectId: ID!) {
    auditEvents(first: 1, subjectId: $subjectId) {
      edges { node { id at action } }
    }
  }
`);
