export { type OidcOptions, type OidcProvider, oidc } from './oidc.ts';
export type { ProvidersOptions } from './options.ts';
export { providers } from './providers.ts';
