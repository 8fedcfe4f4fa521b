import type { Check, PackageContext } from 'graphql-gatehouse';
import { z } from 'zod';
import { readRows, type Sql } from './database/rows.ts';
import { openTransport } from './outbox/open-transport.ts';
import type { MailSettings } from './settings.ts';

/** Checks that the server for mails accepts connections. */
export async function checkServer(
  context: PackageContext<MailSettings>,
): Promise<readonly Check[]> {
  const name = 'mail server';
  if (context.settings.MAIL_URL === undefined) {
    return [
      {
        name,
        state: 'warning',
        found: 'MAIL_URL is not set: mails are printed',
        advice: 'set MAIL_URL',
      },
    ];
  }
  const transport = openTransport(context);
  try {
    await transport.check();
    return [{ name, state: 'ok', found: 'it accepts connections' }];
  } catch (error) {
    const found = error instanceof Error ? error.message : 'unknown error';
    return [
      { name, state: 'problem', found, advice: 'check MAIL_URL, and that the server is reachable' },
    ];
  } finally {
    transport.close();
  }
}

const queueSchema = z.object({ waiting: z.number(), late: z.number(), givenUp: z.number() });

/** There can be a mail for each account, and a report needs no exact number. */
const mostCounted = 1_001;

/** Returns SQL that counts mails up to `mostCounted`. */
const countOf = (condition: string): string =>
  `(SELECT count(*)::int FROM (
    SELECT FROM gatehouse_mail.outbox WHERE ${condition} LIMIT ${mostCounted}) AS few)`;

const describe = (count: number): string =>
  count < mostCounted ? `${count}` : `more than ${mostCounted - 1}`;

/** Checks that mails are sent. */
export async function checkQueue({
  sql,
  now,
}: {
  readonly sql: Sql;
  readonly now: () => Date;
}): Promise<readonly Check[]> {
  const [queue] = await readRows(
    sql,
    queueSchema,
    `SELECT
       ${countOf('done_at IS NULL')} AS waiting,
       ${countOf("done_at IS NULL AND created_at < $1::timestamptz - interval '15 minutes'")} AS late,
       ${countOf("outcome = 'GIVEN_UP'")} AS "givenUp"`,
    now().toISOString(),
  );
  if (queue === undefined) return [];
  const { waiting, late, givenUp } = queue;
  const found = `${describe(waiting)} waiting, ${describe(givenUp)} given up in the last days`;
  if (late === 0) return [{ name: 'mails', state: 'ok', found }];
  const advice = 'see the log for `the mail server is unavailable`, and whether a server runs';
  return [
    {
      name: 'mails',
      state: 'warning',
      found: `${found}, ${describe(late)} for over 15 minutes`,
      advice,
    },
  ];
}
