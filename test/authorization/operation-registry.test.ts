import {
  compareRegistries,
  createLocateGuard,
  type OperationVerdict,
  operationColumns,
  printRegistryChange,
  printVerdict,
  toRegistryMarkdown,
} from '@graphql-gatehouse/authorization/reports';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { buildSchema, GraphQLInt, GraphQLObjectType, GraphQLSchema, parse, Source } from 'graphql';
import { describe, expect, it } from 'vitest';

const allowed: OperationVerdict = { outcome: 'allowed', narrowed: false, depends: [], causes: [] };
const refused = (coordinate: string): OperationVerdict => ({
  outcome: 'refused',
  coordinate,
  clauses: [],
});

/** A registry of one file, whose viewers are in no group, in `A`, and in both groups. */
const registry = (operations: Readonly<Record<string, readonly OperationVerdict[]>>, cost = 1) =>
  toRegistryMarkdown({
    columns: operationColumns(['A'], [['A', 'B']]).map(({ name }) => name),
    files: [
      {
        name: 'web',
        operations: Object.entries(operations).map(([name, cells]) => ({
          name,
          cost,
          deprecated: cost > 1 ? ['Query.old'] : [],
          cells,
          verdicts: cells.map(printVerdict),
        })),
      },
    ],
    notes: cost > 1 ? ['**A** is held by sessions that have confirmed 2 kinds of factors.'] : [],
  });

const changes = (before: string, after: string) =>
  compareRegistries(before, after).map(printRegistryChange);

const all = [allowed, allowed, allowed, allowed, allowed];

describe('a registry of operations', () => {
  it('has a line for each operation and a column for each kind of viewer', () => {
    const markdown = registry({ Users: [refused('Query.users'), ...all.slice(1)] }, 7);
    expect(markdown.split('\n').slice(-6)).toEqual([
      '## web',
      '',
      '| operation | cost | deprecated | anonymous | authenticated | API client | A | A + B |',
      '|---|---|---|---|---|---|---|---|'.replaceAll('---', ' --- '),
      '| `Users` | 7 | `Query.old` | refused: Query.users | allowed | allowed | allowed | allowed |',
      '',
    ]);
    expect(markdown).toContain('- **A** is held by');
  });

  it('is the same as itself', () => {
    expect(changes(registry({ Users: all }), registry({ Users: all }))).toEqual([]);
  });

  it('shows what is worse, what opens and what else changed, with equal changes together', () => {
    const before = registry({ Users: all, Rooms: [refused('Query.rooms'), ...all.slice(1)] });
    const [no, other] = [refused('Query.users'), refused('Query.x')];
    const after = registry({ Users: [no, no, allowed, other, allowed], Rooms: all }, 7);
    expect(changes(before, after)).toEqual([
      'changed  Users (web) for cost: 1 -> 7',
      'changed  Users (web) for deprecated: nothing -> Query.old',
      'worse    Users (web) for anonymous, authenticated: allowed -> refused: Query.users',
      'worse    Users (web) for A: allowed -> refused: Query.x',
      'changed  Rooms (web) for cost: 1 -> 7',
      'changed  Rooms (web) for deprecated: nothing -> Query.old',
      'opens    Rooms (web) for anonymous: refused: Query.rooms -> allowed',
    ]);
  });

  it('shows what is not deprecated any more', () => {
    expect(changes(registry({ Users: all }, 7), registry({ Users: all }))).toEqual([
      'changed  Users (web) for cost: 7 -> 1',
      'changed  Users (web) for deprecated: Query.old -> nothing',
    ]);
  });

  it('shows another coordinate that refuses as changed, and operations that are new or gone', () => {
    const before = registry({ Users: [refused('Query.a'), ...all.slice(1)], Old: all });
    const after = registry({ Users: [refused('Query.b'), ...all.slice(1)], New: all });
    expect(changes(before, after)).toEqual([
      'changed  Users (web) for anonymous: refused: Query.a -> refused: Query.b',
      'new      New (web)',
      'gone     Old (web)',
    ]);
  });

  it('compares no column that only one of them has', () => {
    const before = registry({ Users: all }).replaceAll(/\|[^|]*\|$/gm, '|');
    expect(changes(before, registry({ Users: all }))).toEqual([]);
  });
});

const sdl = `enum Group { A B }
directive @auth(requires: [Group!]) repeatable on OBJECT | INTERFACE | INPUT_OBJECT | ENUM | FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION
directive @public on FIELD_DEFINITION
type Query { node(in: In, color: Color): Node @public own: Int @auth(requires: [A]) }
interface Node @auth(requires: [A]) {
  id(x: In): Int @auth(requires: [B])
}
type T implements Node { id(x: In): Int own: Int }
input In @auth(requires: [B]) { color: Color
  n: Int }
enum Color @auth(requires: [A]) { RED }`;

describe('the line of a clause', () => {
  const locate = createLocateGuard(
    makeExecutableSchema({ typeDefs: parse(new Source(sdl, 'world.graphql')) }),
  );
  const requiring = (group: string) => ({ requires: [group], or: [] });

  it.each([
    { coordinate: 'Query.own', group: 'A', line: 4, from: 'the field' },
    { coordinate: 'Query.node', group: 'A', line: 5, from: 'the type that it returns' },
    { coordinate: 'T.id', group: 'B', line: 6, from: 'the field of an interface' },
    { coordinate: 'T.id', group: 'A', line: 5, from: 'an interface' },
    { coordinate: 'T.own', group: 'A', line: 5, from: 'an interface without the field' },
    { coordinate: 'Query.node(in:)', group: 'B', line: 9, from: 'the type of the argument' },
    { coordinate: 'T.id(x:)', group: 'B', line: 9, from: 'the type of an inherited argument' },
    { coordinate: 'In.color', group: 'A', line: 11, from: 'the type of the input field' },
    { coordinate: 'In.n', group: 'B', line: 9, from: 'the input type' },
    {
      coordinate: 'In.n',
      group: 'A',
      line: 10,
      from: 'nothing, so that it is that of the element',
    },
  ])('of $coordinate is that of $from', ({ coordinate, group, line }) => {
    expect(locate(coordinate, requiring(group))).toBe(`world.graphql:${line}`);
  });

  it('is unknown for a coordinate that is not there, and for SDL without a file', () => {
    expect(locate('Query.lost', requiring('A'))).toBe(undefined);
    expect(createLocateGuard(buildSchema(sdl))('Query.own', requiring('A'))).toBe(undefined);
  });

  it('is unknown for a guard outside SDL', () => {
    const extensions = { directives: { auth: { requires: ['A'] } } };
    const query = new GraphQLObjectType({
      name: 'Query',
      fields: { own: { type: GraphQLInt, extensions } },
    });
    const { directives, types } = buildSchema(sdl).toConfig();
    const schema = new GraphQLSchema({
      query,
      directives,
      types: types.filter(({ name }) => name === 'Group'),
    });
    expect(createLocateGuard(schema)('Query.own', requiring('A'))).toBe(undefined);
  });
});
