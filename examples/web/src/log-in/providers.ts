import {
  leaveForProvider,
  logOutAtProvider,
  readWayBack,
} from '@graphql-gatehouse/client/providers';
import { gatehouse } from '../gatehouse.ts';
import type { ProvidersQuery } from '../generated/graphql.ts';
import {
  BeginProviderLoginDocument,
  ProviderLogoutUrlDocument,
  ProvidersDocument,
  QueryFieldsDocument,
} from './provider-documents.ts';

export type LogInProvider = ProvidersQuery['providers'][number];

/** Where a provider sends the user back: an address of PROVIDERS_RETURN_TO. */
const returnTo = new URL('.', document.baseURI).href;

// Before the address is read as that of a page.
let wayBack = readWayBack();

/** Takes what the user has brought from a provider, once. */
export function takeWayBack() {
  const taken = wayBack;
  wayBack = undefined;
  return taken;
}

/** Whether the API has a field that the viewer may read. One without the package would refuse an operation with it. */
async function hasField(name: string): Promise<boolean> {
  const { __type } = await gatehouse.fetch(QueryFieldsDocument);
  return __type?.fields?.some((field) => field.name === name) ?? false;
}

/** Reads with which providers users can log in: none without the package. */
export const readProviders = async (): Promise<readonly LogInProvider[]> =>
  (await hasField('providers')) ? (await gatehouse.fetch(ProvidersDocument)).providers : [];

/** Sends the user to a provider. */
export async function goTo(provider: LogInProvider['name']): Promise<void> {
  const variables = { provider, returnTo };
  leaveForProvider(
    (await gatehouse.fetch(BeginProviderLoginDocument, variables)).beginProviderLogin,
  );
}

/** Logs out, also at the provider that has opened the session: on a shared machine, one click would log in again. */
export async function logOut(): Promise<void> {
  // What the API does not answer keeps no session open.
  const isOffered = await hasField('providerLogoutUrl').catch(() => false);
  if (!isOffered) return gatehouse.logOut();
  await logOutAtProvider(gatehouse, ProviderLogoutUrlDocument, returnTo);
}
