import type { Listen, RunningTopic } from './topic.ts';

/**
 * Called with whose rights may have changed: `session:<id>`, `user:<id>` or `client:<id>`, after the change was
 * committed; undefined: anyone's, since changes may have been missed.
 */
export type AccessListener = (subject: string | undefined) => void;

/** All events of the process, and its connection to the database. */
export interface EventSource {
  /** How many subscriptions are open. */
  subscriberCount(): number;
  /** Ends when the function that it returns is called. */
  onAccessChange(listener: AccessListener): () => void;
  /** Resolves once the process listens. @throws what the database throws; then it is to be called again. */
  start(): Promise<void>;
  /** Ends every subscription. */
  stop(): Promise<void>;
}

export interface EventSourceOptions {
  readonly listen: Listen;
  readonly topics: readonly Pick<RunningTopic<never>, 'subscriberCount' | 'start' | 'stop'>[];
}

/** Joins the topics of all domains with the notices of changed rights, which the triggers send. */
export function createEventSource({ listen, topics }: EventSourceOptions): EventSource {
  const accessListeners = new Set<AccessListener>();
  const notify = (subject: string | undefined) => {
    for (const listener of accessListeners) listener(subject);
  };
  let listening: Awaited<ReturnType<Listen>> | undefined;

  return {
    subscriberCount: () => topics.reduce((sum, topic) => sum + topic.subscriberCount, 0),
    onAccessChange(listener) {
      accessListeners.add(listener);
      return () => void accessListeners.delete(listener);
    },
    async start() {
      listening ??= await listen('gatehouse_access', {
        onPayload: notify,
        onGap: () => notify(undefined),
      });
      await Promise.all(topics.map((topic) => topic.start()));
    },
    async stop() {
      await Promise.all([listening?.stop(), ...topics.map((topic) => topic.stop())]);
    },
  };
}
