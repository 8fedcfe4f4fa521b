import { defineDomain, definePolicy, type GatehouseContext } from 'graphql-gatehouse';
import { Prisma, type PrismaClient } from '../../../examples/rooms/src/generated/prisma/client.ts';

type Context = GatehouseContext<PrismaClient>;
type Transaction = Parameters<Parameters<Context['change']>[1]>[0];
interface Row {
  readonly id: string;
}
interface Order extends Row {
  readonly owner: string;
}
interface Turn {
  /** What changes hands: an order, the stay of a user in a ward, or the group of a user. */
  readonly key: string;
  /** Who may act after it. Null: no user. */
  readonly holder: string | null;
  /** Who must have held it before. */
  readonly by?: string | null;
}

const userOf = ({ viewer }: Context): string => (viewer.kind === 'user' ? viewer.userId : '');

const ownsOrder = definePolicy({
  reads: ['owner'],
  admits: (viewer, { owner }: Pick<Order, 'owner'>) =>
    viewer.kind === 'user' && viewer.userId === owner,
  where: () => ({}),
});

/** Reads another table. */
const staysThere = definePolicy({
  reads: ['id'],
  admits: async (viewer, { id }: Row, { db }: Context) => {
    if (viewer.kind !== 'user') return false;
    const stays = await db.$queryRaw<unknown[]>`
      SELECT 1 FROM race_stays WHERE ward = ${id}::uuid AND "user" = ${viewer.userId}::uuid`;
    return stays.length > 0;
  },
  where: () => ({}),
});

/** Writes that a user acted on a row. */
const act = (tx: Transaction, key: string, user: string) =>
  tx.$executeRaw`INSERT INTO race_acts (key, "user") VALUES (${key}, ${user}::uuid)`;

/** Writes that something changed hands, and how often each user had acted on it: after the row, which orders turns. */
const turn = (tx: Transaction, { key, holder, by = null }: Turn) =>
  tx.$executeRaw`
    INSERT INTO race_turns (key, holder, "by", seen)
    SELECT ${key}, ${holder}::uuid, ${by}::uuid, coalesce(jsonb_object_agg(counts."user", counts.times), '{}')
    FROM (SELECT "user", count(*) AS times FROM race_acts WHERE key = ${key} GROUP BY "user") AS counts`;

const managers = (user: string): string => `MANAGER:${user}`;
const stayOf = (ward: string, user: string): string => `${ward}:${user}`;

type Args = { readonly id: string; readonly user: string };
type Found<T = Row> = { readonly id: T };
const pause = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 5));

/** Moves the group MANAGER of a user, and says so if it had to. */
const moveGroup =
  (event: string, statement: (user: string) => Prisma.Sql, holds: boolean) =>
  (_mutation: unknown, { user }: Args, { change }: Context): Promise<boolean> =>
    change({ action: event }, async (tx) => {
      const isMoved = (await tx.$executeRaw(statement(user))) > 0;
      if (isMoved) await turn(tx, { key: managers(user), holder: holds ? user : null });
      return isMoved;
    });

/**
 * Rows that change hands while users act on them by their ids. Each change of hands, and each act, is written in the
 * transaction that makes it: `check-races.ts` reads them.
 */
export const races = defineDomain<Context>({
  name: 'races',
  typeDefs: /* GraphQL */ `
    extend enum Policy { ORDER_OWNER STAYS_THERE }
    "Has an owner." type Order @auth(rows: [ORDER_OWNER]) { "Its id." id: ID! }
    "Has guests." type Ward @auth(rows: [STAYS_THERE]) { "Its id." id: ID! }
    extend type Query {
      "One." raceOrder(id: ID!): Order @auth
      "One." raceWard(id: ID!): Ward @auth
    }
    extend type Mutation {
      "Acts on an order." useOrder(id: ID! @references(type: "Order")): Boolean! @auth
      "Acts on an order in the work of another change, which throws." nestUses(id: ID! @references(type: "Order")): Boolean! @auth
      "Hands an order over." giveOrder(id: ID! @references(type: "Order"), user: ID!): Boolean! @auth
      "Acts in a ward." useWard(id: ID! @references(type: "Ward")): Boolean! @auth
      "Leaves a ward." leaveWard(id: ID! @references(type: "Ward")): Boolean! @auth
      "Enters a ward." enterWard(id: ID!): Boolean! @auth
      "Acts as a manager." manage: Boolean! @auth(requires: [MANAGER])
      "Makes a manager." hire(user: ID!): Boolean! @auth
      "Makes a manager no more." dismiss(user: ID!): Boolean! @auth
      "Acts as an auditor." audit: Boolean! @auth(requires: [AUDITOR])
    }
  `,
  resolvers: {
    Query: {
      raceOrder: (_query: unknown, { id }: Args, { find }: Context) => find<Row>('Order', id),
      raceWard: (_query: unknown, { id }: Args, { find }: Context) => find<Row>('Ward', id),
    },
    Mutation: {
      useOrder: (_mutation: unknown, _args: unknown, context: Context) =>
        context.change({ action: 'order.used' }, async (tx, { id: { id } }: Found) => {
          await pause();
          return (await act(tx, id, userOf(context))) > 0;
        }),
      nestUses: (_mutation: unknown, _args: unknown, { change }: Context) => {
        const event = { action: 'order.used' } as const;
        return change(event, () => change(event, async () => true));
      },
      giveOrder: (_mutation: unknown, { user }: Args, context: Context) =>
        context.change(
          { action: 'order.given' },
          async (tx, { id: { id } }: Found) => {
            await tx.$executeRaw`UPDATE race_orders SET owner = ${user}::uuid WHERE id = ${id}::uuid`;
            return (await turn(tx, { key: id, holder: user, by: userOf(context) })) > 0;
          },
          { leaves: ['id'] },
        ),
      useWard: (_mutation: unknown, _args: unknown, context: Context) =>
        context.change({ action: 'ward.used' }, async (tx, { id: { id } }: Found) => {
          await pause();
          return (await act(tx, stayOf(id, userOf(context)), userOf(context))) > 0;
        }),
      leaveWard: (_mutation: unknown, _args: unknown, context: Context) =>
        context.change(
          { action: 'ward.left' },
          async (tx, { id: { id } }: Found) => {
            const user = userOf(context);
            const count = await tx.$executeRaw`
              DELETE FROM race_stays WHERE ward = ${id}::uuid AND "user" = ${user}::uuid`;
            if (count > 0) await turn(tx, { key: stayOf(id, user), holder: null, by: user });
            return count > 0;
          },
          { leaves: ['id'] },
        ),
      enterWard: (_mutation: unknown, { id }: Args, context: Context) =>
        context.change({ action: 'ward.entered' }, async (tx) => {
          const user = userOf(context);
          const count = await tx.$executeRaw`
            INSERT INTO race_stays (ward, "user") VALUES (${id}::uuid, ${user}::uuid) ON CONFLICT DO NOTHING`;
          if (count > 0) await turn(tx, { key: stayOf(id, user), holder: user });
          return count > 0;
        }),
      manage: (_mutation: unknown, _args: unknown, context: Context) =>
        context.change({ action: 'manager.acted' }, async (tx) => {
          await pause();
          return (await act(tx, managers(userOf(context)), userOf(context))) > 0;
        }),
      hire: moveGroup(
        'manager.hired',
        (user) => Prisma.sql`
          INSERT INTO gatehouse.memberships (user_id, "group") VALUES (${user}::uuid, 'MANAGER') ON CONFLICT DO NOTHING`,
        true,
      ),
      dismiss: moveGroup(
        'manager.dismissed',
        (user) => Prisma.sql`
          DELETE FROM gatehouse.memberships WHERE user_id = ${user}::uuid AND "group" = 'MANAGER'`,
        false,
      ),
      audit: (_mutation: unknown, _args: unknown, context: Context) =>
        context.change({ action: 'auditor.acted' }, async (tx) => {
          await pause();
          return (await act(tx, 'AUDITOR', userOf(context))) > 0;
        }),
    },
  },
  policies: { ORDER_OWNER: ownsOrder, STAYS_THERE: staysThere },
  types: {
    Order: {
      byIds: (ids: readonly string[], { db }) =>
        db.$queryRaw<Order[]>`SELECT id, owner FROM race_orders WHERE id = ANY(${ids}::uuid[])`,
    },
    Ward: {
      byIds: (ids: readonly string[], { db }) =>
        db.$queryRaw<Row[]>`SELECT id FROM race_wards WHERE id = ANY(${ids}::uuid[])`,
    },
  },
});
