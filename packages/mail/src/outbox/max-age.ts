import type { Queue } from './mail.ts';

const hourMs = 60 * 60 * 1000;

/** For how long a mail is tried. Links that strangers asked for live short, and are not wanted a day later. */
export const maxAgeMs: Readonly<Record<Queue, number>> = {
  ACCOUNT: 72 * hourMs,
  REQUEST: 24 * hourMs,
};
