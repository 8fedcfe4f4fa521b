import * as client from 'openid-client';
import { isSafeAddress, type OidcProvider } from '../oidc.ts';
import { s256 } from '../secrets.ts';
import { createLimitedFetch, type FetchLimits } from './limited-fetch.ts';
import { ProviderError, type ProviderProtocol } from './protocol.ts';
import { readClaims } from './read-claims.ts';
import { createKeys, readLogoutToken } from './read-logout-token.ts';
import { toProviderError } from './to-provider-error.ts';

export interface ProtocolOptions extends FetchLimits {
  readonly provider: OidcProvider;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly now: () => Date;
}

/** How long what a provider says of itself is used. Its keys are read again when one is not known. */
const discoveryMs = 60 * 60_000;
const toleranceSeconds = 30;

/** Speaks OpenID Connect with a provider, in the code flow with PKCE. */
export function createProtocol(options: ProtocolOptions): ProviderProtocol {
  const { provider, clientId, now } = options;
  const discover = createDiscovery(options);
  const keysAt = createKeysAt(options);
  return {
    async describe() {
      const said = (await discover().catch(toProviderError('discovery'))).serverMetadata();
      return {
        namesTime: said.claims_supported?.includes('auth_time') === true,
        sendsLogouts: said.backchannel_logout_supported === true,
      };
    },
    async begin({ redirectUri, state, nonce, verifier, again }) {
      const found = await discover().catch(toProviderError('discovery'));
      return client.buildAuthorizationUrl(found, {
        redirect_uri: redirectUri,
        scope: provider.scopes.join(' '),
        state,
        nonce,
        code_challenge: s256(verifier),
        code_challenge_method: 'S256',
        // With `max_age`, a provider has to say when the user proved itself (OpenID Connect Core, 3.1.2.1).
        max_age: `${again ? 0 : provider.lives}`,
        ...(again ? { prompt: 'login' } : {}),
      });
    },
    async finish(wayBack, { state, nonce, verifier }) {
      const found = await discover().catch(toProviderError('discovery'));
      const tokens = await client
        .authorizationCodeGrant(found, wayBack, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        })
        .catch(toProviderError('token'));
      const claims = tokens.claims();
      if (claims === undefined) throw new ProviderError('token', 'OTHER');
      return readClaims(claims, provider, now());
    },
    async readLogoutToken(token) {
      const { issuer, jwks_uri } = (
        await discover().catch(toProviderError('discovery'))
      ).serverMetadata();
      const check = async () =>
        readLogoutToken(token, { issuer, audience: clientId, keys: keysAt(jwks_uri), now: now() });
      return check().catch(toProviderError('logout'));
    },
    async logoutUrl(returnTo) {
      const found = await discover().catch(toProviderError('discovery'));
      if (found.serverMetadata().end_session_endpoint === undefined) return undefined;
      // By `client_id`, which the library adds: no ID token is kept that could name the session.
      return client.buildEndSessionUrl(found, { post_logout_redirect_uri: returnTo });
    },
  };
}

/** Creates the function that returns the keys at an address, which are kept until the provider names another one. */
function createKeysAt(limits: FetchLimits) {
  const fetch = createLimitedFetch(limits);
  let found: { readonly address: string; readonly keys: ReturnType<typeof createKeys> } | undefined;
  return (address: string | undefined) => {
    if (address === undefined) throw new ProviderError('logout', 'MISSING_SERVER_METADATA');
    if (found?.address !== address) found = { address, keys: createKeys(address, fetch) };
    return found.keys;
  };
}

/** Creates the function that reads what the provider says of itself, once in an hour. After an error, the next call tries again. */
function createDiscovery({ provider, clientId, clientSecret, now, ...limits }: ProtocolOptions) {
  const { issuer } = provider;
  let found:
    | { readonly atMs: number; readonly configuration: Promise<client.Configuration> }
    | undefined;
  const isInsecure = issuer.protocol === 'http:' && isSafeAddress(issuer, limits.allowsInsecure);
  const read = () =>
    client.discovery(
      issuer,
      clientId,
      { [client.clockTolerance]: toleranceSeconds },
      sendSecret(clientSecret),
      {
        [client.customFetch]: createLimitedFetch(limits),
        execute: [
          // Otherwise it trusts TLS in place of the signature (OpenID Connect Core, 3.1.3.7).
          client.enableNonRepudiationChecks,
          ...(isInsecure ? [client.allowInsecureRequests] : []),
        ],
      },
    );
  return (): Promise<client.Configuration> => {
    const atMs = now().getTime();
    if (found !== undefined && atMs - found.atMs < discoveryMs) return found.configuration;
    const begun = { atMs, configuration: read() };
    found = begun;
    begun.configuration.catch(() => {
      if (found === begun) found = undefined;
    });
    return begun.configuration;
  };
}

/** Sends the secret in the body where the provider takes it there, and otherwise in the header, which is the default (Discovery, 3). */
function sendSecret(secret: string): client.ClientAuth {
  const [inBody, inHeader] = [client.ClientSecretPost(secret), client.ClientSecretBasic(secret)];
  return (server, ...rest) =>
    server.token_endpoint_auth_methods_supported?.includes('client_secret_post')
      ? inBody(server, ...rest)
      : inHeader(server, ...rest);
}
