import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLinkPurpose, requirePurpose, toPurposes } from '../../packages/mail/src/purpose.ts';
import {
  type MailPurpose,
  mailPurposes,
  notice as noticeRow,
  reset,
} from '../../packages/mail/src/purposes.ts';
import { de } from '../../packages/mail/src/texts/languages/de.ts';
import { en } from '../../packages/mail/src/texts/languages/en.ts';
import type { MailText, MailValues } from '../../packages/mail/src/texts/mail-text.ts';
import { createRenderMail } from '../../packages/mail/src/texts/render-mail.ts';

const link = 'https://www.example.org/account/reset#token=abc';
const values: MailValues = {
  link,
  lifeSeconds: 1800,
  username: 'ada',
  inviter: 'Grace Hopper',
  action: 'session.new_device',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
  at: new Date('2026-12-01T09:41:00Z'),
};
const accounts = [
  { username: 'ada', link: `${link}1` },
  { username: 'ada@example.org', link: `${link}2` },
];
const render = createRenderMail({ site: 'Rooms', defaultLocale: 'en' });
const languages = ['en', 'de'] as const;
const each = languages.flatMap((language) =>
  mailPurposes.map(({ name }) => ({ language, purpose: name })),
);
const hasLink = (name: MailPurpose) =>
  isLinkPurpose(requirePurpose(toPurposes(mailPurposes), name));
const linksOf = (html: string) => [...html.matchAll(/<a href="([^"]*)"/g)].map(([, url]) => url);

describe('a mail', () => {
  it.each(each)('of $purpose in $language has all of its values', ({ language, purpose }) => {
    const mail = render(purpose, language, { ...values, accounts });
    expect(mail.language).toBe(language);
    expect(mail.html).toContain(`<html lang="${language}" dir="ltr">`);
    for (const text of [mail.subject, mail.text, mail.html]) {
      expect(text).toContain('Rooms');
      expect(text).not.toMatch(/\{\w+\}|undefined|null|\[object/);
    }
    expect(mail.text.split('\n').includes(link)).toBe(hasLink(purpose));
    expect(linksOf(mail.html).includes(link)).toBe(hasLink(purpose));
  });

  it.each(languages)('says in %s what happened, by the action', (language) => {
    const events = { en, de }[language];
    for (const [action, event = ''] of Object.entries(events)) {
      const mail = render('notice', language, { ...values, action });
      expect(mail.subject).toBe(`${event} (Rooms)`);
      expect(mail.text).toMatch(new RegExp(`^${event}\\.\n\n`));
    }
    for (const action of ['unknown.action', '__proto__', 'constructor', '']) {
      expect(render('notice', language, { ...values, action }).subject).toBe(
        `${events.other} (Rooms)`,
      );
    }
  });

  it('has the same texts in each language', () => {
    const shape = (language: 'en' | 'de') =>
      mailPurposes.map(({ name: purpose, texts }) => {
        const { subject, body, button }: MailText = texts[language];
        const names = `${subject}${body}`.match(/\{\w+\}/g)?.sort();
        return {
          purpose,
          names,
          hasButton: button !== undefined,
          parts: body.split('\n\n').length,
        };
      });
    expect(shape('de')).toEqual(shape('en'));
    expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
  });

  it('leaves out lines without a value', () => {
    const { text } = render('notice', 'en', { action: 'password.changed', username: 'ada' });
    expect(text).toContain('\n\nAccount: ada\n\n');
    expect(text).not.toMatch(/Device|Time/);
    expect(render('invitation', 'en', { link, lifeSeconds: 7200 }).text).not.toContain(
      'Invited by',
    );
    expect(render('invitation', 'en', { link, inviter: '🎉' }).text).not.toContain('Invited by');
  });

  it('lists several accounts, each with its link', () => {
    const { username: _, link: __, ...others } = values;
    const mail = render('reset', 'en', { ...others, accounts });
    expect(mail.text).toContain(`\n\n- ada\n  ${link}1\n\n- ada@example.org\n  ${link}2\n\n`);
    expect(linksOf(mail.html)).toEqual([`${link}1`, `${link}2`]);
    const known = render('account-exists', 'en', { accounts: accounts.slice(0, 1) });
    expect(known.text).toContain('\n\n- ada\n\n');
    expect(linksOf(known.html)).toEqual([]);
  });

  it('is in the direction of its language', () => {
    const texts = {
      ar: { notice: { subject: '{site}', body: '{event}' }, events: { other: 'حدث' } },
    };
    const mail = createRenderMail({ site: 'Rooms', texts, defaultLocale: 'ar' })(
      'notice',
      null,
      {},
    );
    expect(mail.html).toContain('<html lang="ar" dir="rtl">');
  });

  it.each([
    { seconds: 300, en: '5 minutes', de: '5 Minuten' },
    { seconds: 1800, en: '30 minutes', de: '30 Minuten' },
    { seconds: 3599, en: '59 minutes', de: '59 Minuten' },
    { seconds: 3600, en: '1 hour', de: '1 Stunde' },
    { seconds: 5400, en: '90 minutes', de: '90 Minuten' },
    { seconds: 86_400, en: '24 hours', de: '24 Stunden' },
    { seconds: 604_800, en: '7 days', de: '7 Tage' },
    { seconds: 604_799, en: '6 days', de: '6 Tage' },
  ])('says how long its link works: $en', ({ seconds, ...expected }) => {
    for (const language of languages) {
      const { text } = render('verification', language, { link, lifeSeconds: seconds });
      expect(text).toContain(` ${expected[language]}`);
    }
  });

  it('names times in UTC', () => {
    expect(render('undo', 'en', values).text).toContain('Time: December 1, 2026 at 9:41 AM UTC\n');
    expect(render('undo', 'de', values).text).toContain('Zeit: 1. Dezember 2026 um 09:41 UTC\n');
  });
});

describe('the language of a mail', () => {
  const languageOf = (locale: string | null, defaultLocale = 'en') =>
    createRenderMail({ site: 'Rooms', defaultLocale })('reset', locale, values).language;

  it.each([
    ['de', 'de'],
    ['DE', 'de'],
    ['de-AT', 'de'],
    ['en-GB', 'en'],
  ])('is chosen by the locale: %s is %s', (locale, language) => {
    expect(languageOf(locale)).toBe(language);
  });

  it.each([
    ...[null, '', 'fr', 'fr-CH', 'de_AT', 'de-', '-de', 'deutsch', 'd', 'de-at-1-2-3-4'],
    ...['__proto__', 'constructor', 'toString', '../de', 'languages/de', 'de\n', ' de', 'de\u0000'],
    ...['de.ts', 'file:///etc/passwd', 'de'.repeat(5000), 'de-'.repeat(3333), 'ＤＥ', 'İ'],
  ])('is the default for another one: %.30j', (locale) => {
    expect(languageOf(locale)).toBe('en');
    expect(languageOf(locale, 'de')).toBe('de');
    expect(languageOf(locale, 'fr')).toBe('en');
  });

  it('is that of all parts of a mail', () => {
    const texts = { fr: { reset: { ...reset.texts.en, body: 'Bonjour\n\n{link}\n\n{accounts}' } } };
    const renderMore = createRenderMail({ site: 'Rooms', texts, defaultLocale: 'de' });
    expect(renderMore('reset', 'fr', values)).toMatchObject({
      language: 'fr',
      text: `Bonjour\n\n${link}\n`,
    });
    expect(renderMore('undo', 'fr', values).language).toBe('de');
    const eventless = { fr: { notice: noticeRow.texts.en } };
    const renderNotice = createRenderMail({ site: 'Rooms', texts: eventless, defaultLocale: 'de' });
    expect(renderNotice('notice', 'fr', values).language).toBe('de');
  });
});

describe('texts of a project', () => {
  it('replace those of the package, each alone', () => {
    const texts = {
      en: {
        undo: { subject: 'Changed at {site}', body: 'Undo:\n\n{link}', button: 'Undo' },
        events: { 'password.changed': 'New password', 'room.booked': 'You booked a room' },
      },
    };
    const own = createRenderMail({ site: 'Rooms', texts, defaultLocale: 'en' });
    expect(own('undo', 'en', values)).toMatchObject({
      subject: 'Changed at Rooms',
      text: `Undo:\n\n${link}\n`,
    });
    expect(own('undo', 'de', values)).toEqual(render('undo', 'de', values));
    expect(own('reset', 'en', values)).toEqual(render('reset', 'en', values));
    const subjectOf = (action: string) => own('notice', 'en', { action }).subject;
    expect(subjectOf('password.changed')).toBe('New password (Rooms)');
    expect(subjectOf('room.booked')).toBe('You booked a room (Rooms)');
    expect(subjectOf('passkey.added')).toBe(`${en['passkey.added']} (Rooms)`);
  });

  const notice = (body: string, subject = '{site}') => ({ en: { notice: { subject, body } } });
  it.each([
    [{ EN: {} }, '"EN" must be a language in lower case'],
    [{ 'en-': {} }, '"en-" must be a language in lower case'],
    [{ 'en-1': {} }, '"en-1" must be a language in lower case'],
    [{ constructor: {} }, '"constructor" must be a language in lower case'],
    [{ en: { resets: reset.texts.en } }, 'texts.en.resets: there is no such mail'],
    [
      { en: { reset: { ...reset.texts.en, body: '{accounts}' } } },
      'a paragraph that is {link} alone',
    ],
    [
      { en: { reset: { ...reset.texts.en, body: 'See {link}' } } },
      'a paragraph that is {link} alone',
    ],
    [
      { en: { reset: { ...reset.texts.en, body: '{link}' } } },
      'a paragraph that is {accounts} alone',
    ],
    [{ en: { undo: { subject: '', body: '{link}' } } }, 'it needs the words of its button'],
    [notice('{tokn}'), 'texts.en.notice: {tokn} cannot stand here'],
    [notice('{username}', '{inviter}'), '{inviter} cannot stand here'],
    [notice('a {link}'), '{link} cannot stand here'],
    [{ en: { events: { a: '{link}' } } }, 'texts.en.events.a: {link} cannot stand here'],
  ])('are refused when the mail would be wrong: %j', (texts, message) => {
    // As JavaScript would pass them.
    const given = JSON.parse(JSON.stringify(texts));
    const create = () => createRenderMail({ site: 'Rooms', texts: given, defaultLocale: 'en' });
    expect(create).toThrow(message);
  });
});

describe('values', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc
      .array(
        fc.constantFrom(
          ...['<', '>', '"', "'", '&', '&lt;', '</p>', '<a href="https://evil.com">', '<script>'],
          ...['{link}', '{username}', '{event}', '$&', '$1', '\r\n', '\n\n', '\u2028', '\u2029'],
          ...['\u202e', '\u2066', '\u200b', '\u00ad', '\u0000', '\u0085', '\ud800', 'https://a.b'],
        ),
      )
      .map((parts) => parts.join('')),
  );
  const values = fc.record(
    { username: hostile, inviter: hostile, userAgent: hostile, action: hostile },
    { requiredKeys: [] },
  );
  const tags = (html: string) => html.match(/<[^>]*>/g);
  const calm = { username: 'ada', inviter: 'b', userAgent: 'c', action: 'd' };

  it('never add an element, a line or a subject', () => {
    const places = fc.constantFrom(...each);
    fc.assert(
      fc.property(places, hostile, values, ({ language, purpose }, site, given) => {
        const others = { link, lifeSeconds: 60, at: new Date(0) };
        const own = createRenderMail({ site: `x${site}`, defaultLocale: 'en' });
        const mail = own(purpose, language, { ...given, ...others });
        const { html } = mail;
        expect(linksOf(html)).toEqual(hasLink(purpose) ? [link] : []);
        expect(html).not.toMatch(/<script|<img|<style|url\(|src=| on\w+="/);
        const plain = own(purpose, language, { ...calm, ...others });
        const has = (text: string, mark: string) => text.split(mark).length;
        // Lines whose value is empty are left out.
        expect(tags(html)?.length).toBeLessThanOrEqual(tags(plain.html)?.length ?? 0);
        expect(has(mail.text, '\n')).toBeLessThanOrEqual(has(plain.text, '\n'));
        for (const text of [mail.subject, ...mail.text.split('\n'), ...html.split('\n')]) {
          expect(text).not.toMatch(
            /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/u,
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  it('of usernames are shown as they are typed', () => {
    const mail = render('reset', 'en', { link, username: 'ada+b@example.org <&> {link}' });
    expect(mail.text).toContain('Account: ada+b@example.org <&> {link}\n');
    expect(mail.html).toContain('<bdi>ada+b@example.org &lt;&amp;&gt; {link}</bdi>');
  });

  it.each(['verification', 'address', 'address-changed'] as const)(
    'of usernames are not linked in the mail %s, whose reader may be a stranger',
    (purpose) => {
      const { text, html } = render(purpose, 'en', { link, username: 'www.evil.com' });
      expect(text).toContain('Account: www evil com\n');
      expect(html).toContain('<bdi>www evil com</bdi>');
    },
  );

  it('of strangers are not linked', () => {
    const inviter = 'Win at https://evil.com, mail a@evil.com, call +1 555 123 4567';
    const mail = render('invitation', 'en', { link, inviter });
    expect(mail.text).toContain('Invited by: Win at https evil com, mail a evil com, call 1 555');
  });
});
