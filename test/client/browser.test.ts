import { buildSchema } from 'graphql';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findChromium, launchChromium, type TestBrowser } from '../support/browser.ts';
import { createFrontEnd } from '../support/client-documents.ts';
import { servePage, shown } from '../support/client-page.ts';
import { build } from '../support/process.ts';
import { readTypeDefs } from '../support/rooms-project.ts';
import {
  startTestServer,
  type TestServer,
  type TestUser,
  userPassword,
} from '../support/test-server.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

const frontEnd = createFrontEnd(buildSchema(readTypeDefs().join('\n')));
const documents = {
  createRoom: frontEnd.document(
    'mutation Create($input: RoomInput!) { createRoom(input: $input) { id } }',
  ),
  userOf: frontEnd.document('query User($id: ID!) { user(id: $id) { id } }'),
  me: frontEnd.document('query Me { me { username } }'),
};

describe.skipIf(chromium === undefined)('in a real browser', () => {
  let aheadMs = 0;
  let server: TestServer;
  let browser: TestBrowser;
  let context: BrowserContext;
  let user: TestUser;
  beforeAll(async () => {
    build();
    server = await startTestServer({ now: () => new Date(Date.now() + aheadMs) });
    browser = await launchChromium(chromium ?? '');
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });
  beforeEach(async () => {
    user = await server.aUser('STAFF');
    context = await browser.newContext();
  });
  afterEach(() => context.close());

  async function openTab(): Promise<Page> {
    const page = await context.newPage();
    await page.goto(`${server.url}/page`);
    return page;
  }
  const logIn = (page: Page) =>
    page.evaluate(
      `gatehouse.logIn(${JSON.stringify({ username: user.username, password: userPassword })})`,
    );
  const loggedIn = (groups: 'STAFF' | 'MANAGER') => ({
    viewer: `authenticated ${user.username}`,
    may: groups === 'MANAGER' ? 'allowed' : 'denied',
    buttons: groups === 'MANAGER' ? ['create', 'own'] : ['own'],
  });
  const anonymous = { viewer: 'anonymous ', may: 'denied', buttons: [] };
  const expectShown = (page: Page, content: object) =>
    expect.poll(() => shown(page)).toEqual(content);

  describe.each(['react', 'vue'] as const)('a page with %s', (framework) => {
    it('shows what its viewer may do, over a reload, and in all tabs', async () => {
      await servePage(context, server.url, { framework, session: 'cookie', frontEnd, documents });
      const page = await openTab();
      await expectShown(page, anonymous);
      const other = await openTab();
      await logIn(page);
      await expectShown(page, loggedIn('STAFF'));
      await expectShown(other, loggedIn('STAFF'));
      await page.reload();
      await expectShown(page, loggedIn('STAFF'));
      await other.evaluate('gatehouse.logOut()');
      await expectShown(page, anonymous);
    });

    it('follows a group that is granted, and the refusal when it is gone', async () => {
      await servePage(context, server.url, { framework, session: 'cookie', frontEnd, documents });
      const page = await openTab();
      await logIn(page);
      await expectShown(page, loggedIn('STAFF'));
      const change = (name: string) =>
        server.ask(`mutation { ${name}(userId: "${user.id}", group: MANAGER) { id } }`, {
          token: server.admin.accessToken,
        });
      await change('grantGroup');
      await page.evaluate('gatehouse.restore()');
      await expectShown(page, loggedIn('MANAGER'));
      await change('revokeGroup');
      const room = { input: { name: 'Attic', floor: 3, groups: [] } };
      const refusal = `gatehouse.fetch(documents.createRoom, ${JSON.stringify(room)}).catch(({ code }) => code)`;
      expect(await page.evaluate(refusal)).toBe('FORBIDDEN');
      await expectShown(page, loggedIn('STAFF'));
    });
  });

  it('refreshes tokens once for all tabs that notice at the same time', async () => {
    await servePage(context, server.url, {
      framework: 'react',
      session: 'token',
      frontEnd,
      documents,
    });
    const pages = [await openTab(), await openTab(), await openTab()];
    const [first] = pages;
    if (first === undefined) throw new Error('unreachable');
    await Promise.all(pages.map((page) => expectShown(page, anonymous)));
    await logIn(first);
    await Promise.all(pages.map((page) => expectShown(page, loggedIn('STAFF'))));

    const refreshes: string[] = [];
    context.on('request', (request) => {
      const text = request.postData() ?? '';
      if (text.includes('refresh(')) refreshes.push(text);
    });
    for (let round = 1; round <= 5; round += 1) {
      aheadMs += 601_000;
      const answers = await Promise.all(
        pages.map((page) => page.evaluate('gatehouse.fetch(documents.me)')),
      );
      expect(answers).toEqual(pages.map(() => ({ me: { username: user.username } })));
      expect(refreshes).toHaveLength(round);
    }
  });
});
