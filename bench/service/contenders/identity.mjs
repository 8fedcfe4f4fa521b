/**
 * What every contender does for a request, as a careful author would write it with `pg`: verifies the token,
 * reads session, user and groups in one prepared statement, and logs one line.
 */
import { createPublicKey } from 'node:crypto';
import { GraphQLScalarType } from 'graphql';
import jwt from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import pg from 'pg';
import { pino } from 'pino';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const keys = new Map(
  JSON.parse(process.env.JWKS).keys.map((jwk) => [
    jwk.kid,
    createPublicKey({ key: jwk, format: 'jwk' }),
  ]),
);
const verified = new LRUCache({ max: 5_000 });

export const logger = pino(
  { base: null, enabled: process.env.LOGS !== 'off' },
  pino.destination(2),
);

export const typeDefs = /* GraphQL */ `
  scalar DateTime
  type Query {
    me: User
    users(first: Int = 20): UserConnection!
  }
  type User {
    id: ID!
    username: String!
    displayName: String!
    email: String
    groups: [String!]!
    createdAt: DateTime!
    disabledAt: DateTime
  }
  type UserConnection {
    edges: [UserEdge!]!
  }
  type UserEdge {
    node: User!
  }
`;

export const resolvers = {
  DateTime: new GraphQLScalarType({ name: 'DateTime', serialize: (date) => date.toISOString() }),
  Query: {
    me: (_query, _args, { viewer }) => viewer,
    users: async (_query, { first }, { viewer }) => {
      if (!viewer?.groups.includes('ADMIN')) throw new Error('Forbidden');
      const { rows } = await pool.query({ ...usersStatement, values: [first] });
      return { edges: rows.map((node) => ({ node })) };
    },
  },
};

/** The user of a bearer token as the database has it now; null without one. */
export async function viewerOf(authorization = '') {
  const [, token] = /^Bearer (.+)$/.exec(authorization) ?? [];
  if (token === undefined) return null;
  const claims = claimsOf(token);
  if (claims.exp * 1_000 <= Date.now()) return null;
  const { rows } = await pool.query({ ...viewerStatement, values: [claims.sid, claims.sub] });
  return rows[0] ?? null;
}

/** Remembers verified tokens, as the product does: verifying ES256 costs more than a small request. */
function claimsOf(token) {
  const known = verified.get(token);
  if (known !== undefined) return known;
  const { kid } = jwt.decode(token, { complete: true }).header;
  const claims = jwt.verify(token, keys.get(kid), { algorithms: ['ES256'] });
  verified.set(token, claims);
  return claims;
}

/** Logs an operation that has ended, with the fields that the product logs. */
export function logOperation({ viewer, startedAt, operationName }) {
  const durationMs = Math.round((performance.now() - startedAt) * 10) / 10;
  logger.info({ operationName, durationMs, viewer: viewer?.id }, 'operation');
}

const viewerStatement = {
  name: 'viewer',
  text: `
    SELECT member.id, member.username,
      array_remove(array_agg(membership."group"), NULL) AS groups
    FROM gatehouse.sessions AS session
    JOIN gatehouse.users AS member ON member.id = session.user_id AND member.disabled_at IS NULL
    LEFT JOIN gatehouse.memberships AS membership ON membership.user_id = member.id
      AND (membership.expires_at IS NULL OR membership.expires_at > now())
    WHERE session.id = $1 AND session.user_id = $2
      AND session.ended_at IS NULL AND session.expires_at > now()
    GROUP BY member.id`,
};

/** Reads the same columns as the product. */
const usersStatement = {
  name: 'users',
  text: `
    SELECT member.id, member.username, member.display_name AS "displayName", member.email,
      member.created_at AS "createdAt", member.disabled_at AS "disabledAt",
      array_remove(array_agg(membership."group"), NULL) AS groups
    FROM gatehouse.users AS member
    LEFT JOIN gatehouse.memberships AS membership ON membership.user_id = member.id
      AND (membership.expires_at IS NULL OR membership.expires_at > now())
    WHERE member.disabled_at IS NULL
    GROUP BY member.id ORDER BY member.created_at, member.id LIMIT $1`,
};

/** Prints the address, and ends the process on SIGTERM. */
export function announce(url) {
  process.stdout.write(`${url}\n`);
  process.once('SIGTERM', () => process.exit());
}
