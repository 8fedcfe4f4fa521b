import type { PackageRuntime } from 'graphql-gatehouse';
import { maxWaiting } from './request.store.ts';

/** For how long a warning is not repeated. */
const quietMs = 60 * 60 * 1000;

/** Creates the warning that the queue of requests is full. It is repeated once an hour at most. */
export const createWarnWhenFull = ({ log, now }: Pick<PackageRuntime<unknown>, 'log' | 'now'>) => {
  let quietUntil = 0;
  return (): void => {
    const at = now().getTime();
    if (at < quietUntil) return;
    quietUntil = at + quietMs;
    log.warn({ waiting: maxWaiting }, 'the queue of requested mails is full; requests are dropped');
  };
};
