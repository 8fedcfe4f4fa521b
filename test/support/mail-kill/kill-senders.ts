import { setTimeout as sleep } from 'node:timers/promises';
import type { SmtpMoment } from '../mail/smtp-server.ts';
import type { MailNodes } from './mail-nodes.ts';

/** How often a node was killed, by the moment of the mail that it was sending. */
export type Kills = Partial<Record<SmtpMoment, number>>;

/** A kill comes at one of so many moments: each mail has four. */
const maxMoments = 24;
/** And so long after it at most: replies are noted in the database meanwhile. */
const maxDelayMs = 8;

export interface KillPlan {
  readonly rounds: number;
  /** Absent: a random moment each time, and up to some milliseconds after it. */
  readonly at?: SmtpMoment;
}

/** Kills the node that sends, again and again, each time at another moment. The other node sends meanwhile. */
export async function killSenders(nodes: MailNodes, { rounds, at }: KillPlan): Promise<Kills> {
  const kills: Kills = {};
  for (let round = 0; round < rounds; round += 1) {
    const count = at === undefined ? 1 + Math.floor(Math.random() * maxMoments) : 1;
    const { place, moment } = await nextMoment(nodes, { count, at });
    // A timer takes at least 1 ms.
    if (at === undefined && round % 3 !== 0) await sleep(Math.random() * maxDelayMs);
    kills[moment] = (kills[moment] ?? 0) + 1;
    await nodes.kill(place);
    // In the end, the other node sends all that is left.
    if (round < rounds - 1) await nodes.restart(place);
  }
  return kills;
}

interface AwaitedMoment {
  readonly count: number;
  readonly at: SmtpMoment | undefined;
}

/** Waits until so many moments have passed at either node. */
const nextMoment = ({ watch }: Pick<MailNodes, 'watch'>, { count, at }: AwaitedMoment) =>
  new Promise<{ readonly place: number; readonly moment: SmtpMoment }>((resolve) => {
    let left = count;
    watch((place, moment) => {
      if (at === undefined || at === moment) left -= 1;
      if (left === 0) resolve({ place, moment });
    });
  });
