import type { NotificationListener } from '../notifications.ts';

/** The topic of changed rights, which triggers of Gatehouse's own tables send. */
export const ACCESS_TOPIC = 'gatehouse_access';

export function createTopicListeners() {
  const byTopic = new Map<string, Set<NotificationListener>>();

  return {
    /** Returns the function that removes the listener. */
    add(topic: string, listener: NotificationListener): () => void {
      const others = byTopic.get(topic) ?? new Set();
      byTopic.set(topic, others.add(listener));
      return () => void others.delete(listener);
    },
    deliver(topic: string, payloads: readonly string[], batch: number): void {
      for (const payload of payloads) {
        for (const { onPayload } of byTopic.get(topic) ?? []) onPayload(payload, batch);
      }
    },
    /** Reports that payloads were lost, of the topics for which `isAffected` returns true. */
    reportLoss(isAffected: (topic: string) => boolean = () => true): void {
      for (const [topic, listeners] of byTopic) {
        if (isAffected(topic)) for (const { onLost } of listeners) onLost();
      }
    },
  };
}
