import type { Check, PackageContext } from 'graphql-gatehouse';
import { fragment, readRow, type SqlFragment } from 'graphql-gatehouse/package';
import { z } from 'zod';
import { openTransport } from './outbox/open-transport.ts';
import type { LeaseOptions } from './outbox/sender-lease.ts';
import type { MailSettings } from './settings.ts';

export async function checkServer(
  context: PackageContext<MailSettings>,
): Promise<readonly Check[]> {
  const name = 'mail server';
  if (context.settings.MAIL_URL === undefined) {
    const found = 'MAIL_URL is not set: mails are printed';
    return [{ name, state: 'warning', found, advice: 'set MAIL_URL' }];
  }
  const transport = openTransport(context);
  try {
    await transport.check();
    return [{ name, state: 'ok', found: 'it accepts connections' }];
  } catch (error) {
    const found = error instanceof Error ? error.message : 'unknown error';
    const advice = 'check MAIL_URL, and that the server is reachable';
    return [{ name, state: 'problem', found, advice }];
  } finally {
    transport.close();
  }
}

const queueSchema = z.object({ waiting: z.number(), late: z.number(), givenUp: z.number() });

/** There can be a mail for each account, and a report needs no exact number. */
const mostCounted = 1_001;

/** Returns SQL that counts mails up to `mostCounted`. */
const countOf = (condition: SqlFragment): SqlFragment => fragment`
  (SELECT count(*)::int FROM (
    SELECT FROM gatehouse_mail.outbox WHERE ${condition} LIMIT ${mostCounted}::int) AS few)`;

const describe = (count: number): string =>
  count < mostCounted ? `${count}` : `more than ${mostCounted - 1}`;

export async function checkQueue({
  sql,
  now,
}: Pick<LeaseOptions, 'sql' | 'now'>): Promise<readonly Check[]> {
  const isWaiting = fragment`done_at IS NULL`;
  const isLate = fragment`${isWaiting} AND created_at < ${now()}::timestamptz - interval '15 minutes'`;
  const { waiting, late, givenUp } = await readRow(sql, queueSchema)`
    SELECT ${countOf(isWaiting)} AS waiting, ${countOf(isLate)} AS late,
      ${countOf(fragment`outcome = 'GIVEN_UP'`)} AS "givenUp"`;
  const name = 'mails';
  const all = `${describe(waiting)} waiting, ${describe(givenUp)} given up in the last days`;
  if (late === 0) return [{ name, state: 'ok', found: all }];
  const found = `${all}, ${describe(late)} for over 15 minutes`;
  const advice = 'see the log for `the mail server is unavailable`, and whether a server runs';
  return [{ name, state: 'warning', found, advice }];
}
