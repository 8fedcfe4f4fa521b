import type { Domain } from 'graphql-gatehouse';
import { withParts } from 'graphql-gatehouse/package';
import { findUnusedRights } from './counts/unused-rights.ts';
import type { Parts } from './parts.ts';

/** What the package adds where the project has the package `console`, whose pages show it. */
const typeDefs = /* GraphQL */ `
extend type Query {
  "The rights of groups, and the memberships, that were not used in the last days, and today."
  consoleUnusedRights("1 to 400." days: Int = 90): ConsoleUnusedRights!
    @auth(requires: [ADMIN, AUDITOR])
}

"Rights that were not used. What was not counted all the time is not known to be unused: see \`gaps\`."
type ConsoleUnusedRights {
  "The first day, in UTC."
  since: String!
  "The end of the time: now, or when the last node stopped."
  until: DateTime!
  "When not all nodes counted. Empty: what is listed was not used."
  gaps: [ConsoleGap!]!
  "Groups without any use."
  groups: [String!]!
  "Of the other groups: where they were not used."
  unused: [ConsoleRight!]!
  "Where groups were used, and another group of the viewer would have allowed it each time."
  neverAlone: [ConsoleRight!]!
  "Memberships without a use that were granted before, the longest unused ones first. At most a thousand."
  memberships: [ConsoleUnusedMembership!]!
  "Whether there are more of them."
  hasMoreMemberships: Boolean!
}

"A time in which not all nodes counted."
type ConsoleGap {
  "Its begin."
  from: DateTime!
  "Its end."
  to: DateTime!
  "Why nothing is known of it."
  reason: ConsoleGapReason!
}

"Why there are no counts."
enum ConsoleGapReason {
  "A node ran with \`ACCESS_COUNTS=off\`."
  OFF
  "No node ran that counts."
  NONE
}

"A group at a coordinate that it opens."
type ConsoleRight {
  "The name of the group."
  group: String!
  "The schema coordinate."
  coordinate: String!
  "How often it was used beside other groups. Null: never."
  amongOthers: Int
}

"A membership that was not used."
type ConsoleUnusedMembership {
  "The id of the user."
  userId: ID!
  "The name by which the user logs in."
  username: String!
  "The name of the group."
  group: String!
  "The last day of a use, in UTC. Null: it was never used."
  lastUsedOn: String
}
`;

/** Each coordinate is decided, and no row is read. */
const cost = 100;

const defaultDays = 90;

/** Creates the field that shows what `rights unused` reports. */
export const createConsoleDomain = (parts: () => Promise<Parts>): Domain => ({
  name: 'console of rights',
  typeDefs,
  resolvers: {
    Query: withParts(parts, {
      consoleUnusedRights: (opened, { days }: { readonly days?: number | null }) =>
        findUnusedRights(opened, days ?? defaultDays),
    }),
    ConsoleGapReason: { OFF: 'off', NONE: 'none' },
  },
  costs: { 'Query.consoleUnusedRights': cost },
});
