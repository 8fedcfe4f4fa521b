import type { ArrivedOperation } from 'graphql-gatehouse';
import { LRUCache } from 'lru-cache';
import { hashOf } from './hash.ts';

/** Each text is logged once. Of more than these, the oldest are logged again. */
const maxHashes = 10_000;
/** The maximum number of lines in a minute. Others are counted by the next line. */
const linesPerMinute = 60;
const minuteMs = 60_000;
const maxNameLength = 64;

export interface UnknownLogOptions {
  readonly warn: (details: object, message: string) => void;
  /** A monotonic clock, in milliseconds. */
  readonly elapsedMs: () => number;
}

/** Creates the function that logs an operation that would be refused, by its hash and name. */
export function createUnknownLog({ warn, elapsedMs }: UnknownLogOptions) {
  const logged = new LRUCache<string, true>({ max: maxHashes });
  let minute = 0;
  let lines = 0;
  let omitted = 0;

  return ({ text, operationName: name, viewer, requestId }: ArrivedOperation): void => {
    const hash = hashOf(text);
    if (logged.has(hash)) return;
    const currentMinute = Math.floor(elapsedMs() / minuteMs);
    if (currentMinute !== minute) lines = 0;
    minute = currentMinute;
    if (lines >= linesPerMinute) {
      omitted += 1;
      return;
    }
    lines += 1;
    logged.set(hash, true);
    const operationName = name?.slice(0, maxNameLength);
    const facts = { documentHash: hash, operationName };
    const others = omitted === 0 ? {} : { omitted };
    omitted = 0;
    warn(
      { requestId, viewer: viewer.kind, ...facts, ...others },
      'OPERATIONS=report: an unknown operation would have been rejected',
    );
  };
}
