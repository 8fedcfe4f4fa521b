import { graphql } from '../generated/index.ts';

export const WithheldDocument = graphql(`
  query Withheld {
    viewer {
      withheld { group enrolUntil mayEnrol }
    }
  }
`);

export const ChangePasswordDocument = graphql(`
  mutation ChangePassword($currentPassword: String!, $newPassword: String!) {
    changePassword(currentPassword: $currentPassword, newPassword: $newPassword) { user { id } }
  }
`);

/** The newest hundred: as many as a page can hold. */
export const OwnSessionsDocument = graphql(`
  query OwnSessions($id: ID!) {
    user(id: $id) {
      id
      sessions(first: 100) { id current }
    }
  }
`);

export const HistoryDocument = graphql(`
  query History($after: ID) {
    consoleHistory(first: 20, after: $after) {
      next
      records { id at action by isAboutMe ip }
    }
  }
`);

/** These are of the package for mail, which a server need not have. */
export const ChangeEmailDocument = graphql(`
  mutation ChangeEmail($email: String!, $proof: Proof!, $challenge: String) {
    changeEmail(email: $email, proof: $proof, challenge: $challenge)
  }
`);

export const RequestVerificationDocument = graphql(`
  mutation RequestVerification {
    requestEmailVerification
  }
`);

/** The others are of the package for second factors. */
export const EnrolOtpDocument = graphql(`
  mutation EnrolOtp($proof: Proof!, $challenge: String) {
    enrolOtp(proof: $proof, challenge: $challenge) { secret qrCode enrolment }
  }
`);

export const ConfirmOtpDocument = graphql(`
  mutation ConfirmOtp($enrolment: String!, $code: String!, $name: String!) {
    confirmOtp(enrolment: $enrolment, code: $code, name: $name) { recoveryCodes }
  }
`);

export const BeginPasskeyDocument = graphql(`
  mutation BeginPasskey($proof: Proof!, $challenge: String) {
    beginPasskey(proof: $proof, challenge: $challenge)
  }
`);

export const AddPasskeyDocument = graphql(`
  mutation AddPasskey($response: String!, $name: String!) {
    addPasskey(response: $response, name: $name) { recoveryCodes }
  }
`);

export const RenewRecoveryCodesDocument = graphql(`
  mutation RenewRecoveryCodes($proof: Proof!, $challenge: String) {
    renewRecoveryCodes(proof: $proof, challenge: $challenge)
  }
`);

export const LinkProviderDocument = graphql(`
  mutation LinkProvider($code: String!, $proof: Proof!, $challenge: String) {
    linkProvider(code: $code, proof: $proof, challenge: $challenge) { id }
  }
`);

export const UnlinkProviderDocument = graphql(`
  mutation UnlinkProvider($id: ID!) {
    unlinkProvider(id: $id)
  }
`);

export const RemoveFactorDocument = graphql(`
  mutation RemoveFactor($id: ID!) {
    removeFactor(id: $id)
  }
`);
