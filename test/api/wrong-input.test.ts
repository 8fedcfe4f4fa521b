import fc from 'fast-check';
import type { GraphQLField, GraphQLInputType } from 'graphql';
import {
  buildSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTypeDefs } from '../support/rooms-project.ts';
import { timesOf } from '../support/sample.ts';
import type { TestServer, TestUser } from '../support/test-server.ts';
import { startTestServer } from '../support/test-server.ts';

/** What no answer may hold: it would tell of the database, or of a fault of ours. */
const databaseWords =
  /prisma|pglite|postgres|sqlstate|constraint|column [`"\\]|relation "|uuid|invalid byte sequence/i;

let server: TestServer;
/** Holds every group, so that every root field is reached. */
let everyone: TestUser;
/** Ids and cursors of what is there. */
const known: string[] = [];
beforeAll(async () => {
  server = await startTestServer();
  everyone = await server.aUser('ADMIN', 'AUDITOR', 'MANAGER', 'STAFF');
  const victim = await server.aUser('STAFF');
  const { data } = await ask(`mutation { createRoom(
    input: { name: "Known", floor: 1, groups: [STAFF] }) { id } }`);
  const page = await ask('{ users(first: 1) { pageInfo { endCursor } } }');
  known.push(victim.id, victim.id.toUpperCase(), data.createRoom.id);
  known.push(page.data.users.pageInfo.endCursor);
});
afterAll(() => server.stop());

const ask = (query: string, variables: Readonly<Record<string, unknown>> = {}) =>
  server.ask(query, { token: everyone.accessToken, variables });

const toCursor = (text: string) => Buffer.from(text).toString('base64url');

const strings = () =>
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.string({ maxLength: 20 }),
    fc.uuid(),
    fc.uuid().map((id) => toCursor(`id:${id}`)),
    fc.string({ unit: 'binary' }).map((text) => toCursor(`id:${text}`)),
    fc.constantFrom(...known),
    fc.constantFrom(
      '',
      '\0',
      '\ud800',
      '%',
      '\\',
      "'; DROP TABLE users; --",
      '{}',
      'null',
      'x'.repeat(9_000),
      '{00000000-0000-7000-8000-000000000000}',
      '000000000000700080000000000000ff',
      'ﷺ'.repeat(18),
      '\u202e',
      'İ'.repeat(64),
      'a\u0301'.repeat(60),
      '😀'.repeat(100),
    ),
  );

const dates = () =>
  fc.oneof(
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    fc.constantFrom(
      '9999-12-31T23:59:59.999Z',
      '9999-12-31T23:59:59-12:00',
      '9999-12-31T23:59:60Z',
      '0000-01-01T00:00:00Z',
      '0001-01-01T00:00:00+14:00',
      '2026-02-30T00:00:00Z',
      '2030-01-01T00:00:00.123456789Z',
      '2030-01-01T24:00:00Z',
      '+275760-09-13T00:00:00Z',
    ),
    strings(),
  );

const numbers = () =>
  fc.oneof(
    fc.integer(),
    fc.integer({ min: -3, max: 103 }),
    fc.constantFrom(0, -1, 2_147_483_647, -2_147_483_648, 2_147_483_648, 1.5, 1e308, -0),
  );

/** Mostly values of the type, and now and then of another one. */
function valuesOf(type: GraphQLInputType): fc.Arbitrary<unknown> {
  if (isNonNullType(type)) return valuesOf(type.ofType);
  return fc.oneof(
    { weight: 9, arbitrary: valuesOfKind(type) },
    { weight: 1, arbitrary: fc.oneof(fc.constant(null), fc.jsonValue(), strings(), numbers()) },
  );
}

function valuesOfKind(type: GraphQLInputType): fc.Arbitrary<unknown> {
  if (isListType(type)) return fc.array(valuesOf(type.ofType), { maxLength: 5 });
  if (isEnumType(type)) return fc.constantFrom(...type.getValues().map(({ name }) => name));
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    const requiredKeys = fields.filter((field) => isNonNullType(field.type));
    return fc.record(
      Object.fromEntries(fields.map((field) => [field.name, valuesOf(field.type)])),
      { requiredKeys: requiredKeys.map(({ name }) => name) },
    );
  }
  const named = getNamedType(type).name;
  if (named === 'Int') return numbers();
  if (named === 'DateTime') return dates();
  if (named === 'Boolean') return fc.boolean();
  return strings();
}

/** One root field with a variable for each argument, and with its type's name alone selected. */
function toQuery(kind: 'query' | 'mutation', field: GraphQLField<unknown, unknown>): string {
  const declared = field.args.map(({ name, type }) => `$${name}: ${type}`).join(', ');
  const given = field.args.map(({ name }) => `${name}: $${name}`).join(', ');
  const selection = isLeafType(getNamedType(field.type)) ? '' : ' { __typename }';
  return `${kind} (${declared}) { ${field.name}(${given})${selection} }`;
}

async function expectNoFault(query: string, variables: Readonly<Record<string, unknown>>) {
  const { status, text } = await ask(query, variables);
  expect(status, text).toBeLessThan(500);
  expect(text).not.toMatch(databaseWords);
  expect(text).not.toContain('INTERNAL_SERVER_ERROR');
}

const schema = buildSchema(readTypeDefs().join('\n'));
const rootTypes = [
  { kind: 'query', type: schema.getQueryType() },
  { kind: 'mutation', type: schema.getMutationType() },
] as const;
/** Every root field that has arguments: a new one is tested without a line here. */
const fieldsWithArguments = rootTypes.flatMap(({ kind, type }) =>
  Object.values(type?.getFields() ?? {})
    .filter(({ args }) => args.length > 0)
    .map((field) => ({ kind, name: field.name, field })),
);

describe('whatever a client sends, it is never a fault of ours, and never a word of the database', () => {
  it.each(fieldsWithArguments)('in the arguments of $name', async ({ kind, field }) => {
    const query = toQuery(kind, field);
    const variables = fc.record(
      Object.fromEntries(field.args.map((argument) => [argument.name, valuesOf(argument.type)])),
    );
    await fc.assert(
      fc.asyncProperty(variables, (values) => expectNoFault(query, values)),
      { numRuns: timesOf(30, 4) },
    );
  });

  it('in the arguments of entries, which are below the root', async () => {
    const query = `query ($first: Int, $after: String) {
      rooms(first: 1) { edges { node { entries(first: $first, after: $after) { __typename } } } } }`;
    await fc.assert(
      fc.asyncProperty(fc.record({ first: numbers(), after: strings() }), (values) =>
        expectNoFault(query, values),
      ),
      { numRuns: timesOf(30, 4) },
    );
  });

  it.each(['9999-12-31T23:59:59-12:00', '9999-12-31T23:59:60Z', '2030-01-01T24:00:00Z'])(
    'in a membership that ends at %s',
    async (expiresAt) => {
      const [userId] = known;
      await expectNoFault(
        `mutation ($userId: ID!, $expiresAt: DateTime) {
          grantGroup(userId: $userId, group: STAFF, expiresAt: $expiresAt) {
            memberships { expiresAt }
          }
        }`,
        { userId, expiresAt },
      );
    },
  );

  it('in the text of the operation', async () => {
    const operations = fc.oneof(
      fc.string({ unit: 'binary' }),
      strings().map((text) => `{ user(id: ${JSON.stringify(text)}) { id } }`),
      strings().map((text) => `{ users(search: ${JSON.stringify(text)}) { __typename } }`),
      numbers().map((first) => `{ rooms(first: ${first}) { __typename } }`),
    );
    await fc.assert(
      fc.asyncProperty(operations, (query) => expectNoFault(query, {})),
      { numRuns: timesOf(50, 6) },
    );
  });
});
