/** What the package adds to the schema. */
export const typeDefs = /* GraphQL */ `
extend input Proof {
  "A code of an authenticator app: 6 digits, after the password. Each code works once."
  otp: String
  "One of the recovery codes, after the password. Each works once."
  recoveryCode: String
  """
  The answer of a passkey to the options of \`passkeyOptions\`, as JSON: what \`PublicKeyCredential.toJSON()\` returns.
  """
  passkey: String
}

extend type Query {
  """
  Begins a log-in by a passkey, or continues one that asked for another factor. Complete it by \`completeLogin\` or
  \`completeSession\` with the returned challenge.
  """
  passkeyOptions(
    "The challenge of an error FACTOR_REQUIRED. Absent: a log-in without a user name, by any passkey of this site."
    challenge: String
  ): PasskeyOptions! @public
}

extend type Mutation {
  """
  Creates a secret for an authenticator app. It counts after its first code: see \`confirmOtp\`. Nothing of it is stored
  before. Refused with FACTOR_REQUIRED when more is due, and with CONFLICT when \`confirmOtp\` would be: see
  \`WithheldGroup.mayEnrol\`.
  """
  enrolOtp(
    "What proves a factor."
    proof: Proof!
    "The challenge of a refusal with the reason FACTOR_REQUIRED."
    challenge: String
  ): OtpEnrolment! @auth(or: [USER])
  """
  Adds an authenticator app by its first code, and ends all other sessions.
  """
  confirmOtp(
    "The \`enrolment\` that \`enrolOtp\` returned, at most 15 minutes ago, to this session."
    enrolment: String!
    "A code of the app."
    code: String!
    "A name for the app: 1 to 64 characters."
    name: String! = "Authenticator app"
  ): EnrolledFactor! @auth(or: [USER])
  """
  Returns the options with which a browser makes a passkey, as JSON: for \`navigator.credentials.create\`. Refused with
  FACTOR_REQUIRED when more is due, and with CONFLICT when \`addPasskey\` would be: see \`WithheldGroup.mayEnrol\`.
  """
  beginPasskey(
    "What proves a factor."
    proof: Proof!
    "The challenge of a refusal with the reason FACTOR_REQUIRED."
    challenge: String
  ): String! @auth(or: [USER])
  "Adds a passkey, and ends all other sessions."
  addPasskey(
    """
    The answer to the options of \`beginPasskey\` of this session, at most 5 minutes ago, as JSON: what
    \`PublicKeyCredential.toJSON()\` returns.
    """
    response: String!
    "A name for the passkey: 1 to 64 characters."
    name: String! = "Passkey"
  ): EnrolledFactor! @auth(or: [USER])
  """
  Replaces all recovery codes, and returns the new ones, which are shown only now. Ends all other sessions. Refused with
  FACTOR_REQUIRED when more is due, and for 24 hours after a recovery code, also in later sessions of a factor that was
  added with it.
  """
  renewRecoveryCodes(
    "What proves a factor."
    proof: Proof!
    "The challenge of a refusal with the reason FACTOR_REQUIRED."
    challenge: String
  ): [String!]! @auth(or: [USER])
  """
  Renames a factor. Needs fresh proofs of as many kinds of factors as the account has, and ends all other sessions.
  """
  renameFactor(
    "The factor's id."
    id: ID!
    "The new name: 1 to 64 characters."
    name: String!
  ): SecondFactor! @auth(or: [USER], maxAge: 900)
  """
  Removes a factor, and with the last one the recovery codes. Needs fresh proofs of as many kinds of factors as the
  account has, and ends all other sessions. Refused for the last factor while a group demands one, and for 24 hours
  after a recovery code, also in later sessions of a factor that was added with it.
  """
  removeFactor("The factor's id." id: ID!): ID! @auth(or: [USER], maxAge: 900)
  """
  Removes all factors and recovery codes of another user, ends all sessions of the user, and opens enrolment for 24
  hours. One administrator cannot do this and set the password or address of the user within 24 hours.
  """
  resetFactors("The user's id." userId: ID!): User! @auth(requires: [ADMIN], maxAge: 300)
  """
  Lets another user enrol a first factor for 24 hours, although the time of a group to do so is over. Returns the end.
  One administrator cannot do this and set the password or address of the user within 24 hours.
  """
  openEnrolment("The user's id." userId: ID!): DateTime! @auth(requires: [ADMIN], maxAge: 300)
}

extend type User {
  "The authenticator apps and the passkeys, oldest first."
  secondFactors: [SecondFactor!]! @auth(requires: [ADMIN, AUDITOR], or: [SELF])
  "How many recovery codes were not used yet."
  recoveryCodesLeft: Int! @auth(requires: [ADMIN, AUDITOR], or: [SELF])
}

"An authenticator app or a passkey of a user."
type SecondFactor {
  "The factor's id, a UUID."
  id: ID!
  "What it is."
  kind: SecondFactorKind!
  "The name that the user gave it."
  name: String!
  "When it was added."
  createdAt: DateTime!
  "When it was last used to log in. Null: never."
  lastUsedAt: DateTime
  "Whether the passkey has a copy elsewhere, such as in the account of a phone's vendor. Null for an app."
  isBackedUp: Boolean
  "Whether the server has lost the secret of the app, so that its codes are refused."
  isLost: Boolean!
}

"The kinds of second factors."
enum SecondFactorKind {
  "An authenticator app, which shows codes."
  OTP
  "A passkey."
  PASSKEY
}

"A secret for an authenticator app."
type OtpEnrolment {
  "The secret in base32, to type it."
  secret: String!
  "The secret as a URI with the scheme \`otpauth\`, for apps on the same device."
  uri: String!
  "The URI as a QR code: an SVG image."
  qrCode: String!
  "Send it to \`confirmOtp\` with the first code. It works in this session alone."
  enrolment: String!
  "When the enrolment ends."
  expiresAt: DateTime!
}

"A factor that was added."
type EnrolledFactor {
  "The factor."
  factor: SecondFactor!
  """
  The first recovery codes of the account, which are shown only now. Empty: the account has some, or a recovery code was
  used within 24 hours.
  """
  recoveryCodes: [String!]!
}

"What a browser needs to ask for a passkey."
type PasskeyOptions {
  "The options as JSON: for \`PublicKeyCredential.parseRequestOptionsFromJSON\` and \`navigator.credentials.get\`."
  options: String!
  "Send it with the answer of the passkey, as \`challenge\`."
  challenge: String!
}
`;
