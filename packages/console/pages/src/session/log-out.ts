import { logOutAtProvider } from '@graphql-gatehouse/client/providers';
import { gatehouse } from '../gatehouse.ts';
import { graphql } from '../generated/index.ts';
import { hasPackage } from '../packages.ts';
import { expectEnd, forgetEnd } from './leave.ts';
import { returnTo } from './way-back.ts';

const ProviderLogoutUrlDocument = graphql(`
  query ProviderLogoutUrl($returnTo: String!) {
    providerLogoutUrl(returnTo: $returnTo)
  }
`);

/**
 * Logs out, also at the provider that has opened the session: on a shared machine, one click would log in again.
 *
 * @throws {GatehouseError | TypeError} when the session goes on.
 */
export async function logOut(): Promise<void> {
  expectEnd();
  try {
    await endSession();
  } catch (error) {
    // Without an address of the provider, the session here has ended all the same.
    if (gatehouse.viewer().state === 'anonymous') return;
    forgetEnd();
    throw error;
  }
}

async function endSession(): Promise<void> {
  // What the server does not answer keeps no session open.
  const hasProviders = await hasPackage('providers').catch(() => false);
  if (!hasProviders) return gatehouse.logOut();
  await logOutAtProvider(gatehouse, ProviderLogoutUrlDocument, returnTo);
}
