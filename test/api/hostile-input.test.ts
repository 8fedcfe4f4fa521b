import { randomUUID } from 'node:crypto';
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTypeDefs } from '../support/rooms-project.ts';
import { isWhole } from '../support/sample.ts';
import type { TestServer, TestUser } from '../support/test-server.ts';
import { startTestServer, userPassword } from '../support/test-server.ts';

/** Stands in every hostile value, and must come back in no answer and no line of the log. */
const mark = 'hunter7f3e';

let server: TestServer;
/** Holds every group, so that every root field is reached. */
let everyone: TestUser;
/** The same, for what renews a session: older tokens of it have then proved nothing. */
let renewed: TestUser;
let victim: TestUser;
let roomId: string;
beforeAll(async () => {
  server = await startTestServer();
  everyone = await server.aUser('ADMIN', 'AUDITOR', 'MANAGER', 'STAFF');
  renewed = await server.aUser('ADMIN', 'AUDITOR', 'MANAGER', 'STAFF');
  victim = await server.aUser('STAFF');
  const query = 'mutation { createRoom(input: { name: "Lab", floor: 1, groups: [] }) { id } }';
  roomId = (await server.ask(query, { token: everyone.accessToken })).data.createRoom.id;
});
afterAll(() => server.stop());

const schema = buildSchema(readTypeDefs().join('\n'));

/** One place of the schema that takes a scalar: an argument, or a field of an input below one. */
interface Slot {
  readonly coordinate: string;
  readonly kind: 'query' | 'mutation';
  readonly field: GraphQLField<unknown, unknown>;
  /** From the argument on. */
  readonly path: readonly string[];
  readonly scalar: string;
}

function slotsBelow(
  type: GraphQLInputType,
  path: readonly string[],
): [readonly string[], string][] {
  const nullable = getNullableType(type);
  if (isListType(nullable) || isEnumType(nullable)) return [];
  if (!isInputObjectType(nullable)) return [[path, getNamedType(nullable).name]];
  return Object.values(nullable.getFields()).flatMap((field) =>
    slotsBelow(field.type, [...path, field.name]),
  );
}

/** Made from the schema: a new argument is tested without a line here. */
const slots: readonly Slot[] = [
  { kind: 'query' as const, type: schema.getQueryType() },
  { kind: 'mutation' as const, type: schema.getMutationType() },
].flatMap(({ kind, type }) =>
  Object.values(type?.getFields() ?? {}).flatMap((field) =>
    field.args.flatMap((argument) =>
      slotsBelow(argument.type, [argument.name]).map(([path, scalar]) => ({
        coordinate: `${field.name}(${path.join('.')}:)`,
        kind,
        field,
        path,
        scalar,
      })),
    ),
  ),
);

/** A value that is right for an argument of a root field, so that the hostile one beside it is looked at. */
function rightValue(type: GraphQLInputType, name: string, rootField: string): unknown {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return [];
  if (isEnumType(nullable)) return 'STAFF';
  if (isInputObjectType(nullable)) {
    const required = Object.values(nullable.getFields()).filter((each) => isNonNullType(each.type));
    return Object.fromEntries(
      required.map((each) => [each.name, rightValue(each.type, each.name, rootField)]),
    );
  }
  if (nullable.toString() === 'Int') return 1;
  if (nullable.toString() === 'ID') return rootField.endsWith('Room') ? roomId : victim.id;
  return /password/i.test(name) ? userPassword : `u${randomUUID().slice(0, 8)}`;
}

/** `into` with this value at a path in it. */
function put(value: unknown, [key = '', ...rest]: readonly string[], into: unknown) {
  const object = typeof into === 'object' && into !== null ? into : {};
  const below: unknown = rest.length === 0 ? value : put(value, rest, Reflect.get(object, key));
  return { ...object, [key]: below };
}

/** Asks the root field of a slot, with this value in it and right ones in all that is required beside it. */
async function askWith({ kind, field, path }: Slot, value: unknown) {
  const args = field.args.filter(({ name, type }) => name === path[0] || isNonNullType(type));
  const declared = args.map(({ name, type }) => `$${name}: ${type}`).join(', ');
  const given = args.map(({ name }) => `${name}: $${name}`).join(', ');
  const selection = isLeafType(getNamedType(field.type)) ? '' : '{ __typename }';
  const right = Object.fromEntries(
    args.map(({ name, type }) => [name, rightValue(type, name, field.name)]),
  );
  const query = `${kind} (${declared}) { ${field.name}(${given}) ${selection} }`;
  const renews = field.name === 'changePassword' || field.name === 'reauthenticate';
  const { accessToken: token } = renews ? renewed : everyone;
  return server.ask(query, { token, variables: put(value, path, right) });
}

const isText = ({ scalar }: Slot) => scalar === 'String' || scalar === 'ID';

/** What no text of this API may be: each of it is refused, or names nothing. */
const hostileTexts = {
  'a text of 20,000 characters': mark.repeat(2_000),
  'a NUL': `${mark}\0`,
  'half of a surrogate pair': `${mark}\ud83d`,
  'the other half': `\udc00${mark}`,
  'a control character': `${mark}\u0007`,
};

/** What no text is. */
const otherTypes = {
  'an operator': { equals: mark },
  'an operator in a list': [{ contains: mark }],
  'a list': [mark, mark],
  'a list in a list': [[mark]],
  'an object that is keyed by it': { [mark]: 1, ' at "input.x"': mark },
  true: true,
  'a fraction': 1.5,
};

/** What may be a text, and must do nothing beyond being one. */
const oddTexts = {
  'a number, which GraphQL takes for an ID': 1e308,
  'a statement': `'; DROP TABLE users; -- ${mark}`,
  'a pattern': `%_\\${mark}`,
  'an empty text': '',
  'a cursor of something else': Buffer.from(`id:${mark}`).toString('base64url'),
  'a number below zero': `-1${mark}`,
  'text that turns round': `\u202e${mark}`,
  'a prototype': `__proto__.${mark}`,
  markup: `<script>${mark}</script>\${jndi:${mark}}`,
};

const numbers = {
  'more than an Int': 2_147_483_648,
  'less than an Int': -2_147_483_649,
  'the largest Int': 2_147_483_647,
  'the least Int': -2_147_483_648,
  'a fraction': 1.5,
  'beyond all': 1e308,
  'a text': mark,
};

/** Returns every third value for a place, and other ones for the next place; all of them in the whole samples. */
const valuesFor = <Value>(slot: Slot, values: Readonly<Record<string, Value>>): [string, Value][] =>
  Object.entries(values).filter(
    (_each, index) => isWhole || (index + slots.indexOf(slot)) % 3 === 0,
  );

async function expectAnswered(slot: Slot, value: unknown) {
  const answer = await askWith(slot, value);
  expect(answer.status, answer.text).toBeLessThan(500);
  expect(answer.text).not.toContain('INTERNAL_SERVER_ERROR');
  expect(answer.text).not.toContain(mark);
  return answer;
}

describe('any value of a text or an id is answered cleanly and never quoted', () => {
  it.each(slots.filter(isText))('$coordinate', async (slot) => {
    for (const [what, value] of valuesFor(slot, hostileTexts)) {
      const { data, text } = await expectAnswered(slot, value);
      expect(data?.[slot.field.name] ?? null, `${what}: ${text}`).toBeNull();
    }
    for (const [what, value] of valuesFor(slot, otherTypes)) {
      const { status, code, text } = await expectAnswered(slot, value);
      const facts = { status, code };
      expect(facts, `${what}: ${text}`).toEqual({ status: 400, code: 'BAD_USER_INPUT' });
    }
    for (const [, value] of valuesFor(slot, oddTexts)) await expectAnswered(slot, value);
  });

  it('so are numbers of every size', async () => {
    for (const slot of slots.filter(({ scalar }) => scalar === 'Int')) {
      for (const [what, value] of valuesFor(slot, numbers)) {
        const { status, code } = await expectAnswered(slot, value);
        expect(code, `${slot.coordinate} ${what}`).toBe('BAD_USER_INPUT');
        // A field that may be null leaves the rest of the answer.
        const statuses = isNonNullType(slot.field.type) ? [400] : [200, 400];
        expect(statuses, `${slot.coordinate} ${what}`).toContain(status);
      }
    }
  });

  it('and every scalar of an argument is one that is tested here', () => {
    expect(slots.length).toBeGreaterThanOrEqual(40);
    expect(new Set(slots.map(({ scalar }) => scalar))).toEqual(
      new Set(['String', 'ID', 'Int', 'Boolean', 'DateTime']),
    );
  });

  it('and no line of the log holds it', () => {
    expect(server.logLines.join('\n')).not.toContain(mark);
  });
});

describe('a moment', () => {
  const grant = `mutation ($id: ID!, $expiresAt: DateTime) {
    grantGroup(userId: $id, group: AUDITOR, expiresAt: $expiresAt) {
      memberships { group expiresAt } } }`;

  it.each<[string, string | undefined]>([
    ['2030-01-01T00:00:00Z', '2030-01-01T00:00:00.000Z'],
    ['2030-01-01T00:00:00+14:00', '2029-12-31T10:00:00.000Z'],
    ['2030-01-01T00:00:00.123456789Z', '2030-01-01T00:00:00.123Z'],
    ['2096-02-29T00:00:00Z', '2096-02-29T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    ['2030-02-30T00:00:00Z', undefined],
    ['2030-13-01T00:00:00Z', undefined],
    ['2030-01-01', undefined],
    ['+275760-09-13T00:00:00Z', undefined],
    ['+010000-01-01T00:00:00Z', undefined],
    ['0000-01-01T00:00:00Z', undefined],
    [`2030-01-01T00:00:00Z ${mark}`, undefined],
  ])('%s is kept as %s', async (expiresAt, kept) => {
    const variables = { id: victim.id, expiresAt };
    const { status, data, text } = await server.ask(grant, {
      token: everyone.accessToken,
      variables,
    });
    expect(text).not.toContain(mark);
    if (kept === undefined) return expect(status, text).toBe(400);
    const memberships: { group: string; expiresAt: string }[] = data.grantGroup.memberships;
    expect(memberships.filter(({ group }) => group === 'AUDITOR').at(-1)?.expiresAt).toBe(kept);
  });
});
