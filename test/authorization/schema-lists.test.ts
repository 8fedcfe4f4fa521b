import {
  findOracles,
  findOtherWays,
  findRowHints,
  findUncheckedIds,
  listFindings,
  listGroupRights,
} from '@graphql-gatehouse/authorization/reports';
import { compileGuards, findReferencePlaces } from '@graphql-gatehouse/authorization/rules';
import { buildSchema } from 'graphql';
import { expect, it } from 'vitest';
import { withPolicies } from './fixtures.ts';

const directives = `${withPolicies}
  directive @references(type: String!) on ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | SCALAR`;

const guarded = compileGuards(
  buildSchema(`${directives}
    scalar NoteId @references(type: "Note")
    type Note @auth(requires: [ADMIN], rows: [SELF]) { id: ID, text: String @auth(requires: [EDITOR, ADMIN]) }
    type Query { note(id: ID @references(type: "Note")): Note @auth, open: Int @public }
    type Mutation {
      name(id: ID! @references(type: "Note"), other: NoteId): Int @auth(requires: [EDITOR])
      join(input: Join!, ids: [ID!] @references(type: "Note")): Int @auth
      loose(input: Join): Int @auth
      none(id: ID, text: String): Int @public
    }
    input Join { from: NoteId!, into: Into!, maybe: Into, again: Join, all: [Into!] }
    input Into { note: ID! @references(type: "Note"), text: String @auth(requires: [EDITOR]) }
  `),
);

const placesAt = (coordinate: string) =>
  (findReferencePlaces(guarded).get(coordinate) ?? []).map(
    ({ argument, typeName, isList, isOptional }) =>
      `${argument}: ${isList ? `[${typeName}]` : typeName}${isOptional ? '' : '!'}`,
  );

it('the ids of rows in the arguments of mutations have a path, a type, and whether they can be left out', () => {
  expect([...findReferencePlaces(guarded).keys()]).toEqual([
    'Mutation.name',
    'Mutation.join',
    'Mutation.loose',
  ]);
  expect(placesAt('Mutation.name')).toEqual(['id: Note!', 'other: Note']);
  expect(placesAt('Mutation.join')).toEqual([
    'input.from: Note!',
    'input.into.note: Note!',
    'input.maybe.note: Note',
    'ids: [Note]',
  ]);
  expect(placesAt('Mutation.loose')).toEqual([
    'input.from: Note',
    'input.into.note: Note',
    'input.maybe.note: Note',
  ]);
});

it('a schema without mutations has no such ids', () => {
  const schema = buildSchema(`${directives} type Query { open: Int @public }`);
  expect(findReferencePlaces(compileGuards(schema)).size).toBe(0);
});

it('the rights of groups are what they admit to, in schema order', () => {
  const { schema, requirements } = guarded;
  const rights = listGroupRights(schema, requirements).map(
    ({ coordinate, groups }) => `${coordinate} ${groups.join()}`,
  );
  expect(rights).toEqual([
    'Note.text EDITOR,ADMIN',
    'Query.note ADMIN',
    'Mutation.name EDITOR',
    'Into.text EDITOR',
  ]);
});

it('all findings are those of each search', () => {
  const { schema, requirements } = guarded;
  const found = [findOtherWays, findUncheckedIds, findOracles, findRowHints].flatMap((find) =>
    find(schema, requirements),
  );
  expect(found.map(({ coordinate }) => coordinate)).toContain('Mutation.none(id:)');
  expect(listFindings(schema, requirements)).toEqual(found);
});
