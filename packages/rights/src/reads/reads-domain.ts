import type { GraphQLResolveInfo } from 'graphql';
import type { Domain, GatehouseContext } from 'graphql-gatehouse';
import { withParts } from 'graphql-gatehouse/package';
import type { Parts } from '../parts.ts';
import type { RecordKey } from './read-record.ts';
import { type ReadRecord, readReadsOf } from './reads.store.ts';

const typeDefs = /* GraphQL */ `
extend type Query {
  "The reads of one record, latest first: those of fields and types with \`@audited\`. Each call is recorded too."
  recordReads(
    "The name of the record's object type, such as \`User\`."
    type: String!
    "The record's id."
    id: ID!
    "The maximum number of reads: 1 to 100."
    first: Int = 20
    "Continue after this cursor."
    after: String
  ): RecordReadConnection!
    @auth(requires: [AUDITOR])
    @audited(reason: "Shows who is interested in a record.")
}

"One read of a record, recorded before the answer was sent and never modified."
type RecordRead @auth(requires: [AUDITOR]) {
  "The id of the read, a UUID."
  id: ID!
  "When the answer was sent."
  at: DateTime!
  "The field that was read, such as \`Invoice.total\`, or the type whose object was read."
  coordinate: String!
  "The user or API client that read it. Null for an anonymous viewer, and when it is deleted."
  actor: Actor
  "The id of the user or API client, also of a deleted one. Null for an anonymous viewer."
  actorId: ID
  "The network address of the request."
  ip: String
  "The SHA-256 of the operation's text in hexadecimal."
  operation: String!
  "Identifies the request in the log."
  requestId: String!
}

"A page of reads."
type RecordReadConnection {
  "The reads of this page, each with its cursor."
  edges: [RecordReadEdge!]!
  "The position of the page."
  pageInfo: PageInfo!
}

"A read in a page."
type RecordReadEdge {
  "The read."
  node: RecordRead!
  "The cursor of this read, for the argument \`after\`."
  cursor: String!
}
`;

const typeBounds = { least: 1, most: 1_000 };
const idBounds = { least: 0, most: 1_000 };

/** Creates the field that shows who has read a record. */
export const createReadsDomain = (parts: () => Promise<Parts>): Domain<GatehouseContext> => ({
  name: 'recorded reads',
  typeDefs,
  resolvers: {
    Query: withParts(parts, { recordReads }),
    RecordRead: {
      actor({ actorKind, actorId }: ReadRecord, _args: object, { load }: GatehouseContext) {
        if (actorId === null) return null;
        return actorKind === 'USER' ? load.users(actorId) : load.apiClients(actorId);
      },
    },
  },
});

function recordReads(
  { sql, parseText }: Parts,
  given: RecordKey,
  { fromReplica, page }: GatehouseContext,
  info: GraphQLResolveInfo,
) {
  const record = {
    type: parseText('type', given.type, typeBounds),
    id: parseText('id', given.id, idBounds),
  };
  return fromReplica(info, (_db, source) => {
    const from = source === 'replica' ? sql.replica : sql;
    return page<ReadRecord, unknown>(
      info,
      { read: ({ after, limit }) => readReadsOf(from, record, { limit, afterId: after?.id }) },
      { orderBy: { id: 'desc' } },
    );
  });
}
