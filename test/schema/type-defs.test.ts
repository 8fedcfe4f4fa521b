import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { print } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTypeDefs } from '../../src/schema/sdl/type-defs.ts';

let folder: string;
/** Each declares a scalar of its own. */
const files = {
  'src/room/a.graphql': 'A',
  'src/room/b.gql': 'B',
  'src/my rooms/c.graphql': 'C',
  'type.graphql': 'D',
  'schema/{e}.graphql': 'E',
};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-type-defs-'));
  for (const [path, name] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), `scalar ${name}\n`);
  }
});
afterAll(() => rm(folder, { recursive: true }));

const read = (typeDefs: string) => {
  const { documents, problems } = readTypeDefs([{ name: 'room', typeDefs }], folder);
  return { read: documents.map(print).join(' '), problems };
};

describe('the type definitions of a domain', () => {
  it.each([
    ['src/**/*.{graphql,gql}', 'scalar C scalar A scalar B'],
    ['src/room/*.{graphql,gql}', 'scalar A scalar B'],
    ['{src/room,src/my rooms}/*.graphql', 'scalar C scalar A'],
    ['src/room/[ab].{gql,graphql}', 'scalar A scalar B'],
    ['src/my rooms/c.graphql', 'scalar C'],
    ['type.graphql', 'scalar D'],
    ['./type.{graphql,gql}', 'scalar D'],
    ['schema/\\{e\\}.graphql', 'scalar E'],
    ['src/*/{a,b}.{graphql,gql}', 'scalar A scalar B'],
  ])('are read from the files of %s', (glob, expected) => {
    expect(read(glob)).toEqual({ read: expected, problems: [] });
  });

  it.each([
    'scalar Money',
    'union Place = Room | Door',
    'enum Floor { GROUND TOP }',
    'enum Floor{GROUND,TOP}',
    'directive @cached on FIELD_DEFINITION',
    'extend schema @link(url: "https://example.org")',
    'type Room{id:ID!}',
    'extend type Query { room: Room }',
    '"Of a house." type Room { id: ID! }',
    '# Of a house.\ntype Room { id: ID! }',
  ])('are SDL text: %s', (sdl) => {
    expect(read(sdl).problems).toEqual([]);
  });

  it.each([
    ['tpye Room { id: ID! }', 'SDL of the domain room:1:1: Syntax Error: Unexpected Name "tpye".'],
    ['type Room {', 'SDL of the domain room:1:12: Syntax Error: Expected Name, found <EOF>.'],
    ['type Room {\n', 'SDL of the domain room:2:1: Syntax Error: Expected Name, found <EOF>.'],
  ])('report the mistake in the SDL text %j', (sdl, problem) => {
    expect(read(sdl)).toEqual({ read: '', problems: [{ name: 'sdl-syntax', problem }] });
  });

  it.each(['src/lost/*.{graphql,gql}', 'src/lost.graphql', '{lost,gone}/*', ''])(
    'report the path %j without a file',
    (path) => {
      expect(read(path).problems).toEqual([
        { name: 'sdl-file-missing', problem: expect.stringMatching(/: no such file$/) },
      ]);
    },
  );
});
