import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { findChromium } from '../support/browser.ts';
import { type ConsoleBrowser, startConsoleBrowser } from '../support/console-browser.ts';
import { checkConsolePage } from '../support/console-check.ts';
import { button } from '../support/console-people.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

/** More than a search compares one by one, and then more with one name than it finds by an index. */
const others = 21_000;
const crowd = 1_100;

const filling = [
  `INSERT INTO gatehouse.users (id, username, username_key, display_name, password_hash)
    SELECT ('ffffffff-ffff-7fff-bfff-' || lpad(to_hex(each), 12, '0'))::uuid, name, name, name, 'none'
    FROM generate_series(1, ${others + crowd}) AS each,
      LATERAL (SELECT CASE WHEN each > ${others} THEN 'crowd-' ELSE 'other-' END || each AS name) AS named`,
  `INSERT INTO gatehouse.memberships (user_id, "group", granted_at)
    SELECT id, 'STAFF', '2026-01-01' FROM gatehouse.users WHERE username LIKE 'crowd-%'`,
  'ANALYZE gatehouse.users, gatehouse.memberships',
];

describe.skipIf(chromium === undefined)(
  'the console of many users (needs Chromium: set CHROMIUM_PATH)',
  () => {
    let console: ConsoleBrowser;
    beforeAll(async () => {
      console = await startConsoleBrowser(chromium ?? '');
      const { owner } = console.server;
      for (const sql of filling) await owner.migrations.query(sql);
    });
    afterAll(() => console.stop());

    async function openAt(hash: string) {
      const opened = await console.open(hash, ['ADMIN', 'AUDITOR']);
      onTestFinished(() => opened.context.close());
      return opened;
    }

    it('says that a search lists only some, and finds them by more of a name', async () => {
      const { page } = await openAt('#/people?search=crowd');
      await page.getByText('some are not listed: type more of the name').waitFor();
      expect(await page.getByRole('rowheader').allTextContents()).toEqual(
        Array.from({ length: 20 }, () => expect.stringMatching(/^crowd-/)),
      );
      await checkConsolePage(page, 'people-some');
      const last = `crowd-${others + crowd}`;
      await page.getByLabel('Name, e-mail or id').fill(last);
      await page.getByText('some are not listed').waitFor({ state: 'detached' });
      expect(await page.getByRole('rowheader').allTextContents()).toEqual([last]);
    });

    it.each([
      { page: 'a view of access', hash: '#/access/matrix?as=person&search=crowd' },
      { page: 'the log', hash: '#/log?by=actor&search=crowd' },
    ])('says in $page that more people have such a name', async ({ hash }) => {
      const { page } = await openAt(hash);
      await page.getByText('More users have such a name: type more of it.').waitFor();
    });

    it('pages through the members of a group, and back', async () => {
      const { page, traffic } = await openAt('#/groups/STAFF');
      const names = () => page.getByRole('rowheader').allTextContents();
      const first = await names();
      expect(first).toHaveLength(20);
      await button(page, 'Next').click();
      await traffic.settle();
      expect(await names()).toEqual(expect.not.arrayContaining(first));
      await button(page, 'Previous').click();
      await traffic.settle();
      expect(await names()).toEqual(first);
    });

    it('says that more memberships than a thousand are unused, and links to their users', async () => {
      const { page } = await openAt('#/access/unused');
      await button(page, 'Show what has been counted so far').click();
      await page.getByText('There are more than 1,000.').waitFor();
      await checkConsolePage(page, 'access-unused-many');
      await page.getByRole('link', { name: `crowd-${others + 1}` }).click();
      await page.getByRole('heading', { name: `crowd-${others + 1}` }).waitFor();
    });
  },
);
