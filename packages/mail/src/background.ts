import { createRandomUuid } from 'graphql-gatehouse/package';
import { createCompose } from './compose/compose.ts';
import type { MailOptions } from './options.ts';
import type { Queue } from './outbox/mail.ts';
import { openTransport } from './outbox/open-transport.ts';
import { createSendMails } from './outbox/send-mails.ts';
import { createParts, type Parts } from './parts.ts';
import type { Purposes } from './purpose.ts';
import { removeExpired } from './remove-expired.ts';
import type { MailRuntime } from './settings.ts';
import { continueVerification, intervalSeconds } from './verify-all/verify-all.ts';

/** Opens the package in a process. Each queue has its own sender, so that requests of strangers delay no notices. */
export async function openMail(runtime: MailRuntime, options: MailOptions, purposes: Purposes) {
  const created = await createParts(runtime, options, purposes);
  const parts = Object.assign({}, runtime, created);
  const senders = {
    ACCOUNT: createSender(parts, 'ACCOUNT'),
    REQUEST: createSender(parts, 'REQUEST'),
  };
  return Object.assign({ senders }, created);
}

const createSender = (parts: Parts, queue: Queue) =>
  createSendMails(
    Object.assign({}, parts, {
      transport: openTransport(parts),
      compose: createCompose(parts),
      queue,
      node: createRandomUuid(parts.randomBytes),
    }),
  );

type Opened = Parts & Awaited<ReturnType<typeof openMail>>;

const sending = (queue: Queue) => ({
  intervalSeconds: 0.5,
  run: ({ senders }: Opened, isStopped: () => boolean) => senders[queue](isStopped),
});

export const background = {
  'send mails of accounts': sending('ACCOUNT'),
  'send requested mails': sending('REQUEST'),
  'verify addresses': { intervalSeconds, run: continueVerification },
  'remove expired rows': { intervalSeconds: 60, run: removeExpired },
};
