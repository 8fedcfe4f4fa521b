import type { GatehousePackage } from 'graphql-gatehouse';
import { markBounced } from '../addresses/address.store.ts';
import type { MailOptions } from '../options.ts';
import { cancelMails } from '../outbox/outbox.store.ts';
import type { MailRuntime } from '../parts.ts';
import type { MailSettings } from '../settings.ts';
import { startRun } from '../verify-all/verify-all.store.ts';
import { createPreviewCommand } from './preview.ts';

type Commands = NonNullable<GatehousePackage<MailSettings>['commands']>;

/** Creates the commands of the package. The operating system authorizes them. */
export const createCommands = ({ texts }: Pick<MailOptions, 'texts'>): Commands => ({
  'mail preview': createPreviewCommand({ texts }),
  'mail verify-all': {
    description: 'send a link to all addresses that are not verified, slowly, while a server runs',
    async run({ sql, now, settings }: MailRuntime) {
      if (!(await startRun(sql, now()))) return 'it is in progress';
      return `started: ${settings.MAIL_VERIFICATIONS_PER_MINUTE} mails a minute`;
    },
  },
  'mail bounced': {
    description: 'send no more mails to an address, whose mails came back',
    arguments: { address: { type: 'string', description: 'the address' } },
    async run({ sql, accounts, now }: MailRuntime, input) {
      const { text, key } = accounts.parseEmail('address', String(input.address));
      const count = await sql.transaction(async (transaction) => {
        const userIds = await markBounced(transaction, key, now());
        await cancelMails(transaction, key, now());
        for (const subjectId of userIds) {
          await accounts.record(transaction, { action: 'email.bounced', subjectId });
        }
        return userIds.length;
      });
      return `${text} is not verified any more, for ${count} ${count === 1 ? 'account' : 'accounts'}`;
    },
  },
});
