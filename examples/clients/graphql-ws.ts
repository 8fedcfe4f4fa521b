import { RefusedError } from './session.ts';
import type { Socket } from './socket.ts';
import type { GraphQLFunctions, Sink, Variables } from './watch-entries.ts';

/** The functions that `watchEntries` needs, without a further client: queries run on the socket too. */
export function socketFunctions(socket: Socket): GraphQLFunctions {
  function subscribe<Data>(query: string, variables: Variables, sink: Sink<Data>): () => void {
    return socket.subscribe<Data>(
      { query, variables },
      {
        next({ data, errors }) {
          if (errors) sink.error(new RefusedError(errors));
          else if (data) sink.next(data);
        },
        error: (error) => sink.error(Array.isArray(error) ? new RefusedError(error) : error),
        complete: () => {},
      },
    );
  }
  return {
    subscribe,
    query: <Data>(query: string, variables: Variables) =>
      new Promise<Data>((next, error) => subscribe<Data>(query, variables, { next, error })),
  };
}
