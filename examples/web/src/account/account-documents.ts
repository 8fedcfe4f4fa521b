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
  mutation ChangeEmail($email: String!, $locale: String) {
    changeEmail(email: $email, locale: $locale)
  }
`);

export const DeclineEmailUndoDocument = graphql(`
  mutation DeclineEmailUndo {
    declineEmailUndo
  }
`);
