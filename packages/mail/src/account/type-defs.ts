/** What the package adds to the schema. */
export const typeDefs = /* GraphQL */ `
extend type Query {
  "The invitations that were not accepted and have not ended, oldest first."
  invitations(
    "The maximum number of invitations: 1 to 100."
    first: Int = 20
    "Continue after this cursor."
    after: String
  ): InvitationConnection! @auth(requires: [ADMIN])
}

extend type User {
  "When the user showed that mails to \`email\` arrive. Null: the address is not verified, and gets no mails."
  emailVerifiedAt: DateTime @auth(requires: [ADMIN], or: [SELF])
}

extend type Mutation {
  """
  Sends a link to choose a new password to an address. The answer is the same for every address, also when nothing was
  sent: only a verified address of an account gets a mail.
  """
  requestPasswordReset(
    "The address."
    email: String!
    "The application whose page the link opens, a name in the server's settings. Absent or null: the first one."
    app: String
    "The language of the mail, such as \`de\`. One that the server lacks is its default."
    locale: String
  ): Boolean! @public
  """
  Sets the password of an account by the token of a mail, and ends all of its sessions. Second factors stay. Log in
  afterwards.
  """
  resetPasswordByMail(
    "The token of the link."
    token: String!
    "At least 15 characters (or the server's setting) and at most 72 bytes in UTF-8, without the username."
    newPassword: String!
  ): Boolean! @public
  """
  Accepts an invitation by the token of its mail: creates an account with its address, which is then verified. Returns the
  user name to log in with. \`CONFLICT\`, reason \`HAS_ACCOUNT\`, when an account has verified the address: that user logs in,
  and accepts by \`joinByInvitation\`.
  """
  acceptInvitation(
    "The token of the link."
    token: String!
    "The name to log in with. One with \`@\` must be the address."
    username: String!
    "At least 15 characters (or the server's setting) and at most 72 bytes in UTF-8, without the username."
    password: String!
    "The name to display: 1 to 200 characters. Default: the username."
    displayName: String
  ): String! @public
  "Accepts an invitation for an address that this user has verified: adds the groups of the invitation."
  joinByInvitation("The token of the link." token: String!): User! @auth(or: [USER], maxAge: 900)
  "Sends an invitation to an address. It creates no account before it is accepted."
  inviteUser(
    "Who is invited."
    input: InviteUserInput!
    "As of \`requestPasswordReset\`."
    app: String
    "As of \`requestPasswordReset\`."
    locale: String
  ): Invitation! @auth(requires: [ADMIN], maxAge: 900)
  "Ends an invitation, and returns its id."
  cancelInvitation("The invitation's id." id: ID!): ID! @auth(requires: [ADMIN])
  "Sends a link to this user's address by which it is verified."
  requestEmailVerification(
    "As of \`requestPasswordReset\`."
    app: String
    "As of \`requestPasswordReset\`."
    locale: String
  ): Boolean! @auth(or: [USER])
  "Verifies an address by the token of a mail."
  verifyEmail("The token of the link." token: String!): Boolean! @public
  """
  Sends a link to a new address of this user. The address changes when \`confirmEmail\` gets its token; the old one is then
  informed, and can undo the change for 7 days. Refused with FACTOR_REQUIRED when more is due.
  """
  changeEmail(
    "The new address."
    email: String!
    "What proves a factor."
    proof: Proof!
    "The challenge of a refusal with the reason FACTOR_REQUIRED."
    challenge: String
    "As of \`requestPasswordReset\`."
    app: String
    "As of \`requestPasswordReset\`."
    locale: String
  ): Boolean! @auth(or: [USER])
  "Changes an address by the token of a mail to the new one."
  confirmEmail("The token of the link." token: String!): Boolean! @public
  """
  Restores the earlier address by the token of a mail to it, whatever has changed since. Ends all sessions, all other links
  and pending addresses. Second factors stay.
  """
  undoEmailChange("The token of the link." token: String!): Boolean! @public
  "Ends the links that would restore earlier addresses of this user. Needs fresh proofs of two kinds of factors."
  declineEmailUndo: Boolean! @auth(or: [USER], maxAge: 900, factors: 2)
  "Sends a link to choose a new password to the verified address of a user."
  sendPasswordReset(
    "The user's id."
    userId: ID!
    "As of \`requestPasswordReset\`."
    app: String
    "As of \`requestPasswordReset\`."
    locale: String
  ): Boolean! @auth(requires: [ADMIN], maxAge: 900)
}

"Who is invited."
input InviteUserInput {
  "The address."
  email: String!
  """
  The groups of the new user. Absent or null: the server's groups for new users. The inviter must be allowed to grant
  them when the invitation is accepted, too.
  """
  groups: [Group!] @auth(requires: [ADMIN])
}

"An invitation that was not accepted yet."
type Invitation {
  "The invitation's id, a UUID."
  id: ID!
  "The address that it was sent to."
  email: String!
  "The groups that it gives. Null: the server's groups for new users."
  groups: [Group!]
  "Who invited. Null for an API client and a deleted user."
  invitedBy: User
  "When it was made."
  createdAt: DateTime!
  "When it ends. Null: its mail was not sent yet."
  expiresAt: DateTime
}

"A page of invitations."
type InvitationConnection {
  "The invitations of this page, each with its cursor."
  edges: [InvitationEdge!]!
  "The position of the page."
  pageInfo: PageInfo!
}

"An invitation in a page."
type InvitationEdge {
  "The invitation."
  node: Invitation!
  "The cursor of this invitation, for the argument \`after\`."
  cursor: String!
}
`;

/** What it adds with the option `signUp`. */
export const signUpTypeDefs = /* GraphQL */ `
extend type Mutation {
  """
  Sends a link to create an account to an address. The answer is the same for every address. One that an account has
  verified gets a mail that says so.
  """
  signUp(
    "The address."
    email: String!
    "As of \`requestPasswordReset\`."
    app: String
    "As of \`requestPasswordReset\`."
    locale: String
  ): Boolean! @public
  "Creates an account by the token of a mail, with its address. Returns the user name to log in with."
  completeSignUp(
    "The token of the link."
    token: String!
    "The name to log in with. One with \`@\` must be the address."
    username: String!
    "At least 15 characters (or the server's setting) and at most 72 bytes in UTF-8, without the username."
    password: String!
    "The name to display: 1 to 200 characters. Default: the username."
    displayName: String
  ): String! @public
}
`;
