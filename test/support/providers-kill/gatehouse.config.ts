import { oidc, providers } from '@graphql-gatehouse/providers';
import { defineConfig } from 'graphql-gatehouse';
import { plantBug } from '../factors-kill/plant-bug.ts';

const { PROVIDERS_ISSUER: issuer = 'https://id.acme.example', PROVIDERS_PLANTED: planted } =
  process.env;
const groups = { claim: 'groups', map: { audit: 'AUDITOR' } };
const real = providers({ ACME: oidc({ issuer, groups }) });

/** Logins at a provider, which gives a group. */
export default defineConfig({
  domains: [],
  packages: [planted === 'spent outside' ? plantBug(real) : real],
});
