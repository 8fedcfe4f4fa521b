import { fileURLToPath } from 'node:url';
import type { GraphQLResolveInfo } from 'graphql';
import {
  BadUserInputError,
  type Change,
  defineDomain,
  definePolicy,
  type GatehouseContext,
  NotFoundError,
  type PageRequest,
} from 'graphql-gatehouse';

export interface Parcel {
  readonly id: string;
  readonly label: string;
  /** The user whom it is for. */
  readonly recipientId: string | null;
}

type Relabeling = Pick<Parcel, 'id' | 'label'>;

/** The parcels to read: without a filter, all of them. In the order of their ids. */
export interface ParcelPage<TFilter> {
  readonly filter?: TFilter | undefined;
  readonly afterId?: string | undefined;
  readonly limit: number;
}

/**
 * What the domain asks of a data client. `TClient` reads, and writes in a transaction. `TFilter` is a condition in its
 * terms.
 */
export interface ParcelStore<TClient, TFilter> {
  find(client: TClient, id: string): Promise<Parcel | undefined>;
  list(client: TClient, page: ParcelPage<TFilter>): Promise<readonly Parcel[]>;
  count(client: TClient, filter: TFilter | undefined): Promise<number>;
  relabel(client: TClient, parcel: Relabeling): Promise<Parcel | undefined>;
  /** The condition that a parcel is for a user. Undefined: no parcel is. */
  isFor(userId: string | undefined): TFilter;
}

/** What is used of the context. */
interface Context<TClient> {
  readonly db: TClient;
  readonly change: Change<TClient>;
  readonly page: GatehouseContext['page'];
}

/** One domain, for each of the data clients. */
export const createParcels = <TClient, TFilter>(store: ParcelStore<TClient, TFilter>) =>
  defineDomain({
    name: 'parcel',
    typeDefs: fileURLToPath(new URL('parcel.graphql', import.meta.url)),
    resolvers: {
      Query: {
        parcel: (_query, { id }: Parcel, { db }: Context<TClient>) => store.find(db, id),
        parcels: (
          _query,
          _args: unknown,
          { db, page }: Context<TClient>,
          info: GraphQLResolveInfo,
        ) =>
          page(info, {
            read: ({ filter, after, limit }: PageRequest<Parcel, TFilter>) =>
              store.list(db, { filter, afterId: after?.id, limit }),
            count: ({ filter }) => store.count(db, filter),
          }),
      },
      Mutation: {
        relabelParcel: (_mutation, parcel: Relabeling, { change }: Context<TClient>) =>
          change({ action: 'parcel.relabeled', subjectId: parcel.id }, async (tx) => {
            const changed = await store.relabel(tx, parcel);
            if (changed === undefined) throw new NotFoundError('id', 'There is no such parcel.');
            // What was written is undone by an error.
            if (changed.label === '') throw new BadUserInputError('label', 'It must not be empty.');
            return changed;
          }),
      },
    },
    policies: {
      RECIPIENT: definePolicy({
        reads: ['recipientId'],
        admits: (viewer, { recipientId }) =>
          viewer.kind === 'user' && recipientId === viewer.userId,
        where: (viewer) => store.isFor(viewer.userId),
      }),
    },
  });
