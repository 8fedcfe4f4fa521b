import type { Viewer } from '@graphql-gatehouse/authorization';
import {
  causesOf,
  createDecideForAnyVariables,
  createLocateGuard,
  deprecatedUses,
  printVerdict,
  TooManyConditionsError,
} from '@graphql-gatehouse/authorization/reports';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { parse, Source } from 'graphql';
import { describe, expect, it } from 'vitest';
import { compareVerdicts } from '../../packages/authorization/src/reports/operations/operation-verdict.ts';
import { anonymous, guardBuilt, holding } from './fixtures.ts';

const sdl = `enum Group { ADMIN EDITOR USER }
enum Policy { SELF OWN }
directive @auth(requires: [Group!], or: [Policy!], rows: [Policy!], maxAge: Int, factors: Int) repeatable on
  OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE
directive @public on FIELD_DEFINITION
directive @references(type: String!, rows: [Policy!]) on ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION
type Query {
  free(x: Int, in: In, color: Color, one: One): Int @public
  must(in: In!, one: Endless, holder: Holder): Int @public
  admin: Int @auth(requires: [ADMIN])
  mine: T @auth(requires: [ADMIN], or: [SELF])
  any: Any @auth
  note(id: ID @references(type: "Note")): Note @public
  named(id: ID! @references(type: "T", rows: [OWN])): Int @public
  strong: Int @auth(factors: 2)
  strongOrMine: Int @auth(or: [SELF], factors: 2)
  old: Int @public @deprecated
  olds(old: Int @deprecated, in: OldIn, color: OldColor): Int @public
}
type T { id: ID name: String @auth(requires: [EDITOR]) }
type Secret @auth(requires: [ADMIN]) { id: ID note: Note }
union Any = T | Secret
type Note @auth(requires: [ADMIN], rows: [OWN]) { id: ID next: Note! }
input In { color: Color! = RED must: Color! admin: Int @auth(requires: [ADMIN]) in: In }
input One @oneOf { admin: Int @auth(requires: [ADMIN]) color: Color one: One }
input Endless @oneOf { next: Endless }
input Holder { endless: Endless! }
input OldIn { old: Int @deprecated list: [OldIn!] }
enum OldColor { OLD @deprecated NEW }
enum Color { RED @auth(requires: [ADMIN]) BLUE @auth }
`;

const schema = makeExecutableSchema({ typeDefs: parse(new Source(sdl, 'world.graphql')) });
const rows = { reads: [], admits: () => true, where: () => ({}) };
const { source, requirements } = guardBuilt(schema, { policies: { SELF: () => true, OWN: rows } });

const verdictOf = (operation: string, viewer: Viewer = holding()) =>
  createDecideForAnyVariables({ schema: source, requirements }, parse(operation))(viewer);
const printed = (operation: string, viewer?: Viewer) => printVerdict(verdictOf(operation, viewer));

const apiClient: Viewer = {
  isAuthenticated: true,
  groups: new Set(),
  authenticatedAt: 'EACH_REQUEST',
};

describe('a verdict for any variables', () => {
  it.each([
    { operation: '{ free }', verdict: 'allowed' },
    { operation: '{ admin }', verdict: 'refused: Query.admin' },
    {
      operation: 'query ($a: Boolean!) { admin @include(if: $a) }',
      verdict: 'depends: Query.admin with $a',
    },
    {
      operation:
        'query ($a: Boolean = true, $b: Boolean!) { ... @skip(if: $a) { mine { name @include(if: $b) } } }',
      verdict: 'depends: T.name with $a and $b',
    },
    {
      title: 'one of two selections is always there',
      operation: 'query ($a: Boolean!) { admin @include(if: $a) mine @skip(if: $a) { name } }',
      verdict: 'refused: Query.admin',
    },
    {
      title: 'one of two selections is never refused',
      operation: 'query ($a: Boolean!) { admin @include(if: $a) free @skip(if: $a) }',
      verdict: 'depends: Query.admin with $a',
    },
    {
      title: 'a value that must be supplied can be one that the viewer may supply',
      operation: 'query ($c: Color!) { free(color: $c) }',
      verdict: 'depends: Color.RED with $c',
    },
    {
      title: 'a default that is guarded can be replaced by null',
      operation: 'query ($c: Color = RED) { free(color: $c) }',
      verdict: 'depends: Color.RED with $c',
    },
    {
      title: 'null is no value where none is accepted',
      operation: 'query ($in: In = { must: RED }) { must(in: $in) }',
      viewer: anonymous,
      verdict: 'refused: Color.RED',
    },
    {
      title: 'the one member can be one that the viewer may supply',
      operation: 'query ($one: One!) { free(one: $one) }',
      verdict: 'depends: One.admin with $one',
    },
    {
      title: 'input of input is supplied too',
      operation: 'query ($in: In) { free(in: { must: BLUE, in: $in }) }',
      verdict: 'depends: Color.RED with $in',
    },
    {
      title: 'a type without a value that ends has no least value',
      operation: 'query ($one: Endless!) { must(in: { must: BLUE }, one: $one) }',
      verdict: 'allowed',
    },
    {
      title: 'neither has input that needs one',
      operation: 'query ($holder: Holder!) { must(in: { must: BLUE }, holder: $holder) }',
      verdict: 'allowed',
    },
    {
      title: 'conditions without variables, and other directives, select nothing else',
      operation: 'query ($x: Int) { admin @skip(if: true) free(x: $x) @log(x: $x) }',
      verdict: 'allowed',
    },
    { operation: '{ mine { id } }', verdict: 'allowed, depends: policy' },
    { operation: '{ any { __typename } }', verdict: 'allowed, depends: type' },
    { operation: '{ note { id } }', verdict: 'allowed, narrowed' },
    // What is below a field that is always refused is never narrowed.
    { operation: '{ any { ... on Secret { note { id } } } }', verdict: 'allowed, depends: type' },
    {
      operation: 'query ($id: ID) { note(id: $id) { next { id } } }',
      verdict: 'allowed, narrowed, depends: policy and id',
    },
    { operation: 'query ($id: ID!) { named(id: $id) }', verdict: 'allowed, depends: id' },
    {
      operation: 'query ($id: ID) { note(id: $id) { id } }',
      viewer: holding('ADMIN'),
      verdict: 'allowed',
    },
    { operation: '{ strong }', verdict: 'allowed, factors 2' },
    { operation: '{ strong }', viewer: apiClient, verdict: 'refused: Query.strong' },
    { operation: '{ strongOrMine }', verdict: 'allowed, factors 2, depends: policy' },
    { operation: '{ strongOrMine }', viewer: apiClient, verdict: 'refused: Query.strongOrMine' },
    { operation: '{ strong admin }', viewer: apiClient, verdict: 'refused: Query.admin' },
    { operation: '{ mine { id } free }', viewer: apiClient, verdict: 'allowed, depends: policy' },
  ])('is "$verdict" for $operation: $title', ({ operation, viewer, verdict }) => {
    expect(printed(operation, viewer)).toBe(verdict);
  });

  it('says that ids depend for anonymous viewers, who have no rows', () => {
    const { source, requirements } = guardBuilt(
      makeExecutableSchema({
        typeDefs: `enum Group { A } enum Policy { OWN }
          directive @auth(requires: [Group!], rows: [Policy!]) on OBJECT | FIELD_DEFINITION
          directive @public on FIELD_DEFINITION
          directive @references(type: String!) on ARGUMENT_DEFINITION
          type Query { a(id: ID @references(type: "Note")): Int @public notes: [Note] @auth }
          type Note @auth(rows: [OWN]) { id: ID }`,
      }),
      { policies: { OWN: rows } },
    );
    const document = parse('query ($id: ID) { a(id: $id) }');
    const decide = createDecideForAnyVariables({ schema: source, requirements }, document);
    expect(printVerdict(decide(anonymous))).toBe('allowed, depends: id');
  });

  it('refuses a document without exactly one operation, and too many variables in @skip and @include', () => {
    expect(() => verdictOf('query A { free } query B { free }')).toThrow(RangeError);
    const names = Array.from({ length: 9 }, (_, index) => `$v${index}`);
    const selections = names.map(
      (name, index) => `a${index}: free @skip(if: ${name}) b${index}: free @include(if: ${name})`,
    );
    const definitions = names.map((name) => `${name}: Boolean!`).join(' ');
    expect(() => verdictOf(`query (${definitions}) { ${selections.join(' ')} }`)).toThrow(
      TooManyConditionsError,
    );
  });

  it('leaves out a variable of an unknown type', () => {
    expect(printed('query ($a: Lost) { free }')).toBe('allowed');
  });
});

describe('the causes of a verdict', () => {
  const locate = createLocateGuard(source);
  const placesOf = (operation: string, viewer?: Viewer) =>
    causesOf(verdictOf(operation, viewer)).map(({ coordinate, clauses }) => [
      coordinate,
      ...clauses.map((clause) => lineAt(locate(coordinate, clause))),
    ]);

  const lineAt = (place = '') =>
    sdl.split('\n')[Number(place.replace('world.graphql:', '')) - 1]?.trim();

  it.each([
    { operation: '{ admin }', places: [['Query.admin', 'admin: Int @auth(requires: [ADMIN])']] },
    {
      operation: '{ strong }',
      viewer: apiClient,
      places: [['Query.strong', 'strong: Int @auth(factors: 2)']],
    },
    {
      operation: '{ mine { name } }',
      places: [['T.name', 'type T { id: ID name: String @auth(requires: [EDITOR]) }']],
    },
    {
      operation: '{ any { __typename } }',
      places: [['Secret', 'type Secret @auth(requires: [ADMIN]) { id: ID note: Note }']],
    },
    {
      operation: '{ free(in: { must: RED }) }',
      places: [['Color.RED', 'enum Color { RED @auth(requires: [ADMIN]) BLUE @auth }']],
    },
    {
      operation: 'query ($id: ID) { note(id: $id) { id } }',
      places: [
        ['Query.note', 'type Note @auth(requires: [ADMIN], rows: [OWN]) { id: ID next: Note! }'],
        ['Query.note', 'type Note @auth(requires: [ADMIN], rows: [OWN]) { id: ID next: Note! }'],
      ],
    },
  ])('of $operation have their lines in SDL', ({ operation, viewer, places }) => {
    expect(placesOf(operation, viewer)).toEqual(places);
  });
});

describe('the comparison of verdicts', () => {
  const fromGoodToBad = [
    'no verdict',
    'allowed',
    'allowed, narrowed',
    'allowed, maxAge 600',
    'allowed, narrowed, maxAge 600',
    'allowed, maxAge 60',
    'allowed, factors 2',
    'allowed, depends: policy',
    'allowed, maxAge 600, depends: policy',
    'allowed, depends: policy and id',
    'depends: Query.users(all:) with $all',
    'refused: Query.users',
  ];

  it('orders them from good to bad', () => {
    for (const [index, verdict] of fromGoodToBad.entries()) {
      const worse = fromGoodToBad
        .slice(index + 1)
        .map((each) => compareVerdicts(verdict, each) > 0);
      const better = fromGoodToBad
        .slice(0, index)
        .map((each) => compareVerdicts(verdict, each) < 0);
      expect([...worse, ...better]).not.toContain(false);
    }
  });

  it('takes refusals at other coordinates for the same', () => {
    expect(compareVerdicts('refused: Query.a', 'refused: Query.b')).toBe(0);
  });
});

it('lists the deprecated fields, arguments, input fields and enum values of a document', () => {
  const document = parse(
    '{ old a: old free(x: 1) @skip(if: false) olds(old: 1, in: { list: [{ old: 1 }] }, color: OLD) }',
  );
  expect(deprecatedUses(source, document)).toEqual([
    'Query.old',
    'Query.olds(old:)',
    'OldIn.old',
    'OldColor.OLD',
  ]);
});
