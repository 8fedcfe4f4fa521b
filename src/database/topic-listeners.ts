import type { NotificationListener } from './notifications.ts';

/** The channel of PostgreSQL on which nodes are notified of events. */
export const EVENT_CHANNEL = 'gatehouse_events';

/** Creates the set of the process's listeners, by topic. */
export function createTopicListeners() {
  const byTopic = new Map<string, Set<NotificationListener>>();

  return {
    /** Returns the function that removes the listener. */
    add(topic: string, listener: NotificationListener): () => void {
      const others = byTopic.get(topic) ?? new Set();
      byTopic.set(topic, others.add(listener));
      return () => void others.delete(listener);
    },
    deliver(topic: string, payloads: readonly string[]): void {
      for (const payload of payloads) {
        for (const { onPayload } of byTopic.get(topic) ?? []) onPayload(payload);
      }
    },
    reportLoss(): void {
      for (const listeners of byTopic.values()) for (const { onLost } of listeners) onLost();
    },
  };
}
