import { graphql } from '../generated/index.ts';

/** Which fields the API has: those of packages need not be there. */
export const QueryFieldsDocument = graphql(`
  query QueryFields {
    __type(name: "Query") { fields { name } }
  }
`);

export const ProvidersDocument = graphql(`
  query Providers {
    providers { name label }
  }
`);

export const BeginProviderLoginDocument = graphql(`
  mutation BeginProviderLogin($provider: Provider!, $returnTo: String!) {
    beginProviderLogin(provider: $provider, returnTo: $returnTo) { url challenge }
  }
`);

export const ProviderLogoutUrlDocument = graphql(`
  query ProviderLogoutUrl($returnTo: String!) {
    providerLogoutUrl(returnTo: $returnTo)
  }
`);
