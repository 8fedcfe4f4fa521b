import { hasRows, runSql, type Sql } from 'graphql-gatehouse/package';
import type { Queue } from './mail.ts';

/** Longer than an attempt to send a mail. */
const leaseMs = 45_000;

export interface LeaseOptions {
  readonly sql: Sql;
  readonly now: () => Date;
  readonly queue: Queue;
  /** A UUID of this process. */
  readonly node: string;
}

/** Creates the right of a node to send the mails of a queue. */
export const createSenderLease = ({ sql, now, queue, node }: LeaseOptions) => ({
  /** Takes the lease, or renews it. Returns false while another node has it. */
  take(): Promise<boolean> {
    const at = now();
    return hasRows(sql)`
      INSERT INTO gatehouse_mail.senders AS held (queue, node, until)
      VALUES (${queue}, ${node}::uuid, ${new Date(at.getTime() + leaseMs)}::timestamptz)
      ON CONFLICT (queue) DO UPDATE SET node = excluded.node, until = excluded.until
        WHERE held.node = excluded.node OR held.until <= ${at}::timestamptz
      RETURNING queue`;
  },

  /** Leaves the queue to other nodes. */
  release: (): Promise<void> =>
    runSql(sql)`DELETE FROM gatehouse_mail.senders WHERE queue = ${queue} AND node = ${node}::uuid`,
});
