import { graphql } from '../generated/index.ts';

/** Of the package for mail, which a server need not have. */
export const VerifiedEmailDocument = graphql(`
  query VerifiedEmail($id: ID!, $withResets: Boolean! = false) {
    user(id: $id) { id emailVerifiedAt }
    administratorsResetPasswords @include(if: $withResets)
  }
`);

export const SendPasswordResetDocument = graphql(`
  mutation SendPasswordReset($userId: ID!) {
    sendPasswordReset(userId: $userId)
  }
`);
