import { graphql } from '../generated/index.ts';

/** One more than a page shows says whether there is a next one. */
export const SessionsDocument = graphql(`
  query Sessions($id: ID!, $after: ID) {
    user(id: $id) {
      id
      sessions(first: 21, after: $after) {
        id
        createdAt
        lastUsedAt
        expiresAt
        userAgent
        ip
        current
        authentications { factor at }
      }
    }
  }
`);

export const EndSessionDocument = graphql(`
  mutation EndSession($id: ID!) {
    endSession(id: $id)
  }
`);
