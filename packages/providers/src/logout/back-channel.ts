import type { PackageRoute } from 'graphql-gatehouse';
import type { Parts } from '../parts.ts';
import { after, pendingSeconds } from '../pending/pending.store.ts';
import { type LogoutToken, ProviderError } from '../protocol/protocol.ts';
import { looksLikeLogoutToken } from '../protocol/read-logout-token.ts';
import { wayBackPath } from '../providers-protocol.ts';
import { recordFailure } from '../record-failure.ts';
import { findLoggedOut, finishLogout, type Logout, recordLogout } from './logout.store.ts';

/**
 * The route to which a provider sends log-outs (OpenID Connect Back-Channel Logout 1.0). It answers when they are in force: the next
 * request with one of these sessions is refused, on every node.
 */
export const backChannelOf = (provider: string): PackageRoute<Parts> => ({
  method: 'POST',
  path: `${wayBackPath(provider)}/logout`,
  takes: 'nothing',
  contentTypes: ['application/x-www-form-urlencoded'],
  maxBodyBytes: 20_000,
  async run({ request }, parts) {
    const fields = new URLSearchParams(await request.text());
    const [token = '', ...others] = fields.getAll('logout_token');
    if (others.length > 0 || !looksLikeLogoutToken(token)) return invalid();
    if (!parts.logouts.enter()) return unavailable();
    try {
      const read = await parts.protocols.get(provider)?.readLogoutToken(token);
      if (read !== undefined) await logOut(parts, provider, read);
      return new Response(null, { status: 200 });
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      await recordFailure(parts, provider, error);
      return error.isAway ? unavailable() : invalid();
    } finally {
      parts.logouts.leave();
    }
  },
});

/**
 * Ends sessions once for each token. A token that comes again has done its work, and does nothing. In two transactions: log-ins of the
 * provider wait for the first alone, which is short, and each user for the end of its own sessions.
 */
async function logOut(
  { sql, accounts, now }: Parts,
  provider: string,
  { jti, sub, sid, expiresAt }: LogoutToken,
): Promise<void> {
  const at = now();
  // A log-in that began before it can be completed for some time.
  const kept = after(at, 2 * pendingSeconds);
  const until = expiresAt > kept ? expiresAt : kept;
  const logout: Logout = { provider, jti, sub, sid, at, expiresAt: until };
  const isDone = await sql.transaction((transaction) => recordLogout(transaction, logout));
  if (isDone) return;
  await sql.transaction(async (transaction) => {
    const ended = await findLoggedOut(transaction, logout);
    const reason = `logged out at ${provider}`;
    if (ended.length > 0) await accounts.endOpened(transaction, ended, { at, reason });
    await finishLogout(transaction, logout);
  });
}

const invalid = (): Response => Response.json({ error: 'invalid_request' }, { status: 400 });

/** The provider may send the same token again. */
const unavailable = (): Response =>
  Response.json({ error: 'temporarily_unavailable' }, { status: 503 });
