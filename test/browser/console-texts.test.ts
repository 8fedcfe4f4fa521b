import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/browser.ts';
import type { ConsolePage } from '../support/console-browser.ts';
import {
  addMarkedRows,
  longMarkup,
  type MarkedRows,
  markedOperations,
  markedPackage,
  markNames,
  markup,
  shortMarkup,
} from '../support/console-markup.ts';
import {
  button,
  dialog,
  type PeopleConsole,
  startPeopleConsole,
  visit,
} from '../support/console-people.ts';
import { type PageWatch, watchPage } from '../support/page-watch.ts';
import { isWhole, sampleOf } from '../support/sample.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

describe.skipIf(chromium === undefined)(
  'texts of others in the console (needs Chromium: set CHROMIUM_PATH)',
  () => {
    let console: PeopleConsole;
    let rows: MarkedRows;
    let opened: ConsolePage;
    let watch: PageWatch;
    beforeAll(async () => {
      console = await startPeopleConsole(chromium ?? '', markedOperations, [markedPackage]);
      rows = await addMarkedRows(console);
      const viewport = { width: 360, height: 800 };
      opened = await console.open('#/people', ['ADMIN', 'AUDITOR'], { viewport });
      await markNames(console.server, opened.user);
      const { context, page } = opened;
      watch = await watchPage(context, page, `${new URL('/console/', page.url())}`);
    });
    afterAll(async () => {
      await opened.context.close();
      await console.stop();
    });

    /** Checks that the page, or its dialog, shows a text, does nothing with it, and is no wider than the screen. */
    async function expectText(text: string, what: string): Promise<void> {
      const { page, traffic } = opened;
      await traffic.settle();
      const shown = (await page.getByRole('dialog').count()) > 0 ? 'dialog' : 'body';
      await expect.poll(() => page.locator(shown).textContent(), { message: what }).toContain(text);
      expect(await watch.findings(), what).toEqual([]);
      expect
        .soft(await page.evaluate('document.documentElement.scrollWidth'), what)
        .toBeLessThanOrEqual(360);
    }

    const pagesWith = ({ personId, programId }: MarkedRows) => [
      { hash: '#/people', text: markup },
      { hash: `#/people?search=${encodeURIComponent('<img src=')}`, text: '“<img src=”' },
      { hash: `#/people/${personId}`, text: markup },
      { hash: `#/people/${personId}/sessions`, text: longMarkup },
      { hash: `#/people/${personId}/factors`, text: longMarkup },
      { hash: `#/people/${personId}/log`, text: longMarkup },
      { hash: '#/people/invitations', text: longMarkup },
      { hash: '#/groups', text: markup },
      { hash: '#/groups/MARKED', text: markup },
      { hash: '#/programs', text: markup },
      { hash: `#/programs/${programId}`, text: markup },
      { hash: '#/log', text: longMarkup },
      { hash: `#/log?actor=${personId}`, text: `What ${markup}` },
      { hash: `#/log?subject=${programId}`, text: `Records about ${markup}` },
      { hash: `#/log?by=actor&search=${encodeURIComponent('<img src=')}`, text: markup },
      {
        hash: '#/access/operations',
        text: `=1>.graphql:1:9: Syntax Error: Expected Name, found String "${markup}"`,
      },
      { hash: '#/access/groups?name=MARKED', text: markup },
      { hash: `#/access/matrix?as=person&search=marked&person=${personId}`, text: markup },
      { hash: '#/access/unused?early=yes', text: shortMarkup },
      { hash: `#/access/ways?coordinate=${encodeURIComponent(markup)}`, text: markup },
      { hash: '#/health', text: longMarkup },
    ];

    it('are shown as text on every page, and run and load nothing', async () => {
      for (const { hash, text } of pagesWith(rows)) {
        await visit(opened, hash);
        await expectText(text, hash);
      }
    });

    it('are shown as text in dialogs', async () => {
      const { page } = opened;
      const { personId, programId } = rows;
      const person = `#/people/${personId}`;
      const dialogs = [
        { hash: person, name: 'Edit', text: shortMarkup },
        { hash: person, name: 'Reset password', text: shortMarkup },
        { hash: `${person}/details`, name: 'Disable', text: shortMarkup },
        { hash: `${person}/details`, name: 'Delete', text: shortMarkup },
        { hash: person, name: 'Revoke: STAFF', text: shortMarkup },
        { hash: `${person}/sessions`, name: `End the session of ${longMarkup}`, text: longMarkup },
        { hash: `${person}/factors`, name: 'Remove all factors', text: shortMarkup },
        {
          hash: '#/people/invitations',
          name: `Cancel the invitation of ${longMarkup}`,
          text: longMarkup,
        },
        { hash: `#/programs/${programId}`, name: 'Replace the secret', text: markup },
        { hash: `#/programs/${programId}`, name: 'Disable', text: markup },
        { hash: '#/log?action=client.marked', name: 'client.marked', text: longMarkup },
      ];
      for (const { hash, name, text } of sampleOf(dialogs, (_each, index) => index % 3 === 0)) {
        await visit(opened, hash);
        await button(page, name).first().click();
        await expectText(text, `${hash} ${name.slice(0, 40)}`);
        await page.keyboard.press('Escape');
      }
      await console.server.connection.migrations.query(
        `UPDATE gatehouse.sessions SET proved = '{"PASSWORD": 1000}' WHERE user_id = '${opened.user.id}'`,
      );
      await visit(opened, `#/programs/${programId}`);
      await button(page, 'Replace the secret').click();
      await button(page.getByRole('dialog'), 'Replace').click();
      const proof = dialog(page, 'Confirm it is you');
      await proof.getByText(markup).waitFor();
      expect(await watch.findings()).toEqual([]);
      await button(proof, 'Close').click();
      await page.keyboard.press('Escape');
    });

    it('are shown as text when they come live, and written as they are to files', async () => {
      const { page } = opened;
      await visit(opened, '#/log?action=client.created&live=on');
      await page.getByText('New records are counted here').waitFor();
      const name = `Live ${markup.replace('\u202E', '')}`;
      await console.server.ask(
        'mutation ($name: String!) { createApiClient(name: $name, groups: []) { secret } }',
        { token: console.server.admin.accessToken, variables: { name } },
      );
      await button(page, 'Show 1 new record').click();
      await expectText(JSON.stringify(name), 'live');
      await visit(opened, '#/log?action=client.marked');
      await button(page, 'Export').click();
      const saved = page.waitForEvent('download');
      await button(page, 'Download').click();
      const file = await readFile(await (await saved).path(), 'utf8');
      const records = file
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(records.map(({ detail }) => detail)).toEqual([longMarkup, longMarkup]);
      expect(await watch.findings()).toEqual([]);
      await page.keyboard.press('Escape');
    });

    const evil = [
      'javascript:attacked=1',
      '//evil.test/',
      '/\\evil.test/',
      'https://evil.test/',
      '/..//evil.test/',
      '/people/javascript:attacked=1',
      `/people/${markup}`,
      `/people/${encodeURIComponent(markup)}/log`,
      '/people/%2e%2e%2f%2e%2e%2fgraphql',
      '/people/%E0%A4%A',
      `/people?search=${markup}&next=//evil.test/&return=javascript:attacked=1`,
      `/groups/${encodeURIComponent(markup)}`,
      `/programs/${encodeURIComponent(markup)}`,
      `/log?action=${encodeURIComponent(markup)}`,
      `/log?actor=${encodeURIComponent(markup)}&since=${encodeURIComponent(markup)}`,
      `/log?subject=javascript:attacked=1&until=9`,
      `/log?by=__proto__&live=${encodeURIComponent(markup)}`,
      `/access/${encodeURIComponent(markup)}`,
      `/access/matrix?groups=${encodeURIComponent(markup)}&as=${encodeURIComponent(markup)}`,
      `/access/matrix?as=person&person=${encodeURIComponent(markup)}`,
      `/access/unused?days=${encodeURIComponent(markup)}`,
      '/constructor',
      '/__proto__/toString',
    ];

    it('run and load nothing in addresses, and lead nowhere else', async () => {
      const { page, traffic } = opened;
      const isFirst = (_each: string, index: number) => index % 2 === 0;
      for (const text of sampleOf(evil, isFirst)) {
        const hash = `#${text}`;
        await visit(opened, hash);
        expect(await watch.findings(), hash).toEqual([]);
        for (const link of await page.getByRole('link').all()) {
          expect(await link.getAttribute('href'), hash).toMatch(/^#/);
        }
        if (!isWhole) continue;
        await page.reload();
        await traffic.settle();
        expect(await watch.findings(), hash).toEqual([]);
      }
      expect(new URL(page.url()).pathname).toBe('/console/');
    });
  },
);
