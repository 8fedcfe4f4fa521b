import type { ReceivedMail } from './smtp-server.ts';

/** What became of queued mails. */
export interface MailBalance {
  /** Of these the server has no copy. */
  readonly lost: readonly string[];
  /** Copies beside the first one of each mail. */
  readonly doubles: number;
  /** Message IDs that were not queued. */
  readonly unknown: readonly string[];
}

/** Compares the IDs of queued mails with the mails that the server has: the outbox ID is in the message ID. */
export function balanceMails(
  queued: readonly string[],
  received: readonly ReceivedMail[],
): MailBalance {
  const copies = new Map(queued.map((id) => [id, 0]));
  const unknown: string[] = [];
  for (const { messageId = '' } of received) {
    const id = /^<(.*)@[^@]*>$/.exec(messageId)?.[1] ?? messageId;
    const count = copies.get(id);
    if (count === undefined) unknown.push(messageId);
    else copies.set(id, count + 1);
  }
  const counts = [...copies];
  return {
    lost: counts.flatMap(([id, count]) => (count === 0 ? [id] : [])),
    doubles: counts.reduce((sum, [, count]) => sum + Math.max(0, count - 1), 0),
    unknown,
  };
}
