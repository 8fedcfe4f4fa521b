import { graphql } from '../generated/index.ts';

/** One more than is counted says whether there are more. */
export const FailedLogInsDocument = graphql(`
  query FailedLogIns($since: DateTime!) {
    auditEvents(first: 100, action: "login.failed", since: $since) {
      edges { node { id } }
      pageInfo { hasNextPage }
    }
  }
`);

/** Of the package for second factors, which a server need not have. */
export const AdminFactorsDocument = graphql(`
  query AdminFactors {
    members(group: "ADMIN", first: 20) {
      edges { node { id disabledAt secondFactors { id } } }
      pageInfo { hasNextPage }
    }
  }
`);
