import { graphql } from '../generated/index.ts';

/** Of the package for second factors, which a server need not have. */
export const FactorsDocument = graphql(`
  query Factors($id: ID!) {
    user(id: $id) {
      id
      secondFactors { id kind name createdAt lastUsedAt isBackedUp isLost }
      recoveryCodesLeft
    }
  }
`);

export const ResetFactorsDocument = graphql(`
  mutation ResetFactors($userId: ID!) {
    resetFactors(userId: $userId) { id }
  }
`);

export const OpenEnrolmentDocument = graphql(`
  mutation OpenEnrolment($userId: ID!) {
    openEnrolment(userId: $userId)
  }
`);
