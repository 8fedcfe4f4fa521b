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
          subject {
            __typename
            id
            ... on User { username displayName }
            ... on ApiClient { name }
          }
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

/** New records, as far as filters compare them. */
export const NewRecordsDocument = graphql(`
  subscription NewRecords {
    auditEventAdded {
      id
      at
      action
      actor {
        ... on User { id }
        ... on ApiClient { id }
      }
      subjectId
    }
  }
`);

/** A large page of the log, with ids alone: names can change. */
export const ExportDocument = graphql(`
  query ExportLog(
    $after: String
    $action: String
    $actorId: ID
    $subjectId: ID
    $since: DateTime
    $until: DateTime
  ) {
    auditEvents(
      first: 100
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
            ... on User { id }
            ... on ApiClient { id }
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

export const UserNameDocument = graphql(`
  query UserName($id: ID!) {
    user(id: $id) { id username displayName }
  }
`);
