import type { GraphQLResolveInfo } from 'graphql';
import { GraphQLError, responsePathAsArray } from 'graphql';

/** The field of an error, and its path in the answer. */
export interface ErrorPlace {
  readonly info: Pick<GraphQLResolveInfo, 'fieldNodes'>;
  readonly path: GraphQLResolveInfo['path'];
}

/** Converts an error to the one that the client gets. Its `originalError` is the given one, for the host's log. */
export const toInternalError = (originalError: Error, place?: ErrorPlace): GraphQLError =>
  new GraphQLError('Internal server error.', {
    originalError,
    extensions: { code: 'INTERNAL_SERVER_ERROR' },
    ...(place === undefined
      ? {}
      : { nodes: place.info.fieldNodes, path: responsePathAsArray(place.path) }),
  });
