import type { PackageRoute } from 'graphql-gatehouse';
import type { Parts } from '../parts.ts';
import { after, pendingSeconds } from '../pending/pending.store.ts';
import { type LogoutToken, ProviderError } from '../protocol/protocol.ts';
import { wayBackPath } from '../providers-protocol.ts';
import { recordFailure } from '../record-failure.ts';
import { findLoggedOut, type Logout, recordLogout } from './logout.store.ts';

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
    const [token = '', ...others] = new URLSearchParams(await request.text()).getAll(
      'logout_token',
    );
    if (token === '' || others.length > 0) return refused(400, 'invalid_request');
    try {
      const read = await parts.protocols.get(provider)?.readLogoutToken(token);
      if (read !== undefined) await logOut(parts, provider, read);
      return new Response(null, { status: 200 });
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      await recordFailure(parts, provider, error);
      // The provider itself is away: it may send the same again.
      return error.isAway
        ? refused(503, 'temporarily_unavailable')
        : refused(400, 'invalid_request');
    }
  },
});

/** Ends sessions once for each token. A token that comes again has done its work, and does nothing. */
async function logOut(
  { sql, accounts, now }: Parts,
  provider: string,
  { jti, sub, sid, expiresAt }: LogoutToken,
): Promise<void> {
  await sql.transaction(async (transaction) => {
    const at = now();
    // A log-in that began before it can be completed for some time.
    const kept = after(at, 2 * pendingSeconds);
    const until = expiresAt > kept ? expiresAt : kept;
    const logout: Logout = { provider, jti, sub, sid, at, expiresAt: until };
    if (!(await recordLogout(transaction, logout))) return;
    const ended = await findLoggedOut(transaction, logout);
    const reason = `logged out at ${provider}`;
    if (ended.length > 0) await accounts.endOpened(transaction, ended, { at, reason });
  });
}

const refused = (status: number, error: string): Response => Response.json({ error }, { status });
