/** Lists of 1,000 rows from the database, with one audited field and without: once the same rows, once others each time. */
import { defineConfig, defineDomain } from '../../dist/index.js';
import { rights } from '../../packages/rights/dist/index.js';

const rowsFrom = (first) => `SELECT
    ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS id, 'Thing ' || n AS name, n AS total,
    'A note about ' || n AS note, TIMESTAMPTZ '2026-01-01' + n * INTERVAL '1 minute' AS "createdAt"
  FROM generate_series(${first}, ${first + 999}) AS n`;

let lists = 0;
const read = (_query, { fresh = false }, { db }) => {
  lists += 1;
  return db.read(rowsFrom(fresh ? lists * 1_000 : 1));
};

const fields = (noteGuard) =>
  `{ id: ID! name: String! total: Int! note: String! ${noteGuard} createdAt: DateTime! }`;

const things = defineDomain({
  name: 'things',
  typeDefs: `
    type Plain @auth(requires: [ADMIN]) ${fields('')}
    type Audited @auth(requires: [ADMIN]) ${fields('@audited')}
    extend type Query {
      plain(fresh: Boolean): [Plain!]! @auth(requires: [ADMIN])
      audited(fresh: Boolean): [Audited!]! @auth(requires: [ADMIN])
    }`,
  resolvers: { Query: { plain: read, audited: read } },
});

export default defineConfig({
  domains: [things],
  packages: [rights()],
  database: (access) => {
    const source = access.kind === 'postgresql' ? access.pool : access.pglite;
    return {
      client: { read: async (text) => (await source.query(text)).rows },
      transaction: () => Promise.reject(new Error('It only reads.')),
      query: () => () => Promise.reject(new Error('It only reads.')),
    };
  },
});
