import fc from 'fast-check';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sampleValues } from '../../packages/mail/src/commands/preview.ts';
import { toPages } from '../../packages/mail/src/links/links.ts';
import { isLinkPurpose, linkNames } from '../../packages/mail/src/purpose.ts';
import { mailPurposes, reset } from '../../packages/mail/src/purposes.ts';
import { createRenderMail } from '../../packages/mail/src/texts/render-mail.ts';
import { seriousFindings } from '../support/axe.ts';
import { findChromium, launchChromium, type TestBrowser } from '../support/browser.ts';
import { sampleOf } from '../support/sample.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);
const pages = toPages('https://www.example.org/account/{purpose}', linkNames(mailPurposes));
const links = new Map([['web', pages]]);
const sample = { links, at: new Date('2026-12-01T09:41:00Z'), lifeSeconds: 1800 };
const mails = ['en', 'de'].flatMap((locale) => [
  ...mailPurposes.map((purpose) => ({ locale, purpose, hasSeveral: false })),
  { locale, purpose: reset, hasSeveral: true },
]);
const looks = (['light', 'dark'] as const).map((colorScheme) => ({ colorScheme }));

describe.skipIf(chromium === undefined)('mails (needs Chromium: set CHROMIUM_PATH)', () => {
  let browser: TestBrowser;
  let context: BrowserContext | undefined;

  beforeAll(async () => {
    browser = await launchChromium(chromium ?? '');
  });
  afterEach(() => context?.close());
  afterAll(() => browser.close());

  /** Opens an empty page. Requests are refused and collected. */
  async function openPage(colorScheme: 'light' | 'dark') {
    context = await browser.newContext({ viewport: { width: 360, height: 700 }, colorScheme });
    const requests: string[] = [];
    await context.route('**', (route) => {
      requests.push(route.request().url());
      return route.abort();
    });
    return { page: await context.newPage(), requests };
  }

  it.each(looks)(
    'are readable on a small screen, $colorScheme, and load nothing',
    async ({ colorScheme }) => {
      const { page, requests } = await openPage(colorScheme);
      const render = createRenderMail({ site: 'Rooms', defaultLocale: 'en' });
      // Of the locales, each look gets the mails of one.
      const isSample = ({ locale }: (typeof mails)[number]) =>
        (locale === 'en') === (colorScheme === 'light');
      for (const mail of sampleOf(mails, isSample)) {
        const values = sampleValues(mail.purpose, {
          ...sample,
          ...mail,
          action: 'session.new_device',
        });
        await page.setContent(render(mail.purpose.name, mail.locale, values).html);
        expect(await seriousFindings(page)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
        const buttons = await page.getByRole('link').count();
        const accounts = mail.purpose === reset && mail.hasSeveral ? 2 : 1;
        expect(buttons).toBe(isLinkPurpose(mail.purpose) ? accounts : 0);
      }
      expect(requests).toEqual([]);
    },
  );

  it('have the links and elements of their purpose alone, whatever their values', async () => {
    const { page, requests } = await openPage('light');
    const given = fc.sample(hostileMail, 400).map(({ purpose, locale, site, ...values }) => {
      const accounts = [{ username: values.username, link: 'https://www.example.org/#token=b' }];
      const all = {
        ...values,
        accounts,
        link: 'https://www.example.org/#token=a',
        at: new Date(0),
      };
      const { html } = createRenderMail({ site, defaultLocale: 'en' })(purpose.name, locale, all);
      return { purpose, html };
    });
    const found = await readElements(
      page,
      given.map(({ html }) => html),
    );
    for (const [index, { purpose }] of given.entries()) {
      const expected = isLinkPurpose(purpose) ? ['https://www.example.org/#token=a'] : [];
      if (purpose === reset) expected.push('https://www.example.org/#token=b');
      expect(found[index]).toEqual({ links: expected, others: [] });
    }
    expect(requests).toEqual([]);
  });
});

const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        ...['<', '>', '"', "'", '&', '&lt;', '&#60;', '</p>', '</bdi>', '</title>', '-->', ']]>'],
        ...['<a href="https://evil.test">', '<img src=//evil.test>', '<script>', '<svg/onload=x>'],
        ...['" onclick="x', '{link}', '{event}', '\n', '\u0000', '\ud800', '\u202e', '\u2028'],
      ),
    )
    .map((parts) => parts.join('')),
);

const hostileMail = fc.record({
  purpose: fc.constantFrom(...mailPurposes),
  locale: fc.constantFrom('en', 'de'),
  site: hostileText,
  username: hostileText,
  inviter: hostileText,
  userAgent: hostileText,
  action: hostileText,
});

const elements = z.array(z.object({ links: z.array(z.string()), others: z.array(z.string()) }));

/** Returns the links of each document as the browser parses it, and what else is not plain text. */
async function readElements(page: Page, documents: readonly string[]) {
  const expected = 'html,head,meta,title,body,div,p,br,bdi,ul,li,a';
  const attributes = ['lang', 'dir', 'style', 'href', 'charset', 'name', 'content'];
  const read = `(documents) => documents.map((html) => {
    const parsed = [...new DOMParser().parseFromString(html, 'text/html').querySelectorAll('*')];
    const isExpected = (element) => element.matches(${JSON.stringify(expected)}) &&
      element.getAttributeNames().every((each) => ${JSON.stringify(attributes)}.includes(each));
    return {
      links: parsed.filter(({ href }) => href !== undefined).map(({ href }) => href),
      others: parsed.filter((element) => !isExpected(element)).map(({ outerHTML }) => outerHTML),
    };
  })`;
  return elements.parse(await page.evaluate(`(${read})(${JSON.stringify(documents)})`));
}
