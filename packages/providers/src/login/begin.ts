import { takeAddressAttempt } from '../address-attempts.ts';
import type { MutationResolvers } from '../generated/resolver-types.ts';
import type { Parts, ProvidersContext } from '../parts.ts';
import { after, beginLogin, pendingSeconds } from '../pending/pending.store.ts';
import { attempt, redirectUriOf } from '../providers-protocol.ts';
import { mayReturnTo } from '../return-to.ts';
import { createSecret, isSecret } from '../secrets.ts';

export const loginFields = {
  /**
   * Begins a log-in at a provider.
   *
   * @throws BAD_USER_INPUT for an address that the settings do not have. @throws RATE_LIMITED when too many are pending.
   * @throws SERVICE_UNAVAILABLE while the provider is away.
   */
  async beginProviderLogin(parts, { provider, returnTo, ...asked }, context) {
    const { errors, sql, now, addressKey, randomBytes } = parts;
    const { viewer, client, browserSession } = context;
    const appChallenge = asked.appChallenge ?? undefined;
    requireSound(parts, { returnTo, appChallenge });
    if (appChallenge === undefined) browserSession.requireAvailable();
    await takeAddressAttempt(parts, client.ip);
    const secret = () => createSecret(randomBytes);
    const [state, challenge, nonce, verifier] = [secret(), secret(), secret(), secret()];
    const sessionId = viewer.kind === 'user' ? viewer.sessionId : undefined;
    const url = await attempt(parts, provider, (protocol) =>
      protocol.begin({
        redirectUri: redirectUriOf(parts, provider),
        state,
        nonce,
        verifier,
        again: sessionId !== undefined,
      }),
    );
    if (url === undefined) throw providerAway(parts);
    const browser = appChallenge === undefined ? markOf(context, parts) : undefined;
    const address = client.ip === undefined ? undefined : addressKey(client.ip);
    const at = now();
    const hasBegun = await sql.transaction((transaction) =>
      beginLogin(transaction, {
        provider,
        state,
        challenge,
        nonce,
        verifier,
        returnTo,
        browser,
        appChallenge,
        sessionId,
        address,
        at,
      }),
    );
    if (!hasBegun) throw errors.rateLimited(pendingSeconds);
    if (browser !== undefined) {
      browserSession.setMark({ value: browser, expiresAt: after(at, pendingSeconds) });
    }
    return { url: url.href, challenge };
  },
} satisfies MutationResolvers;

interface Target {
  readonly returnTo: string;
  readonly appChallenge: string | undefined;
}

/** @throws BAD_USER_INPUT. */
function requireSound({ errors, addresses }: Parts, { returnTo, appChallenge }: Target): void {
  const isApp = appChallenge !== undefined;
  if (isApp && !isSecret(appChallenge)) {
    throw errors.badInput('appChallenge', '`appChallenge` must be a SHA-256 in base64url.');
  }
  const allowed = isApp ? addresses.ofApps : addresses.ofPages;
  if (!mayReturnTo(returnTo, { allowed, isApp })) {
    const setting = isApp ? 'PROVIDERS_APPS_RETURN_TO' : 'PROVIDERS_RETURN_TO';
    throw errors.badInput('returnTo', `\`returnTo\` is not an address of ${setting}.`);
  }
}

/** Log-ins in several tabs of a browser have the same secret: each has a state of its own. */
function markOf({ browserSession }: ProvidersContext, { randomBytes }: Parts): string {
  const mark = browserSession.mark();
  return mark !== undefined && isSecret(mark) ? mark : createSecret(randomBytes);
}

/** The provider does not answer. Other ways to log in go on. */
const providerAway = ({ errors }: Parts): Error =>
  errors.unavailable(
    'PROVIDER_UNAVAILABLE',
    'The identity provider does not answer. Try again later, or log in in another way.',
  );
