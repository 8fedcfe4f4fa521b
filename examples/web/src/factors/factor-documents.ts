import { graphql } from '../generated/index.ts';

export const OwnFactorsDocument = graphql(`
  query OwnFactors {
    me {
      id
      recoveryCodesLeft
      secondFactors { id kind name createdAt lastUsedAt isLost }
    }
  }
`);

export const EnrolOtpDocument = graphql(`
  mutation EnrolOtp {
    enrolOtp { secret uri qrCode enrolment expiresAt }
  }
`);

export const ConfirmOtpDocument = graphql(`
  mutation ConfirmOtp($enrolment: String!, $code: String!, $name: String!) {
    confirmOtp(enrolment: $enrolment, code: $code, name: $name) {
      factor { id }
      recoveryCodes
    }
  }
`);

export const BeginPasskeyDocument = graphql(`
  mutation BeginPasskey {
    beginPasskey
  }
`);

export const AddPasskeyDocument = graphql(`
  mutation AddPasskey($response: String!, $name: String!) {
    addPasskey(response: $response, name: $name) {
      factor { id }
      recoveryCodes
    }
  }
`);

export const RenewRecoveryCodesDocument = graphql(`
  mutation RenewRecoveryCodes {
    renewRecoveryCodes
  }
`);

export const RenameFactorDocument = graphql(`
  mutation RenameFactor($id: ID!, $name: String!) {
    renameFactor(id: $id, name: $name) { id name }
  }
`);

export const RemoveFactorDocument = graphql(`
  mutation RemoveFactor($id: ID!) {
    removeFactor(id: $id)
  }
`);

export const PasskeyOptionsDocument = graphql(`
  query PasskeyOptions($challenge: String) {
    passkeyOptions(challenge: $challenge) { options challenge }
  }
`);
