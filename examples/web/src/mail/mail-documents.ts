import { graphql } from '../generated/index.ts';

export const RequestPasswordResetDocument = graphql(`
  mutation RequestPasswordReset($email: String!, $locale: String) {
    requestPasswordReset(email: $email, locale: $locale)
  }
`);

export const SignUpDocument = graphql(`
  mutation SignUp($email: String!, $locale: String) {
    signUp(email: $email, locale: $locale)
  }
`);
