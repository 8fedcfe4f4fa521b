import { fileURLToPath } from 'node:url';
import { BadUserInputError, type Change, defineDomain, NotFoundError } from 'gatehouse';

export interface Parcel {
  readonly id: string;
  readonly label: string;
}

/** What the domain asks of a data client. `TClient` reads, and writes in a transaction. */
export interface ParcelStore<TClient> {
  find(client: TClient, id: string): Promise<Parcel | undefined>;
  relabel(client: TClient, parcel: Parcel): Promise<Parcel | undefined>;
}

/** What is used of the context. */
interface Context<TClient> {
  readonly db: TClient;
  readonly change: Change<TClient>;
}

/** One domain, for each of the data clients. */
export const createParcels = <TClient>(store: ParcelStore<TClient>) =>
  defineDomain({
    name: 'parcel',
    typeDefs: fileURLToPath(new URL('parcel.graphql', import.meta.url)),
    resolvers: {
      Query: {
        parcel: (_query, { id }: Parcel, { db }: Context<TClient>) => store.find(db, id),
      },
      Mutation: {
        relabelParcel: (_mutation, parcel: Parcel, { change }: Context<TClient>) =>
          change({ action: 'parcel.relabeled', subjectId: parcel.id }, async (tx) => {
            const changed = await store.relabel(tx, parcel);
            if (changed === undefined) throw new NotFoundError('id', 'There is no such parcel.');
            // What was written is undone by an error.
            if (changed.label === '') throw new BadUserInputError('label', 'It must not be empty.');
            return changed;
          }),
      },
    },
  });
