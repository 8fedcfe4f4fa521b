import type { MailRuntime } from '../settings.ts';
import { cancelTokens, ofMail } from '../tokens/token.store.ts';
import {
  type Compose,
  maxAgeMs,
  type OutgoingMail,
  type QueuedMail,
  type Sending,
  type Transport,
} from './mail.ts';
import { claimMail, finishMail, hasDueMail, noteArrival, type Outcome } from './outbox.store.ts';
import { createSenderLease, type LeaseOptions } from './sender-lease.ts';

export interface SendMailsOptions extends LeaseOptions, Pick<MailRuntime, 'randomBytes' | 'log'> {
  readonly transport: Transport;
  readonly compose: Compose;
}

/** How long this node waits after the server was unavailable, by how often in a row. */
const pausesMs = [5_000, 15_000, 30_000] as const;

/**
 * Returns the run that sends the due mails of a queue, one after another, until none is left, it is stopped, or the server
 * is unavailable. Of all nodes one runs at a time. Each queue has its own run, so that one never delays the other.
 */
export function createSendMails(options: SendMailsOptions) {
  const { sql, now, queue, log, transport } = options;
  const lease = createSenderLease(options);
  const attempt = createAttempt(options);
  let failures = 0;
  let resumesAt = 0;

  function noteServer(isAvailable: boolean, code = ''): void {
    if (!isAvailable && failures === 0) log.warn({ queue, code }, 'the mail server is unavailable');
    if (isAvailable && failures > 0) log.info({ queue }, 'the mail server is available again');
    failures = isAvailable ? 0 : failures + 1;
    const pauseMs = pausesMs[Math.min(failures, pausesMs.length) - 1] ?? 0;
    resumesAt = now().getTime() + pauseMs;
  }

  /** Returns whether another mail may follow. */
  async function sendNext(): Promise<boolean> {
    const attempted = await attempt();
    if (attempted.outcome === 'none') return false;
    if (attempted.outcome === 'skipped') return true;
    const isUnavailable = attempted.outcome === 'failed' && attempted.isServer;
    noteServer(!isUnavailable, isUnavailable ? attempted.code : undefined);
    return !isUnavailable;
  }

  return async (isStopped: () => boolean): Promise<void> => {
    if (now().getTime() < resumesAt || !(await hasDueMail(sql, queue, now()))) return;
    try {
      let goesOn = true;
      // An attempt is shorter than the lease.
      while (goesOn && !isStopped() && (await lease.take())) goesOn = await sendNext();
    } finally {
      transport.close();
      await lease.release();
    }
  };
}

/** What became of the next mail. `none`: none is due. `skipped`: the server was not asked. */
type Attempted = Sending | { readonly outcome: 'none' | 'skipped' };

function createAttempt(options: SendMailsOptions): () => Promise<Attempted> {
  const { sql, now, randomBytes, transport, compose, log, queue } = options;
  const skipped = { outcome: 'skipped' } as const;
  const finish = (mail: QueuedMail, outcome: Outcome) =>
    finishMail(sql, mail.id, { outcome, at: now() });

  async function giveUp(mail: QueuedMail, code: string): Promise<void> {
    await finish(mail, 'GIVEN_UP');
    log.warn({ id: mail.id, purpose: mail.purpose, code }, 'gave up a mail');
  }

  /** No link of a mail that never arrived counts as one of an account. */
  async function refuse(mail: QueuedMail, code: string): Promise<void> {
    await giveUp(mail, code);
    if (!mail.mayHaveArrived) await cancelTokens(sql, ofMail(mail.id), now());
  }

  async function note(mail: QueuedMail, sending: Sending): Promise<void> {
    if (sending.outcome === 'sent') return finish(mail, 'SENT');
    if (sending.outcome === 'refused') return refuse(mail, sending.code);
    if (sending.mayHaveArrived) await noteArrival(sql, mail.id);
    noteDelay(mail, sending.code);
  }

  const noteDelay = ({ id, purpose, attempts }: QueuedMail, code: string) =>
    log.info({ id, purpose, attempts, code }, 'a mail is delayed');

  return async () => {
    const at = now();
    const jitter = Buffer.from(randomBytes(2)).readUInt16BE() / 0xffff;
    const mail = await claimMail(sql, { queue, at, jitter });
    if (mail === undefined) return { outcome: 'none' };
    if (at.getTime() >= mail.createdAt.getTime() + maxAgeMs[queue]) {
      await giveUp(mail, 'EXPIRED');
      return skipped;
    }
    let outgoing: OutgoingMail | undefined;
    try {
      outgoing = await compose(mail);
    } catch (error) {
      // The message of an error may contain what the mail is about.
      noteDelay(mail, error instanceof Error ? error.name : 'UNKNOWN');
      return skipped;
    }
    if (outgoing === undefined) {
      await finish(mail, 'NOTHING');
      return skipped;
    }
    const sending = await transport.send(outgoing, mail.id);
    await note(mail, sending);
    return sending;
  };
}
