import { graphql } from '../generated/index.ts';

export const ResetPasswordByMailDocument = graphql(`
  mutation ResetPasswordByMail($token: String!, $newPassword: String!) {
    resetPasswordByMail(token: $token, newPassword: $newPassword)
  }
`);

export const VerifyEmailDocument = graphql(`
  mutation VerifyEmail($token: String!) {
    verifyEmail(token: $token)
  }
`);

export const ConfirmEmailDocument = graphql(`
  mutation ConfirmEmail($token: String!) {
    confirmEmail(token: $token)
  }
`);

export const UndoEmailChangeDocument = graphql(`
  mutation UndoEmailChange($token: String!) {
    undoEmailChange(token: $token)
  }
`);

export const CompleteSignUpDocument = graphql(`
  mutation CompleteSignUp(
    $token: String!
    $username: String!
    $password: String!
    $displayName: String
  ) {
    completeSignUp(
      token: $token
      username: $username
      password: $password
      displayName: $displayName
    )
  }
`);

export const AcceptInvitationDocument = graphql(`
  mutation AcceptInvitation(
    $token: String!
    $username: String!
    $password: String!
    $displayName: String
  ) {
    acceptInvitation(
      token: $token
      username: $username
      password: $password
      displayName: $displayName
    )
  }
`);

export const JoinByInvitationDocument = graphql(`
  mutation JoinByInvitation($token: String!) {
    joinByInvitation(token: $token) { id groups }
  }
`);
