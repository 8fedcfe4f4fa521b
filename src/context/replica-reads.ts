import type { GraphQLResolveInfo } from 'graphql';
import type { Viewer } from '../authentication/viewer.ts';

export type ListSource = 'primary' | 'replica';

/**
 * Reads a list that may be a little old: from a replica, or from the primary when that is impossible.
 *
 * The primary is also read in mutations and subscriptions, for a viewer who has changed something lately, and when
 * data decides what the operation returns to the viewer: policies and filters of rows must not see old data.
 *
 * `read` may be called twice. `source` names the database of `db`.
 */
export type FromReplica<TClient> = <Result>(
  info: GraphQLResolveInfo,
  read: (db: TClient, source: ListSource) => Promise<Result>,
) => Promise<Result>;

/** A replica, with the project's data client on it. */
export interface ReplicaAccess<TContext> {
  /** The project's data client on the replica. */
  readonly db: object;
  read<Result>(
    fromReplica: () => Promise<Result>,
    fromPrimary: () => Promise<Result>,
  ): Promise<Result>;
  /** Whether policies or narrowed rows decide about the operation. */
  dependsOnData(info: GraphQLResolveInfo, context: TContext): boolean;
}

/** Whether a replica has everything that the viewer has changed. An anonymous viewer has no earlier request. */
export const hasSettled = (viewer: Viewer): boolean =>
  viewer.kind === 'anonymous' || viewer.hasSettled === true;
