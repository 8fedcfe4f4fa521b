import type { PackageContext } from 'graphql-gatehouse';
import type { Sql } from 'graphql-gatehouse/package';
import { cancelOfMail } from '../tokens/token.store.ts';
import type { Compose, OutgoingMail, Queue, QueuedMail, Sending, Transport } from './mail.ts';
import { maxAgeMs } from './max-age.ts';
import { claimMail, finishMail, hasDueMail, noteArrival, type Outcome } from './outbox.store.ts';
import { createSenderLease } from './sender-lease.ts';

type Log = PackageContext<unknown>['log'];

export interface SendMailsOptions {
  readonly sql: Sql;
  readonly now: () => Date;
  readonly randomBytes: (size: number) => Uint8Array;
  readonly transport: Transport;
  readonly compose: Compose;
  readonly log: Log;
  readonly queue: Queue;
  /** A UUID of this process. */
  readonly node: string;
}

/** One run of a background task. */
type Run = (isStopped: () => boolean) => Promise<void>;

/** How long this node waits after the server was unavailable, by how often in a row. */
const pausesMs = [5_000, 15_000, 30_000] as const;

/**
 * Returns the run that sends the due mails of a queue, one after another, until none is left, it is stopped, or the server
 * is unavailable. Of all nodes one runs at a time. Each queue has its own run, so that one never delays the other.
 */
export function createSendMails(options: SendMailsOptions): Run {
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

  return async (isStopped) => {
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
  const { sql, now, randomBytes, transport, log, queue } = options;
  const finish = (mail: QueuedMail, outcome: Outcome) =>
    finishMail(sql, mail.id, { outcome, at: now() });

  async function giveUp(mail: QueuedMail, code: string): Promise<void> {
    await finish(mail, 'GIVEN_UP');
    log.warn({ id: mail.id, purpose: mail.purpose, code }, 'gave up a mail');
  }

  /** No link of a mail that never arrived counts as one of an account. */
  async function refuse(mail: QueuedMail, code: string): Promise<void> {
    await giveUp(mail, code);
    if (!mail.mayHaveArrived) await cancelOfMail(sql, mail.id, now());
  }

  async function note(mail: QueuedMail, sending: Sending): Promise<void> {
    if (sending.outcome === 'sent') return finish(mail, 'SENT');
    if (sending.outcome === 'refused') return refuse(mail, sending.code);
    if (sending.mayHaveArrived) await noteArrival(sql, mail.id);
    logDelay(log, mail, sending.code);
  }

  return async () => {
    const at = now();
    const mail = await claimMail(sql, { queue, at, jitter: randomFraction(randomBytes) });
    if (mail === undefined) return { outcome: 'none' };
    if (at.getTime() >= mail.createdAt.getTime() + maxAgeMs[queue]) {
      await giveUp(mail, 'EXPIRED');
      return { outcome: 'skipped' };
    }
    const outgoing = await composeMail(mail, options);
    if (outgoing === undefined) return { outcome: 'skipped' };
    if (outgoing === 'nothing') {
      await finish(mail, 'NOTHING');
      return { outcome: 'skipped' };
    }
    const sending = await transport.send(outgoing, mail.id);
    await note(mail, sending);
    return sending;
  };
}

/** Undefined: it failed, and is tried again when the mail is due. */
async function composeMail(
  mail: QueuedMail,
  { compose, log }: Pick<SendMailsOptions, 'compose' | 'log'>,
): Promise<OutgoingMail | 'nothing' | undefined> {
  try {
    return (await compose(mail)) ?? 'nothing';
  } catch (error) {
    logDelay(log, mail, errorName(error));
    return undefined;
  }
}

const logDelay = (log: Log, { id, purpose, attempts }: QueuedMail, code: string): void =>
  log.info({ id, purpose, attempts, code }, 'a mail is delayed');

/** The message of an error may contain what the mail is about. */
const errorName = (error: unknown): string => (error instanceof Error ? error.name : 'UNKNOWN');

/** From 0 to 1. */
const randomFraction = (randomBytes: (size: number) => Uint8Array): number =>
  Buffer.from(randomBytes(2)).readUInt16BE() / 0xffff;
