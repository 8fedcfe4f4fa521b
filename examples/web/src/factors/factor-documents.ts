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

/** Of every server: without second factors, nothing is withheld. */
export const WithheldDocument = graphql(`
  query Withheld {
    viewer {
      withheld { group enrolUntil mayEnrol }
    }
  }
`);

export const EnrolOtpDocument = graphql(`
  mutation EnrolOtp($proof: Proof!, $challenge: String) {
    enrolOtp(proof: $proof, challenge: $challenge) { secret uri qrCode enrolment expiresAt }
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
  mutation BeginPasskey($proof: Proof!, $challenge: String) {
    beginPasskey(proof: $proof, challenge: $challenge)
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
  mutation RenewRecoveryCodes($proof: Proof!, $challenge: String) {
    renewRecoveryCodes(proof: $proof, challenge: $challenge)
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
