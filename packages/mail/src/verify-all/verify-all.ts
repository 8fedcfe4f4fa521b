import type { AccountFacts, SqlTransaction } from 'graphql-gatehouse';
import { findLimit, queueLink } from '../account/account-link.ts';
import { findVerified } from '../addresses/holders.ts';
import { storedEmail } from '../addresses/stored-email.ts';
import type { Parts } from '../parts.ts';
import { verification as purpose } from '../purposes.ts';
import { countTokens, liveOf } from '../tokens/token.store.ts';
import { countWaiting, finishRun, lockRun, moveRun } from './verify-all.store.ts';

/** How often a part of the run is done, in seconds. */
export const intervalSeconds = 10;

/** While so many mails wait, no others are added. */
const maxWaiting = 100;

/**
 * Goes on with the run that `verify-all` has started: queues the mails of one interval, for accounts whose address is not
 * verified. A node that is killed leaves nothing half done.
 */
export async function continueVerification(parts: Parts): Promise<void> {
  const { accounts, settings, sql, now } = parts;
  const limit = Math.ceil((settings.MAIL_VERIFICATIONS_PER_MINUTE * intervalSeconds) / 60);
  await sql.transaction(async (transaction) => {
    const run = await lockRun(transaction);
    if (run === undefined || (await countWaiting(transaction, maxWaiting)) === maxWaiting) return;
    const found = await accounts.listAfter(transaction, run.afterId, limit);
    const last = found.at(-1);
    if (last === undefined) return finishRun(transaction, now());
    await queueVerifications(parts, transaction, found);
    await moveRun(transaction, last.id);
  });
}

async function queueVerifications(
  parts: Parts,
  sql: SqlTransaction,
  found: readonly AccountFacts[],
): Promise<void> {
  const at = parts.now();
  const ids = found.map(({ id }) => id);
  const verified = new Set((await findVerified(parts, sql, ids)).map(({ userId }) => userId));
  for (const account of found) {
    const email = storedEmail(account);
    if (email === undefined || account.disabledAt !== null || verified.has(account.id)) continue;
    const use = { account, purpose, at };
    // The user may have asked for one.
    const live = liveOf({ account, purpose: purpose.name }, at);
    const isAsked = (await countTokens(sql, live)) > 0;
    if (isAsked || (await findLimit(parts, sql, use)) !== undefined) continue;
    const delivery = { app: null, locale: null };
    await queueLink(parts, sql, { purpose, account, email, delivery, at });
  }
}
