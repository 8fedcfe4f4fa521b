/** The operations of one socket that are starting. */
export type StartOrder = ReturnType<typeof createStartOrder>;

export type OperationStart = ReturnType<StartOrder['add']>;

/**
 * Creates the order in which the operations of one socket start: queries and mutations run after the subscriptions
 * that were sent before them are open.
 *
 * The protocol does not confirm a subscription. With this order, the answer to a query does: events that the query
 * does not show are sent, so a client that reconnects can read what it missed without losing an event in between.
 */
export function createStartOrder() {
  const starting = new Set<Promise<void>>();

  return {
    /** Adds an operation. Call it in the order of the messages. */
    add() {
      const earlier = [...starting];
      let end = () => {};
      const started = new Promise<void>((resolve) => {
        end = resolve;
      });
      starting.add(started);
      void started.then(() => starting.delete(started));
      return {
        /**
         * Resolves when each subscription that the client sent before this operation is open or refused. For queries
         * and mutations: operations that were sent later stop waiting for this one.
         */
        async afterSubscriptions(): Promise<void> {
          end();
          await Promise.all(earlier);
        },
        /** Ends the start: the operation runs, is open, or was refused. */
        end: (): void => end(),
      };
    },
  };
}
