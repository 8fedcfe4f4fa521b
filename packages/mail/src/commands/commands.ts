import { defineCommand } from 'graphql-gatehouse/package';
import { markBounced } from '../addresses/address.store.ts';
import { cancelMails } from '../outbox/outbox.store.ts';
import type { Parts } from '../parts.ts';
import { startRun } from '../verify-all/verify-all.store.ts';
import { preview } from './preview.ts';

/** The commands of the package. The operating system authorizes them. */
export const commands = {
  'mail preview': preview,
  'mail verify-all': defineCommand({
    description: 'send a link to all addresses that are not verified, slowly, while a server runs',
    async run({ sql, now, settings }: Parts) {
      if (!(await startRun(sql, now()))) return 'it is in progress';
      return `started: ${settings.MAIL_VERIFICATIONS_PER_MINUTE} mails a minute`;
    },
  }),
  'mail bounced': defineCommand({
    description: 'send no more mails to an address, whose mails came back',
    arguments: { address: { type: 'string', description: 'the address' } },
    async run({ sql, accounts, now }: Parts, { address }) {
      const { text, key } = accounts.parseEmail('address', address);
      const count = await sql.transaction(async (transaction) => {
        const users = await markBounced(transaction, key, now());
        await cancelMails(transaction, key, now());
        for (const { userId: subjectId } of users) {
          await accounts.record(transaction, { action: 'email.bounced', subjectId });
        }
        return users.length;
      });
      return `${text} is not verified any more, for ${count} ${count === 1 ? 'account' : 'accounts'}`;
    },
  }),
};
