import { setTimeout } from 'node:timers/promises';
import type { GraphQLResolveInfo } from 'graphql';
import type { GatehouseContext } from 'graphql-gatehouse';
import { defineDomain } from 'graphql-gatehouse';
import type { PrismaClient } from '../../examples/rooms/src/generated/prisma/client.ts';
import { startWithDomain } from './start-with-domain.ts';
import type { TestServer, TestUser } from './test-server.ts';

interface Load {
  visitsOf(userId: string): Promise<readonly Visit[]>;
}

interface Visit {
  readonly userId: string;
}

type Context = GatehouseContext<PrismaClient, Load>;

const listVisits = (
  userId: string,
  { list, db }: Context,
  info: GraphQLResolveInfo,
): Promise<readonly Visit[]> => list(info, db.roomEntry, { by: 'userId', of: userId });

/** The visits of a user: each has its guest, who has the visits. A loader reads them, too. */
const visits = defineDomain({
  name: 'visits',
  typeDefs: `
    extend type User { visits: [Visit!]! }
    type Visit { id: ID! guest: User! loaded: [Visit!]! }
    extend type Mutation { visit: User @auth, visitQuietly: Boolean! @auth }
    extend type Query { myVisits: [Visit!]! @auth }`,
  resolvers: {
    Query: {
      myVisits: (_query: unknown, _args: unknown, context: Context, info: GraphQLResolveInfo) =>
        listVisits(String(Object(context.viewer).userId), context, info),
    },
    User: {
      visits: (
        { id }: { id: string },
        _args: unknown,
        context: Context,
        info: GraphQLResolveInfo,
      ) => listVisits(id, context, info),
    },
    Visit: {
      guest: ({ userId }: Visit, _args: unknown, { load }: Context) => load.users(userId),
      loaded: ({ userId }: Visit, _args: unknown, { load }: Context) => load.visitsOf(userId),
    },
    Mutation: {
      visit: (_mutation: unknown, _args: unknown, { viewer, load }: Context) =>
        load.users(String(Object(viewer).userId)),
      visitQuietly: () => true,
    },
  },
  loaders: {
    visitsOf: {
      many: (ids: string[], { db, limit }: { readonly db: PrismaClient; readonly limit: number }) =>
        db.roomEntry.findMany({ where: { userId: { in: ids } }, take: limit }),
      key: 'userId',
    },
  },
});

/** The attack: lists in lists, all of which are long. */
export const listsInLists = '{ me { visits { guest { visits { id } } } } }';

/** A server whose users can have visits. */
export const startVisits = (environment: Readonly<Record<string, string>> = {}) =>
  startWithDomain(visits, { environment });

/** Adds so many visits of a user. */
export async function addVisits(
  { rooms }: TestServer,
  { id: userId }: TestUser,
  count: number,
): Promise<void> {
  const room = await rooms.room.create({ data: { name: 'Hall', floor: 1, groups: [] } });
  const data = Array.from({ length: count }, () => ({ roomId: room.id, userId }));
  await rooms.roomEntry.createMany({ data });
}

/** What a neighbour noticed of attackers. */
export interface Noticed {
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly refused: number;
  readonly asked: number;
  /** The statuses that the attackers got, and how often. */
  readonly attacks: Readonly<Record<string, number>>;
}

interface Attack {
  readonly attackers: readonly TestUser[];
  readonly neighbour: TestUser;
  readonly seconds: number;
  readonly query?: string;
}

/** Lets each attacker ask again and again, and a neighbour ask for `me` every 20 ms meanwhile. */
export async function measureNeighbour(
  server: TestServer,
  { attackers, neighbour, seconds, query = listsInLists }: Attack,
): Promise<Noticed> {
  const attacks: Record<string, number> = {};
  const endAt = performance.now() + seconds * 1_000;
  const isOver = () => performance.now() > endAt;
  const attacking = attackers.map(async ({ accessToken: token }) => {
    while (!isOver()) {
      const { status } = await server.ask(query, { token });
      attacks[status] = (attacks[status] ?? 0) + 1;
    }
  });
  const times: number[] = [];
  let refused = 0;
  while (!isOver()) {
    const startedAt = performance.now();
    const { status } = await server.ask('{ me { id } }', { token: neighbour.accessToken });
    times.push(performance.now() - startedAt);
    if (status !== 200) refused += 1;
    await setTimeout(20);
  }
  await Promise.all(attacking);
  const sorted = times.sort((one, other) => one - other);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  return { medianMs: at(0.5), p99Ms: at(0.99), refused, asked: times.length, attacks };
}
