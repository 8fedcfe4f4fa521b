import type { GatehousePackage } from 'graphql-gatehouse';
import { createCompose } from './compose/compose.ts';
import { createUuid } from './database/uuid.ts';
import type { Queue } from './outbox/mail.ts';
import { openTransport } from './outbox/open-transport.ts';
import { createSendMails } from './outbox/send-mails.ts';
import type { MailRuntime, Parts, PartsOf } from './parts.ts';
import { removeExpired } from './remove-expired.ts';
import type { MailSettings } from './settings.ts';
import { continueVerification, intervalSeconds } from './verify-all/verify-all.ts';

type Background = NonNullable<GatehousePackage<MailSettings>['background']>;

/** Creates the background work. Each queue has its own, so that requests of strangers delay no notices. */
export const createBackground = (partsOf: PartsOf): Background => ({
  'send mails of accounts': { intervalSeconds: 0.5, run: createSending(partsOf, 'ACCOUNT') },
  'send requested mails': { intervalSeconds: 0.5, run: createSending(partsOf, 'REQUEST') },
  'verify addresses': {
    intervalSeconds,
    run: async (runtime: MailRuntime) => continueVerification(await partsOf(runtime)),
  },
  'remove expired rows': { intervalSeconds: 60, run: removeExpired },
});

type Run = (isStopped: () => boolean) => Promise<void>;

/** Returns the run of a queue, which the first call in a process creates. */
function createSending(partsOf: PartsOf, queue: Queue) {
  const made = new WeakMap<Parts, Run>();
  return async (runtime: MailRuntime, isStopped: () => boolean): Promise<void> => {
    const parts = await partsOf(runtime);
    const run = made.get(parts) ?? createRun(parts, queue);
    made.set(parts, run);
    await run(isStopped);
  };
}

function createRun(parts: Parts, queue: Queue): Run {
  const { sql, now, randomBytes, log } = parts;
  const transport = openTransport(parts);
  const compose = createCompose(parts);
  const node = createUuid(randomBytes);
  return createSendMails({ sql, now, randomBytes, log, transport, compose, queue, node });
}
