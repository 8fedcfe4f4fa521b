import {
  createAdmit,
  createAuthorization,
  directiveTypeDefs,
  type Viewer,
} from '@graphql-gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { named } from './rows-world.ts';

const typeDefs = `
  ${directiveTypeDefs()}
  enum Group { ADMIN }
  enum Policy { SELF }
  type Room @auth(rows: [SELF]) { id: ID! }
  interface Thing { f(id: ID @references(type: "Room")): Int, all(ids: [ID!] @references(type: "Room")): Int, thing: Thing }
  type A implements Thing {
    f(id: ID): Int, all(ids: [ID!]): Int, thing: Thing, a(id: ID = 7 @references(type: "Room")): Int
  }
  type B implements Thing @auth(requires: [ADMIN]) { f(id: ID): Int, all(ids: [ID!]): Int, thing: Thing }
  type C implements Thing {
    f(id: ID @references(type: "Room", rows: [SELF])): Int, all(ids: [ID!]): Int, thing: Thing
  }
  type Query { room: Room @auth, thing: Thing @auth, z(id: ID @references(type: "Room")): Int @auth }
`;

const ada = named('ada');
interface Context {
  readonly viewer: Viewer;
}

/** A world without rows, and the ids that were read. */
function world() {
  const read: unknown[] = [];
  const schema = makeExecutableSchema({
    typeDefs,
    resolvers: { Thing: { __resolveType: () => 'A' } },
  });
  const authorization = createAuthorization<Viewer, Context>(schema, {
    viewerOf: ({ viewer }) => viewer,
    policies: { SELF: { reads: [], admits: () => true, where: () => ({}) } },
    types: {
      Room: {
        byIds: (ids) => {
          read.push(...ids);
          return [];
        },
      },
    },
  });
  return { read, admit: createAdmit(authorization) };
}

/** Returns the paths and coordinates of the ids that name no row. */
async function missingIn(text: string): Promise<readonly string[]> {
  const admission = await world().admit({ document: parse(text), contextValue: { viewer: ada } });
  if (admission.kind !== 'answered') throw new Error('It is admitted.');
  const { errors = [] } = admission.result;
  expect(new Set(errors.map(({ extensions }) => extensions.code))).toEqual(new Set(['NOT_FOUND']));
  return errors.map(({ path, extensions }) => `${path?.join('.')}: ${extensions.coordinate}`);
}

describe('a missing row that is named by the field of an interface', () => {
  it.each([
    { text: '{ thing { f(id: 1) } }', missing: ['thing.f: Thing.f(id:)'] },
    { text: '{ thing { ... on A { f(id: 1) } } }', missing: ['thing.f: A.f(id:)'] },
    { text: '{ thing { ... on Thing { f(id: 1) } } }', missing: ['thing.f: Thing.f(id:)'] },
    { text: '{ thing { ... { f(id: 1) } } }', missing: ['thing.f: Thing.f(id:)'] },
    {
      text: '{ thing { ... on A { f(id: 1) } ... on C { f(id: 2) } } }',
      missing: ['thing.f: A.f(id:)', 'thing.f: C.f(id:)'],
    },
    { text: '{ thing { all(ids: [1, 2]) } }', missing: ['thing.all: Thing.all(ids:)'] },
    { text: '{ thing { thing { f(id: 1) } } }', missing: ['thing.thing.f: Thing.f(id:)'] },
    { text: '{ thing { ... on A { a } } }', missing: ['thing.a: A.a(id:)'] },
  ])('is listed once, as the document names it: $text', async ({ text, missing }) => {
    expect(await missingIn(text)).toEqual(missing);
  });

  it('is listed in document order, whatever run-time types the fields belong to', async () => {
    const text = `
      { thing { ...X, x: f(id: 1), thing { y: f(id: 1) ...X } ... on B { w: f(id: 1) } }, z(id: 1) }
      fragment X on A { a(id: 1) b: f(id: 2) thing { ... on Thing { v: f(id: 1) } } }
    `;
    expect(await missingIn(text)).toEqual([
      'thing.a: A.a(id:)',
      'thing.b: A.f(id:)',
      'thing.thing.v: Thing.f(id:)',
      'thing.thing.y: Thing.f(id:)',
      'thing.thing.a: A.a(id:)',
      'thing.thing.b: A.f(id:)',
      'thing.thing.thing.v: Thing.f(id:)',
      'thing.x: Thing.f(id:)',
      'thing.w: B.f(id:)',
      'z: Query.z(id:)',
    ]);
  });

  it('counts once against the limit of ids', async () => {
    const ids = Array.from({ length: 600 }, (_, index) => index);
    const { admit, read } = world();
    const document = parse(`{ thing { all(ids: [${ids}]) } }`);
    expect(await admit({ document, contextValue: { viewer: ada } })).toMatchObject({
      kind: 'answered',
    });
    expect(read).toHaveLength(600);
  });
});
