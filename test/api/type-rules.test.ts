import { defineDomain, definePolicy, type GatehouseContext } from 'gatehouse';
import type { GraphQLResolveInfo } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  Prisma,
  PrismaClient,
  Room,
  RoomEntry,
} from '../../examples/rooms/src/generated/prisma/client.ts';
import { roomsProject } from '../support/rooms-project.ts';
import { startTestServer, type TestServer, type TestUser } from '../support/test-server.ts';
import { openTestSocket } from '../support/test-socket.ts';

type Context = GatehouseContext<PrismaClient>;
type Found<Name extends string, Row> = Readonly<Record<Name, Row>>;

const isVisitor = definePolicy({
  reads: ['userId'],
  admits: (viewer, { userId }) => viewer.kind === 'user' && userId === viewer.userId,
  where: (viewer): Prisma.RoomEntryWhereInput =>
    viewer.kind === 'user' ? { userId: viewer.userId } : { id: { in: [] } },
});

/** Reads another table. */
const wasThere = definePolicy({
  reads: ['id'],
  admits: async (viewer, { id }: Pick<Room, 'id'>, { db }: Context) =>
    viewer.kind === 'user' &&
    (await db.roomEntry.count({ where: { roomId: id, userId: viewer.userId } })) > 0,
  where: (viewer): Prisma.RoomWhereInput =>
    viewer.kind === 'user' ? { entries: { some: { userId: viewer.userId } } } : { id: { in: [] } },
});

/** Visits are entries into rooms, and places are rooms. */
const visits = defineDomain<Context>({
  name: 'visits',
  typeDefs: `
    extend enum Policy { VISITOR WAS_THERE }
    "A visit." type Visit @auth(requires: [MANAGER], rows: [VISITOR]) { "Its id." id: ID! "Where." place: Place }
    "A place." type Place @auth(requires: [MANAGER], rows: [WAS_THERE]) { "Its id." id: ID! "All visits." visits: [Visit!]! }
    "Some visits." type VisitConnection { "How many." totalCount: Int! "Each." edges: [VisitEdge!]! "Where." pageInfo: PageInfo! }
    "One visit." type VisitEdge { "It." node: Visit! "Its place." cursor: String! }
    extend type Query {
      "One." visit(id: ID!): Visit @auth
      "One, named." namedVisit(id: ID! @references(type: "Visit")): Visit! @auth
      "One, found." foundVisit(id: ID!): Visit @auth
      "All." visits(first: Int = 20, after: String): VisitConnection! @auth
      "Places." places: [Place!]! @auth
      "How many." visitCount: Int! @auth
    }
    extend type Mutation {
      "Deletes one." endVisit(id: ID! @references(type: "Visit")): Boolean @auth
      "Forgets to say so." loseVisit(id: ID! @references(type: "Visit")): Boolean @auth
      "Hands one over." giveVisit(id: ID! @references(type: "Visit"), to: ID!): Boolean @auth
      "Goes again." visitAgain(ids: [ID!]! @references(type: "Place"), as: ID!): Int @auth
    }
    extend type Subscription { "Each." visited: Visit @auth }
  `,
  resolvers: {
    Query: {
      visit: (_query: unknown, { id }: { id: string }, { db }: Context) =>
        db.roomEntry.findUnique({ where: { id } }),
      namedVisit: (_query: unknown, { id }: { id: string }, { db }: Context) =>
        db.roomEntry.findUnique({ where: { id } }),
      foundVisit: (_query: unknown, { id }: { id: string }, { find }: Context) =>
        find<RoomEntry>('Visit', id),
      visits: (_query: unknown, _args: unknown, { db, page }: Context, info: GraphQLResolveInfo) =>
        page(info, db.roomEntry),
      places: (_query: unknown, _args: unknown, { db }: Context) => db.room.findMany(),
      visitCount: (_query: unknown, _args: unknown, { db, filterOf }: Context) =>
        db.roomEntry.count({ where: filterOf<Prisma.RoomEntryWhereInput>('Visit') ?? {} }),
    },
    Visit: {
      place: ({ roomId }: RoomEntry, _args: unknown, { db }: Context) =>
        db.room.findUnique({ where: { id: roomId } }),
    },
    Place: {
      visits: ({ id }: Room, _args: unknown, { db }: Context) =>
        db.roomEntry.findMany({ where: { roomId: id } }),
    },
    Mutation: {
      endVisit: (_mutation: unknown, _args: unknown, { change }: Context) =>
        change(
          { action: 'visit.ended' },
          async (tx, { id: { id } }: Found<'id', RoomEntry>) => {
            await tx.roomEntry.delete({ where: { id } });
            return true;
          },
          { leaves: ['id'] },
        ),
      loseVisit: (_mutation: unknown, { id }: { id: string }, { change }: Context) =>
        change({ action: 'visit.lost' }, async (tx) => {
          await tx.roomEntry.delete({ where: { id } });
          return true;
        }),
      giveVisit: (
        _mutation: unknown,
        { id, to }: { id: string; to: string },
        { change }: Context,
      ) =>
        change({ action: 'visit.given' }, async (tx) => {
          await tx.roomEntry.update({ where: { id }, data: { userId: to } });
          return true;
        }),
      visitAgain: (_mutation: unknown, { as }: { as: string }, { change }: Context) =>
        change(
          { action: 'visit.made' },
          async (tx, { ids: places }: Found<'ids', readonly Room[]>) =>
            Promise.all(
              places.map(({ id: roomId }) => tx.roomEntry.create({ data: { roomId, userId: as } })),
            ),
          { writes: { Visit: (made) => made.map(({ id }) => id) } },
        ).then(({ length }) => length),
    },
  },
  policies: { VISITOR: isVisitor, WAS_THERE: wasThere },
  types: {
    Visit: {
      byIds: (ids, { db, where }) =>
        db.roomEntry.findMany({ where: { AND: [{ id: { in: ids } }, where ?? {}] } }),
    },
    Place: {
      byIds: (ids, { db, where }) =>
        db.room.findMany({ where: { AND: [{ id: { in: ids } }, where ?? {}] } }),
    },
  },
  events: { visited: { table: 'room_entries', type: 'Visit' } },
});

let server: TestServer;
let manager: TestUser;
let kim: TestUser;
let lee: TestUser;
let lab: Room;
let cellar: Room;
let ofKim: RoomEntry;
let ofLee: RoomEntry;
const nobodys = '019ab000-0000-7000-8000-0000000000ff';

beforeAll(async () => {
  const { config, ...place } = roomsProject;
  const domains = [...(config.domains ?? []), visits];
  server = await startTestServer({ project: { ...place, config: { ...config, domains } } });
  manager = await server.aUser('MANAGER');
  kim = await server.aUser();
  lee = await server.aUser();
  const room = { floor: 1, groups: ['STAFF'] };
  lab = await server.rooms.room.create({ data: { name: 'Lab', ...room } });
  cellar = await server.rooms.room.create({ data: { name: 'Cellar', ...room } });
  const enter = (user: TestUser, { id: roomId }: Room) =>
    server.rooms.roomEntry.create({ data: { roomId, userId: user.id } });
  ofKim = await enter(kim, lab);
  ofLee = await enter(lee, lab);
  await enter(lee, cellar);
});
afterAll(() => server.stop());

const ask = (query: string, { accessToken: token }: TestUser) => server.ask(query, { token });
const visitsOf = (user: TestUser) => server.rooms.roomEntry.count({ where: { userId: user.id } });

describe('the rule of a type', () => {
  it('hides a row on every way, with the bytes of a missing one', async () => {
    const hidden = await ask(`{ visit(id: "${ofLee.id}") { id } }`, kim);
    const missing = await ask(`{ visit(id: "${nobodys}") { id } }`, kim);
    expect([hidden.status, hidden.text]).toEqual([200, missing.text]);
    const { data } = await ask(
      `{ foundVisit(id: "${ofLee.id}") { id } visitCount
        visits { totalCount edges { node { id place { id visits { id } } } } }
        places { id visits { id } } }`,
      kim,
    );
    const place = { id: lab.id, visits: [{ id: ofKim.id }] };
    expect(data).toEqual({
      foundVisit: null,
      visitCount: 1,
      visits: { totalCount: 1, edges: [{ node: { id: ofKim.id, place } }] },
      places: [place],
    });
    const { data: whole } = await ask('{ visitCount visits { totalCount } }', manager);
    expect(whole).toEqual({ visitCount: 3, visits: { totalCount: 3 } });
  });

  it('hides events from who may not see them', async () => {
    const open = (user: TestUser) =>
      openTestSocket(server.url, { token: user.accessToken }).subscribe(
        'subscription { visited { id } }',
      );
    const [watching, all] = [open(kim), open(manager)];
    await expect.poll(() => server.events.subscriberCount()).toBe(2);
    const enter = (user: TestUser) =>
      server.rooms.roomEntry.create({ data: { roomId: lab.id, userId: user.id } });
    const made = [await enter(lee), await enter(kim)];
    await all.result(1);
    await watching.result(0);
    const toResults = (entries: readonly RoomEntry[]) =>
      entries.map(({ id }) => ({ data: { visited: { id } } }));
    expect(all.results).toEqual(toResults(made));
    expect(watching.results).toEqual(toResults(made.slice(1)));
    await server.rooms.roomEntry.deleteMany({ where: { id: { in: made.map(({ id }) => id) } } });
  });
});

describe('an id that names a row', () => {
  it('is answered with 404 and without data, the same for hidden, missing and malformed ones', async () => {
    const answers = await Promise.all(
      [ofLee.id, nobodys, 'no uuid'].map((id) => ask(`{ namedVisit(id: "${id}") { id } }`, kim)),
    );
    for (const { status, text } of answers) {
      expect(status).toBe(404);
      expect(JSON.parse(text)).toEqual({
        errors: [
          {
            message: 'Nothing with this id exists.',
            locations: [{ line: 1, column: 3 }],
            path: ['namedVisit'],
            extensions: { code: 'NOT_FOUND', coordinate: 'Query.namedVisit(id:)', argument: 'id' },
          },
        ],
      });
    }
    const upper = await ask(`{ namedVisit(id: "${ofKim.id.toUpperCase()}") { id } }`, kim);
    expect(upper.data.namedVisit).toEqual({ id: ofKim.id });
  });

  it('gives `change` its rows, and refuses a row that is left without saying so', async () => {
    expect(await ask(`mutation { endVisit(id: "${ofLee.id}") }`, kim)).toMatchObject({
      status: 404,
    });
    const lost = await ask(`mutation { loseVisit(id: "${ofKim.id}") }`, kim);
    expect(lost).toMatchObject({ code: 'FORBIDDEN', data: { loseVisit: null } });
    const given = await ask(`mutation { giveVisit(id: "${ofKim.id}", to: "${lee.id}") }`, kim);
    expect(given).toMatchObject({ code: 'FORBIDDEN', data: { giveVisit: null } });
    expect(await visitsOf(kim)).toBe(1);
    const again = (as: TestUser) =>
      ask(`mutation { visitAgain(ids: ["${lab.id}", "${lab.id}"], as: "${as.id}") }`, kim);
    expect((await again(kim)).data).toEqual({ visitAgain: 2 });
    expect(await again(lee)).toMatchObject({ code: 'FORBIDDEN', data: { visitAgain: null } });
    expect([await visitsOf(kim), await visitsOf(lee)]).toEqual([3, 2]);
    expect((await ask(`mutation { endVisit(id: "${ofKim.id}") }`, kim)).data).toEqual({
      endVisit: true,
    });
    expect(await visitsOf(kim)).toBe(2);
    const other = `mutation { visitAgain(ids: "${cellar.id}", as: "${kim.id}") }`;
    expect(await ask(other, kim)).toMatchObject({ status: 404 });
  });
});
