import { readdirSync, readFileSync } from 'node:fs';
import {
  createFindRule,
  decideOperation,
  decideRequirement,
} from '@graphql-gatehouse/authorization/decision';
import { printGuardedSchema } from '@graphql-gatehouse/authorization/reports';
import {
  compileGuards,
  compileNeeds,
  compileRules,
  coordinatesOf,
  schemaHash,
} from '@graphql-gatehouse/authorization/rules';
import { buildSchema, parse, visit } from 'graphql';
import { describe, expect, it } from 'vitest';
import { anonymous, holding } from './fixtures.ts';

const sdl = `
  directive @auth(requires: [Group!], or: [Policy!]) repeatable on OBJECT | FIELD_DEFINITION
    | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE
  directive @public on FIELD_DEFINITION
  enum Group { ADMIN STAFF }
  enum Policy { SELF }
  enum Level { LOW HIGH @auth(requires: [ADMIN]) }
  input Filter { name: String, level: Level, hidden: Boolean @auth(requires: [ADMIN]), and: [Filter!] }
  type Query {
    version(short: Boolean): String @public
    users(all: Boolean @auth(requires: [ADMIN]), filter: Filter, level: Level): [User!] @auth
    found: Found @auth
  }
  type User { id: ID!, email: String @auth(requires: [ADMIN], or: [SELF]), level: Level }
  type Secret @auth(requires: [ADMIN]) { id: ID! }
  union Found = User | Secret
`;
const guards = compileGuards(buildSchema(sdl));
const rules = compileRules(guards);
const find = createFindRule(rules);

/** Decides an operation as a viewer in `groups`; null: anonymous. */
function decide(text: string, groups: readonly string[] | null, variables: object = {}) {
  const needs = compileNeeds(guards, parse(text));
  if (needs === undefined) throw new Error('There is no operation.');
  const viewer = groups === null ? anonymous : holding(...groups);
  return decideOperation({ ...needs, find, variables }, viewer);
}

describe('the rules of a schema for front ends', () => {
  it('have every coordinate with its requirement', () => {
    for (const coordinate of coordinatesOf(guards.schema)) {
      expect(find(coordinate)?.requirement).toEqual(guards.requirements.at(coordinate));
    }
  });

  it.each(['Query.user', 'Query', 'Query.users(first:)', 'User.constructor', '', 'users'])(
    'have no rule for "%s", unless it is a type',
    (coordinate) => {
      expect(find(coordinate) === undefined).toBe(coordinate !== 'Query');
    },
  );

  it('decide by groups, and leave policies open', () => {
    const email = find('User.email')?.requirement ?? [];
    expect([
      decideRequirement(email, anonymous),
      decideRequirement(email, holding('STAFF')),
      decideRequirement(email, holding('ADMIN')),
    ]).toEqual(['denied', 'depends', 'allowed']);
  });

  it('have nothing of a damaged table', () => {
    const findDamaged = createFindRule({ requirements: [], types: { A: ':0 b:3 ? c' } });
    expect(['A', 'A.b', 'A.c'].map((each) => findDamaged(each)?.requirement)).toEqual([
      undefined,
      undefined,
      [],
    ]);
  });

  it('are decided without graphql', () => {
    const folder = new URL('../../packages/authorization/src/decision/', import.meta.url);
    const importing = readdirSync(folder).filter((file) =>
      readFileSync(new URL(file, folder), 'utf8').includes("from 'graphql'"),
    );
    expect(importing).toEqual([]);
  });
});

describe('the needs of an operation', () => {
  it.each([
    { text: '{ version }', anonymous: 'allowed', groupless: 'allowed', admin: 'allowed' },
    { text: '{ users { id } }', anonymous: 'denied', groupless: 'allowed', admin: 'allowed' },
    { text: '{ users { email } }', anonymous: 'denied', groupless: 'depends', admin: 'allowed' },
    {
      text: '{ users(all: true) { id } }',
      anonymous: 'denied',
      groupless: 'denied',
      admin: 'allowed',
    },
    {
      text: '{ users(level: HIGH) { id } }',
      anonymous: 'denied',
      groupless: 'denied',
      admin: 'allowed',
    },
    { text: '{ users { level } }', anonymous: 'denied', groupless: 'depends', admin: 'allowed' },
    {
      text: '{ found { __typename } }',
      anonymous: 'denied',
      groupless: 'depends',
      admin: 'allowed',
    },
  ])('of $text decide it', ({ text, ...expected }) => {
    expect({
      anonymous: decide(text, null),
      groupless: decide(text, []),
      admin: decide(text, ['ADMIN']),
    }).toEqual(expected);
  });

  it.each([
    { variables: {}, outcome: 'allowed' },
    { variables: { all: undefined }, outcome: 'allowed' },
    { variables: { all: null }, outcome: 'denied' },
    { variables: { filter: { name: 'a', and: [{ name: 'b' }] } }, outcome: 'allowed' },
    { variables: { filter: { and: [{ name: 'b' }, { hidden: false }] } }, outcome: 'denied' },
    { variables: { filter: { and: { level: 'LOW' } } }, outcome: 'allowed' },
    { variables: { filter: { and: { level: 'HIGH' } } }, outcome: 'denied' },
    { variables: { filter: { hidden: undefined } }, outcome: 'allowed' },
  ])('look into the variables $variables', ({ variables, outcome }) => {
    const text =
      'query ($all: Boolean, $filter: Filter) { users(all: $all, filter: $filter) { id } }';
    expect(decide(text, [], variables)).toBe(outcome);
  });

  it.each([
    { variables: {}, outcome: 'denied' },
    { variables: { level: 'LOW' }, outcome: 'allowed' },
  ])('know the default of a variable, with $variables', ({ variables, outcome }) => {
    const text = 'query ($level: Level = HIGH) { users(level: $level) { id } }';
    expect(decide(text, [], variables)).toBe(outcome);
  });

  it.each([
    { variables: {}, outcome: 'allowed' },
    { variables: { hides: false }, outcome: 'denied' },
  ])('know the default of a condition, with $variables', ({ variables, outcome }) => {
    const text = 'query ($hides: Boolean! = true) { version users @skip(if: $hides) { id } }';
    expect(decide(text, null, variables)).toBe(outcome);
  });

  it.each([
    { variables: { a: true, b: false }, outcome: 'depends' },
    { variables: { a: true, b: true }, outcome: 'allowed' },
    { variables: { a: false, b: false }, outcome: 'allowed' },
    { variables: { b: false }, outcome: 'allowed' },
  ])('keep @skip and @include as conditions, with $variables', ({ variables, outcome }) => {
    const text = `query ($a: Boolean! = false, $b: Boolean!) {
      users { id ... @include(if: $a) { email @skip(if: $b) } }
    }`;
    expect(decide(text, [], variables)).toBe(outcome);
  });

  it('are short: each requirement once, and nothing that has none', () => {
    const text =
      'query ($a: Boolean!) { version users { id email @include(if: $a) email2: email } }';
    expect(compileNeeds(guards, parse(text))).toEqual({
      needs: [{ at: 'Query.users' }, { at: 'User.email' }],
    });
  });

  it.each([
    { variables: {}, outcome: 'allowed' },
    { variables: { a: true }, outcome: 'denied' },
    { variables: { b: true }, outcome: 'denied' },
  ])('keep each variable with the same requirement, with $variables', (given) => {
    const text =
      'query ($a: Boolean, $b: Boolean) { users(all: $a, filter: { hidden: $b }) { id } }';
    expect(decide(text, [], given.variables)).toBe(given.outcome);
  });

  it('are those of a document that leaves out what is empty', () => {
    const document = visit(parse('{ users { id } }'), {
      OperationDefinition: ({ variableDefinitions, ...operation }) => operation,
    });
    expect(compileNeeds(guards, document)).toEqual({ needs: [{ at: 'Query.users' }] });
  });

  it.each([
    ['{ users { id } found { ... on User { id } } }', undefined],
    [
      '{ users @include(if: $a) { id } more: users @include(if: $b) { id } }',
      [
        ['a', '!b'],
        ['!a', 'b'],
        ['a', 'b'],
      ],
    ],
    ['{ users @skip(if: $a) { id } found @include(if: $a) { ... on User { id } } }', undefined],
    ['{ version users @include(if: $a) { id @skip(if: $b) } }', [['a']]],
    ['{ version ... @include(if: $a) { users @skip(if: $b) { id } } }', [['a', '!b']]],
  ])('join the conditions of %s', (selection, when) => {
    const text = `query ($a: Boolean!, $b: Boolean!) ${selection}`;
    const [need] = compileNeeds(guards, parse(text))?.needs ?? [];
    expect(need).toEqual({ at: 'Query.users', ...(when && { when }) });
  });

  it('leave out defaults that decide nothing', () => {
    const text = 'query ($short: Boolean = true) { version(short: $short) }';
    expect(compileNeeds(guards, parse(text))).toEqual({ needs: [] });
  });

  it('are left to the server, where they have too many conditions', () => {
    const names = 'abcdefghi'.split('');
    const text = `query (${names.map((name) => `$${name}: Boolean!`)}) {
      version ${names.map((name) => `${name}: version @include(if: $${name})`).join(' ')}
    }`;
    expect(decide(text, ['ADMIN'])).toBe('depends');
  });

  it.each([
    { count: 4, outcome: 'denied' },
    { count: 5, outcome: 'depends' },
  ])('of one field with $count alternative conditions give "$outcome"', ({ count, outcome }) => {
    const names = 'abcde'.slice(0, count).split('');
    const text = `query (${names.map((name) => `$${name}: Boolean!`)}) {
      version ${names.map((name) => `${name}: users(all: true) @include(if: $${name}) { id }`).join(' ')}
    }`;
    expect(decide(text, null, { b: true })).toBe(outcome);
    expect(decide(text, ['ADMIN'], { b: true })).toBe('allowed');
  });

  it('are none of a fragment alone', () => {
    expect(compileNeeds(guards, parse('fragment A on Query { version }'))).toBeUndefined();
  });
});

describe('the hash of a schema', () => {
  const hash = schemaHash(guards.schema);

  it('has 16 digits, and is that of the printed schema', () => {
    expect(hash).toMatch(/^[0-9a-f]{16}$/);
    expect(schemaHash(buildSchema(printGuardedSchema(guards.schema)))).toBe(hash);
  });

  it.each([
    { change: 'description', from: 'type User', to: '"Who."\ntype User', isSame: true },
    {
      change: 'group',
      from: 'email: String @auth(requires: [ADMIN]',
      to: 'email: String @auth(requires: [STAFF]',
      isSame: false,
    },
    { change: 'policy', from: ', or: [SELF])', to: ')', isSame: false },
    { change: 'type', from: 'id: ID!, email', to: 'id: Int!, email', isSame: false },
  ])('with another $change is the same: $isSame', ({ from, to, isSame }) => {
    expect(schemaHash(buildSchema(sdl.replace(from, to))) === hash).toBe(isSame);
  });

  it('does not depend on the order of types', () => {
    const reversed = sdl
      .split(/\n(?= {2}(?:type|union|enum|input|directive))/)
      .reverse()
      .join('\n');
    expect(schemaHash(buildSchema(reversed))).toBe(hash);
  });
});
