export const typeDefs = /* GraphQL */ `
extend type Query {
  "How the pages of the console name this installation. Null: by the host of their address."
  consoleName: String @public
  """
  The id of the last active ADMIN whose membership does not expire: what would leave none fails with \`LAST_ADMIN\`. Null
  when there are several, or none.
  """
  consoleLastAdmin: ID @auth(requires: [ADMIN, AUDITOR])
  "What new accounts and passwords get by the settings of the server."
  consoleDefaults: ConsoleDefaults! @auth(or: [USER])
  "How many users there are, counted up to a thousand."
  consoleUsers: ConsoleUsers! @auth(requires: [ADMIN, AUDITOR])
  "Who can access what, by schema coordinate: the access matrix."
  consoleMatrix: ConsoleMatrix! @auth(requires: [ADMIN, AUDITOR])
  """
  What differs in the access matrix between the schema that this server enforces and the one that nodes served before. Null
  when the history of access has no other schema.
  """
  consoleChanges: ConsoleChanges @auth(requires: [ADMIN, AUDITOR])
  """
  The ways to a coordinate, the shortest first. Null when the schema has no such coordinate, or not all of the groups.
  """
  consoleWays(
    "A schema coordinate, such as \`User.email\` or \`Query.users(search:)\`."
    coordinate: String!
    "The maximum number of ways: 1 to 100."
    first: Int = 20
    "For a viewer in these groups alone. Null: for each kind of viewer."
    groups: [String!]
  ): ConsoleWays @auth(requires: [ADMIN, AUDITOR])
  "The groups of the schema."
  consoleGroups: [ConsoleGroupSummary!]! @auth(requires: [ADMIN, AUDITOR])
  """
  What a group reaches that a user in no group, or in other groups alone, does not. Null when the schema has no such group, or
  not all of the others.
  """
  consoleGroup(
    "The name of the group."
    name: String!
    "The groups that the user has without it."
    beside: [String!] = []
  ): ConsoleGroup @auth(requires: [ADMIN, AUDITOR])
  """
  What a viewer in some groups and what they imply can access, and gets for the operations of front ends. Null when one of
  them is not a group.
  """
  consoleView(
    "The names of the groups. Null: an anonymous viewer. Empty: a user in no group."
    groups: [String!]
  ): ConsoleView @auth(requires: [ADMIN, AUDITOR])
  "What \`gatehouse doctor\` finds, with versions and keys. It is at most 10 seconds old."
  consoleHealth: ConsoleHealth! @auth(requires: [ADMIN, AUDITOR])
}

"What the settings of the server say of new accounts and passwords."
type ConsoleDefaults {
  "The minimum number of characters of a new password."
  passwordMinLength: Int!
  "The groups of a new user for whom none are chosen."
  newUserGroups: [String!]! @auth(requires: [ADMIN, AUDITOR])
}

"How many users there are, by their state."
type ConsoleUsers {
  "The users who may log in. Null: more than a thousand."
  enabled: Int
  "The users who are disabled. Null: more than a thousand."
  disabled: Int @auth(requires: [ADMIN])
}

"The access of each kind of viewer to each coordinate of the schema."
type ConsoleMatrix {
  "Kinds of viewers: \`anonymous\`, \`authenticated\`, and each group."
  columns: [String!]!
  "The coordinates, in schema order."
  rows: [ConsoleMatrixRow!]!
  "What else readers must know, such as factors that groups require."
  notes: [String!]!
  "The types that the project's own domains define. The others are those of Gatehouse and of packages."
  projectTypes: [String!]!
}

"The access to one coordinate."
type ConsoleMatrixRow {
  "The type of the coordinate."
  typeName: String!
  "The schema coordinate."
  coordinate: String!
  "The guards in SDL notation, \`public\`, or \`as its parent\`."
  requirement: String!
  "The access of each column, in their order. Empty: inherited from its parent."
  cells: [String!]!
  "Of a field, the columns for which an argument, or what it can supply, has a rule of its own."
  stricter: [String!]!
}

"What differs between the present schema and the former one. A group that a schema does not have grants nothing there."
type ConsoleChanges {
  "When nodes last served the former schema, and not the present one yet."
  since: DateTime!
  "Whether a node that serves the former schema was seen in the last five minutes, as during a roll-out."
  isServed: Boolean!
  "Those of the matrix, and then the removed groups."
  columns: [String!]!
  "The groups that the former schema does not have."
  newGroups: [String!]!
  "The groups that the present schema does not have."
  removedGroups: [String!]!
  "The coordinates whose rows differ."
  rows: [ConsoleChange!]!
  "What else differs: what groups imply and require, and \`AUTHORIZATION=report\`."
  settings: [ConsoleChangedSetting!]!
}

"What changed at one coordinate."
type ConsoleChange {
  "The type of the coordinate."
  typeName: String!
  "The schema coordinate."
  coordinate: String!
  "Its row in the matrix of the former schema. Null: it is new."
  was: ConsoleAccess
  "Its row in the matrix of the present schema. Null: it was removed."
  now: ConsoleAccess
}

"A row of a matrix, without its coordinate."
type ConsoleAccess {
  "The guards in SDL notation, \`public\`, or \`as its parent\`."
  requirement: String!
  "The access of each column, in their order. Empty: inherited from its parent."
  cells: [String!]!
}

"A setting that changed, in sentences."
type ConsoleChangedSetting {
  "What held before. Null: nothing."
  was: String
  "What holds now. Null: nothing."
  now: String
}

"The ways from root fields to one coordinate."
type ConsoleWays {
  "The schema coordinate."
  coordinate: String!
  "Kinds of viewers, and the sets of groups of the configuration."
  columns: [String!]!
  "The ways, the shortest first."
  ways: [ConsoleWay!]!
  "Whether there are more ways."
  hasMore: Boolean!
  "The operations of front ends that use the coordinate."
  operations: [ConsoleUse!]!
  "What is wrong with the files of these operations."
  problems: [String!]!
}

"A way from a root field to a coordinate."
type ConsoleWay {
  "The coordinates on the way."
  steps: [ConsoleStep!]!
  "The operation that goes this way and selects nothing else."
  operation: String!
  "What each column gets for that operation, in the order of the columns."
  verdicts: [String!]!
}

"One coordinate on a way."
type ConsoleStep {
  "The schema coordinate."
  coordinate: String!
  "The object type of its value, where the field returns an interface or union."
  on: String
  "Its guards in SDL notation, with those of that type. Empty: none."
  guards: [String!]!
  "The places of the guards in SDL, as \`file:line\`."
  places: [String!]!
  "The checked ids."
  ids: [ConsoleId!]!
}

"An argument or input field whose ids name rows."
type ConsoleId {
  "The schema coordinate."
  coordinate: String!
  "The type of the rows."
  typeName: String!
  "The policies of which one must allow the row. Empty: the row rule of its type alone decides."
  rows: [String!]!
}

"An operation of a front end."
type ConsoleUse {
  "The file or folder that has it."
  file: String!
  "The name of the operation."
  operation: String!
}

"A group of the schema."
type ConsoleGroupSummary {
  "The name of the group."
  name: String!
  "Its description in the schema."
  description: String
  "The groups that it implies."
  implies: [String!]!
  "How many kinds of factors a session must have confirmed to use it, or to give it to an API client: 1 or 2."
  factors: Int!
  "How many memberships it has that have not expired, of disabled users too. Null: more than a thousand."
  members: Int
  "How many of them expire within 7 days. Null: more than a thousand."
  ending: Int
}

"What a group reaches."
type ConsoleGroup {
  "The name of the group."
  name: String!
  "The groups that it implies."
  implies: [String!]!
  "How many fields and guarded inputs are reached with it."
  reached: Int!
  "Those that a user without it does not reach, or not as well."
  opened: [ConsoleReached!]!
  "What it gets for the operations of front ends."
  operations: [ConsoleVerdict!]!
  "What is wrong with the files of these operations."
  problems: [String!]!
}

"A coordinate that a group reaches."
type ConsoleReached {
  "The schema coordinate."
  coordinate: String!
  "What an operation gets that goes a shortest way to it."
  verdict: String!
  "The coordinates of that way."
  way: [String!]!
}

"An operation of a front end, and what a viewer gets for it."
type ConsoleVerdict {
  "The file or folder that has it."
  file: String!
  "The name of the operation."
  operation: String!
  "What the viewer gets."
  verdict: String!
}

"The access of one kind of viewer."
type ConsoleView {
  "The groups, with what they imply. Null: an anonymous viewer."
  groups: [String!]
  "The coordinates, in schema order."
  rows: [ConsoleViewRow!]!
  "What the viewer gets for the operations of front ends."
  operations: [ConsoleVerdict!]!
  "What is wrong with the files of these operations."
  problems: [String!]!
}

"The access of one kind of viewer to one coordinate."
type ConsoleViewRow {
  "The type of the coordinate."
  typeName: String!
  "The schema coordinate."
  coordinate: String!
  "The guards in SDL notation, \`public\`, or \`as its parent\`."
  requirement: String!
  "The access. Empty: inherited from its parent."
  access: String!
  "Whether data decide too: policies, or rules of rows."
  depends: Boolean!
}

"The health of the node that answers."
type ConsoleHealth {
  "Whether the node is in development mode, which allows settings that are unsafe in production. This alone examines nothing."
  isDevelopment: Boolean!
  "When it was checked."
  checkedAt: DateTime!
  "The versions of the node's software."
  versions: ConsoleVersions!
  "The checks of \`gatehouse doctor\`."
  checks: [ConsoleCheck!]!
  "The keys that sign access tokens. Empty when they cannot be read: a check says why."
  keys: [ConsoleKey!]!
}

"Versions of software."
type ConsoleVersions {
  "The version of Gatehouse."
  gatehouse: String!
  "The version of Node.js."
  node: String!
}

"The result of one check."
type ConsoleCheck {
  "The name of what was checked."
  name: String!
  "The result."
  state: ConsoleCheckState!
  "What was found. It contains no secret."
  found: String!
  "How to solve the problem."
  advice: String
}

"The result of a check."
enum ConsoleCheckState {
  "Nothing is wrong."
  OK
  "It works, and is to be known."
  NOTE
  "It works, but should be changed."
  WARNING
  "It does not work, or not safely."
  PROBLEM
}

"A key that signs access tokens, without its private part."
type ConsoleKey {
  "The id of the key, \`kid\` in tokens."
  id: String!
  "Whether it signs."
  state: ConsoleKeyState!
  "When it was created. Null when its file does not say."
  createdAt: DateTime
  "From when it signs. Null: from the start."
  signsFrom: DateTime
  "Until when it verifies tokens. Null: until it is removed."
  endsAt: DateTime
}

"The state of a key in its rotation."
enum ConsoleKeyState {
  "It is published, and will sign."
  NEXT
  "It signs."
  SIGNING
  "It signs no more, and verifies its tokens."
  RETIRED
  "All of its tokens have expired."
  ENDED
}
`;
