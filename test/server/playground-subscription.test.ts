import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logIn, queryOf, send } from '../support/altair-page.ts';
import { findChromium, launchChromium } from '../support/browser.ts';
import { startTestServer, type TestServer, type TestUser } from '../support/test-server.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

describe.skipIf(chromium === undefined)('the page (needs Chromium: set CHROMIUM_PATH)', () => {
  let server: TestServer;
  let manager: TestUser;
  beforeAll(async () => {
    server = await startTestServer();
    manager = await server.aUser('MANAGER', 'STAFF');
  }, 60_000);
  afterAll(() => server.stop());

  it('watches what happens, as the one who has logged in', async () => {
    const browser = await launchChromium(chromium ?? '');
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const problems: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.goto(`${server.url}/graphql`);
    await logIn(page, manager.username);

    await page.getByText('Add new').click();
    await queryOf(page).fill('subscription { roomEntered { room { name } } }');
    await send(page);
    await expect.poll(() => server.events.subscriberCount(), { timeout: 15_000 }).toBe(1);

    const ask = (mutation: string) =>
      server.ask(`mutation { ${mutation} }`, { token: manager.accessToken });
    const room = 'createRoom(input: { name: "Orangery", floor: 1, groups: [STAFF] }) { id }';
    const { id } = (await ask(room)).data.createRoom;
    await ask(`enterRoom(id: "${id}") { id }`);
    await page.getByText('Orangery').first().waitFor();
    expect(problems).toEqual([]);
    await browser.close();
  }, 120_000);
});
