import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/browser.ts';
import { controlsOf, openPage } from '../support/click-everything.ts';
import { startWebBrowser, type WebBrowser } from '../support/web-browser.ts';
import { startWebExample } from '../support/web-example.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

describe.skipIf(chromium === undefined)('examples/web without packages (needs Chromium)', () => {
  let web: WebBrowser;
  beforeAll(async () => {
    web = await startWebBrowser(() => startWebExample([]), chromium);
  });
  afterAll(() => web.stop());

  it('works for an ADMIN, and shows no control of a package', async () => {
    const { username } = await web.server.aUser('ADMIN', 'MANAGER');
    const { context, page, traffic } = await web.openAs(username);
    const names = new Set<string>();
    for (const path of web.paths) {
      await openPage({ page, traffic, url: `${web.url}${path}` });
      for (const { name } of await controlsOf(page)) names.add(name.replace(/^End .*/, 'End'));
    }
    expect([...names].sort()).toEqual(
      [
        'Archive',
        'Enter',
        'Grant a group to admin',
        `Grant a group to ${username}`,
        'Group to grant to admin',
        `Group to grant to ${username}`,
        'End',
        'Lobby',
        'Log out',
        'Log out everywhere',
        'Name',
        `Revoke ADMIN from ${username}`,
        'Revoke ADMIN from admin',
        `Revoke MANAGER from ${username}`,
        'Rooms',
        'Search',
        'Server room',
        'Show the access code',
        'Users',
        'Your sessions',
      ].sort(),
    );
    expect(traffic.refusals).toEqual([]);
    await context.close();
  });
});
