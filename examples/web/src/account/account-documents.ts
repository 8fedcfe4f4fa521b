import { graphql } from '../generated/index.ts';

export const OwnAccountDocument = graphql(`
  query OwnAccount {
    me { id username displayName email emailVerifiedAt }
  }
`);

export const RequestEmailVerificationDocument = graphql(`
  mutation RequestEmailVerification($locale: String) {
    requestEmailVerification(locale: $locale)
  }
`);

export const ChangeEmailDocument = graphql(`
  mutation ChangeEmail($email: String!, $proof: Proof!, $challenge: String, $locale: String) {
    changeEmail(email: $email, proof: $proof, challenge: $challenge, locale: $locale)
  }
`);

export const DeclineEmailUndoDocument = graphql(`
  mutation DeclineEmailUndo {
    declineEmailUndo
  }
`);
