import type { Listen, RunningTopic } from './topic.ts';

/**
 * Called after a change of rights was committed, with `session:<id>`, `user:<id>` or `client:<id>`. Called with
 * undefined when changes may have been missed, so that anyone's rights may have changed.
 */
export type AccessListener = (subject: string | undefined) => void;

/** The events of the process, and its listening connection to the database. */
export type EventSource = ReturnType<typeof createEventSource>;

export interface EventSourceOptions {
  readonly listen: Listen;
  readonly topics: readonly Pick<RunningTopic<never>, 'subscriberCount' | 'start' | 'stop'>[];
}

/** Joins the topics of all domains with the notifications of changed rights, which triggers send. */
export function createEventSource({ listen, topics }: EventSourceOptions) {
  const accessListeners = new Set<AccessListener>();
  const notify = (subject: string | undefined) => {
    for (const listener of accessListeners) listener(subject);
  };
  let listening: Awaited<ReturnType<Listen>> | undefined;

  return {
    subscriberCount: () => topics.reduce((sum, topic) => sum + topic.subscriberCount(), 0),
    /** Adds a listener. The returned function removes it. */
    onAccessChange(listener: AccessListener): () => void {
      accessListeners.add(listener);
      return () => void accessListeners.delete(listener);
    },
    /** Resolves once the process listens. @throws the database's error; call it again then. */
    async start(): Promise<void> {
      listening ??= await listen('gatehouse_access', {
        onPayload: notify,
        onLost: () => notify(undefined),
      });
      await Promise.all(topics.map((topic) => topic.start()));
    },
    /** Ends every subscription. */
    async stop(): Promise<void> {
      await Promise.all([listening?.stop(), ...topics.map((topic) => topic.stop())]);
    },
  };
}
