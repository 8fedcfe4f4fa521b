import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCheckProviders } from '../../packages/providers/src/doctor.ts';
import { oidc } from '../../packages/providers/src/oidc.ts';
import {
  clientId,
  clientSecret,
  type Errs,
  type HostileProvider,
  startHostileProvider,
} from '../support/hostile-provider.ts';

let provider: HostileProvider;
beforeAll(async () => {
  provider = await startHostileProvider();
});
afterAll(() => provider.stop());

/** What the command finds about a provider that says this of itself. */
async function check(errs: Errs, authTime = true) {
  provider.errAs(errs);
  const examine = createCheckProviders({ ACME: oidc({ issuer: provider.issuer, authTime }) });
  const settings = { PROVIDER_ACME_ID: clientId, PROVIDER_ACME_SECRET: clientSecret };
  const [found, ...others] = await examine({ settings, isProduction: false } as never);
  expect(others).toEqual([]);
  return found;
}

const says = (facts: object): Errs => ({ metadata: (metadata) => ({ ...metadata, ...facts }) });

it('says which providers tell no time, and which send no logouts', async () => {
  expect(
    await check(
      says({ claims_supported: ['sub', 'auth_time'], backchannel_logout_supported: true }),
    ),
  ).toEqual({
    name: 'provider ACME',
    state: 'ok',
    found: 'it answers, names auth_time, and sends logouts',
  });
  expect(await check(says({ claims_supported: ['sub'] }))).toEqual({
    name: 'provider ACME',
    state: 'note',
    found:
      'it does not name auth_time: a login without a time is not accepted where maxAge is required. If its ID tokens lack it, set `authTime: false`; it sends no logouts: a session here lasts until its end',
  });
});

it('says which providers have no time by the configuration, whatever they name', async () => {
  const facts = { claims_supported: ['auth_time'], backchannel_logout_supported: true };
  expect(await check(says(facts), false)).toMatchObject({
    state: 'note',
    found: '`authTime: false`: its logins are not accepted where maxAge is required',
  });
});

it('warns of a provider that does not answer', async () => {
  const path = '/.well-known/openid-configuration';
  const errs = { paths: { [path]: (response: { destroy(): void }) => response.destroy() } };
  expect(await check(errs)).toMatchObject({ state: 'warning', name: 'provider ACME' });
});
