import { graphql } from '../generated/index.ts';

export const SessionsDocument = graphql(`
  query Sessions($first: Int!) {
    me {
      id
      sessions(first: $first) { id createdAt lastUsedAt userAgent ip current }
    }
  }
`);

export const EndSessionDocument = graphql(`
  mutation EndSession($id: ID!) {
    endSession(id: $id)
  }
`);

export const LogOutDocument = graphql(`
  mutation LogOut {
    logout
  }
`);

export const LogOutEverywhereDocument = graphql(`
  mutation LogOutEverywhere {
    logoutEverywhere
  }
`);
