import { describe, expect, it } from 'vitest';
import { appsOf, developmentLinks, originsOf, urlOf } from '../../packages/mail/src/links/links.ts';
import { createLinksSetting } from '../../packages/mail/src/links/links-setting.ts';
import { linkNames } from '../../packages/mail/src/purpose.ts';
import { mailPurposes } from '../../packages/mail/src/purposes.ts';

const linkPurposes = linkNames(mailPurposes);
const linksSetting = createLinksSetting(linkPurposes);
const whole = 'web=https://www.example.org/account/{purpose}';
const token = 'A-_z'.repeat(10);
const problemsOf = (text: string) =>
  linksSetting.safeParse(text).error?.issues.map(({ message }) => message);

describe('the pages of links', () => {
  it('are made of one URL for all purposes', () => {
    const links = linksSetting.parse(whole);
    for (const purpose of linkPurposes) {
      expect(urlOf(links, { app: null, purpose, token })).toBe(
        `https://www.example.org/account/${purpose}#token=${token}`,
      );
    }
  });

  it('can be in the query, as in development', () => {
    expect(urlOf(developmentLinks(linkPurposes), { app: null, purpose: 'reset', token })).toBe(
      `http://localhost:5173/account.html?reset#token=${token}`,
    );
  });

  it.each([
    ['after', `${whole}, web.reset=https://id.example.org/password?new`],
    ['before', `web.reset=https://id.example.org/password?new,${whole}`],
  ])('can be replaced for one purpose, %s the others', (_place, text) => {
    const links = linksSetting.parse(text);
    const urls = (['reset', 'undo'] as const).map((purpose) =>
      urlOf(links, { app: 'web', purpose, token }),
    );
    expect(urls).toEqual([
      `https://id.example.org/password?new#token=${token}`,
      `https://www.example.org/account/undo#token=${token}`,
    ]);
    expect([...originsOf(links)].sort()).toEqual([
      'https://id.example.org',
      'https://www.example.org',
    ]);
  });

  it('are chosen by the name of an application, and the first is the default', () => {
    const links = linksSetting.parse(`${whole},shop=https://shop.example.org/{purpose}`);
    expect(appsOf(links)).toEqual(['web', 'shop']);
    expect(urlOf(links, { app: 'shop', purpose: 'undo', token })).toMatch(/^https:\/\/shop\./);
    expect(urlOf(links, { app: null, purpose: 'undo', token })).toMatch(/^https:\/\/www\./);
  });

  it.each(['shops', '', '__proto__', 'constructor', 'https://evil.example', 'a'.repeat(10_000)])(
    'are not found for an application that the setting lacks: %.20s',
    (app) => {
      expect(urlOf(linksSetting.parse(whole), { app, purpose: 'reset', token })).toBeUndefined();
    },
  );

  it.each(['http://localhost:5173', 'http://127.0.0.1:5173', 'http://[::1]:5173'])(
    'may be on this machine without TLS: %s',
    (origin) => {
      expect(originsOf(linksSetting.parse(`web=${origin}/{purpose}`))).toEqual([origin]);
    },
  );

  it('must be complete', () => {
    const given = ['web.reset=https://a.example/r', 'shop=https://b.example/{purpose}'];
    expect(problemsOf(given.join())).toEqual([
      'web has no page for invitation, sign-up, verification, address, undo',
    ]);
    const each = linkPurposes.map((purpose) => `web.${purpose}=https://a.example/${purpose}`);
    expect(linksSetting.safeParse(each.join()).success).toBe(true);
  });
});

describe('wrong pages of links', () => {
  const password = 'hunter2-secret';
  it.each([
    ['', /^must be a list such as/],
    ['web', /^must be a list such as/],
    [`${whole},`, /^must be a list such as/],
    ['Web=https://a.example/{purpose}', /^must be a list such as/],
    ['1web=https://a.example/{purpose}', /^must be a list such as/],
    [`${'a'.repeat(33)}=https://a.example/{purpose}`, /^must be a list such as/],
    ['__proto__=https://a.example/{purpose}', /^must be a list such as/],
    ['web=https://a.example/a b{purpose}', /^must be a list such as/],
    ['web=https://ä.example/{purpose}', /^must be a list such as/],
    ['web=https://a.example/', /^web: the URL must contain \{purpose\}$/],
    ['web=javascript:alert(1)//{purpose}', /^web: must be a URL with https$/],
    ['web=data:text/html,{purpose}', /^must be a list such as/],
    ['web=//a.example/{purpose}', /^web: must be a URL with https$/],
    ['web=https:a.example/{purpose}', /^web: must be a URL with https$/],
    ['web=https:\\\\a.example/{purpose}', /^web: must be a URL with https$/],
    ['web=https://a.example:99999/{purpose}', /^web: must be a URL with https$/],
    ['web=http://a.example/{purpose}', /^web: must be a URL with https; http is for localhost/],
    ['web=http://localhost.example/{purpose}', /http is for localhost alone$/],
    ['web=http://127.0.0.1.example/{purpose}', /http is for localhost alone$/],
    [`web=https://ada:${password}@a.example/{purpose}`, /^web: the URL must have no user/],
    ['web=https://a@a.example/{purpose}', /^web: the URL must have no user/],
    ['web=https://a.example/{purpose}#', /^web: the URL must have no fragment/],
    ['web=https://a.example/#/{purpose}', /^web: the URL must have no fragment/],
    [`${whole},web=https://b.example/{purpose}`, /^has web twice$/],
    [`${whole},web.undo=https://b.example,web.undo=https://b.example`, /^has web.undo twice$/],
    [
      `${whole},web.unknown=https://b.example`,
      /^web.unknown: the purpose must be one of invitation/,
    ],
    [`${whole},web.unknown=`, /^must be a list such as/],
    [`${whole},web.notice=https://b.example`, /^web.notice: the purpose must be one of/],
    [`web=https://a.example/{purpose}${'x'.repeat(500)}`, /^web: the URL must have at most 500/],
    ['a'.repeat(10_000), /^must have at most 8000 characters$/],
  ])('are refused: %.60s', (text, problem) => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(problem)]);
    expect(JSON.stringify(problemsOf(text))).not.toContain(password);
  });
});
