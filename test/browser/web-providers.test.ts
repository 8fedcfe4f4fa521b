import { oidc, providers } from '@graphql-gatehouse/providers';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/browser.ts';
import { type IdentityProvider, startIdentityProvider } from '../support/identity-provider.ts';
import { createProvidersClient, type ProvidersServer } from '../support/providers-server.ts';
import { userPassword } from '../support/test-server.ts';
import {
  logInHeading,
  logOutButton,
  startWebBrowser,
  type WebBrowser,
} from '../support/web-browser.ts';
import { checkPage } from '../support/web-check.ts';
import { findPort, startWebExample, webPackages } from '../support/web-example.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

describe.skipIf(chromium === undefined)('examples/web with a provider (needs Chromium)', () => {
  let acme: IdentityProvider;
  let web: WebBrowser;
  let returnTo = '';
  beforeAll(async () => {
    const port = await findPort();
    const origin = `http://localhost:${port}`;
    returnTo = `${origin}/`;
    acme = await startIdentityProvider([`${origin}/providers/acme`], 'acme', {
      logoutUri: `${origin}/providers/acme/logout`,
      afterLogout: [returnTo],
    });
    const packages = [
      ...webPackages,
      providers({ ACME: oidc({ issuer: acme.issuer, label: 'Acme' }) }),
    ];
    const environment = {
      PROVIDERS_URL: origin,
      PROVIDERS_RETURN_TO: returnTo,
      PROVIDER_ACME_ID: acme.client.id,
      PROVIDER_ACME_SECRET: acme.client.secret,
    };
    web = await startWebBrowser(() => startWebExample({ packages, environment, port }), chromium);
  });
  afterAll(async () => {
    await web.stop();
    await acme.stop();
  });

  /** A user whom the provider knows by a name. */
  async function aLinkedUser(name: string) {
    const server: ProvidersServer = { ...web.server, providers: { ACME: acme } };
    const client = createProvidersClient(server);
    const user = await web.server.aUser('STAFF');
    acme.answerWith({ subject: name });
    const begun = await client.begin({ returnTo }, { token: user.accessToken });
    const code = (await client.visit(begun)).get('code');
    acme.answerWith(undefined);
    const { text } = await client.link(user.accessToken, code, { password: userPassword });
    expect(text).toContain('"linkProvider"');
    return user;
  }

  it('logs in with a company account, and logs out at the provider too', async () => {
    const { username } = await aLinkedUser('ada');
    const { context, page } = await web.openBrowser();
    await button(page, 'Log in with Acme').waitFor();
    await checkPage(page, 'log-in-provider');
    await button(page, 'Log in with Acme').click();
    await page.getByLabel('Name').fill('ada');
    await button(page, 'Log in at the provider').click();
    await logOutButton(page).waitFor();
    await page.getByText(username).first().waitFor();
    expect(new URL(page.url()).hash).not.toContain('code');

    await logOutButton(page).click();
    await button(page, 'Yes, sign me out').click();
    await logInHeading(page).waitFor();
    expect(page.url()).toBe(returnTo);
    await button(page, 'Log in with Acme').click();
    await page.getByLabel('Name', { exact: true }).waitFor();
    await context.close();
  });

  it('says what to do when the account is linked to no user', async () => {
    acme.answerWith({ subject: 'a stranger' });
    const { context, page } = await web.openBrowser();
    await button(page, 'Log in with Acme').click();
    await page.getByRole('alert').getByText('The login with this account has failed.').waitFor();
    acme.answerWith(undefined);
    await context.close();
  });
});
