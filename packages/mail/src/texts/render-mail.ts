import type { MailTexts } from '../options.ts';
import { type Purpose, type Purposes, requirePurpose, toPurposes } from '../purpose.ts';
import { mailPurposes } from '../purposes.ts';
import { languagesFor } from './choose-language.ts';
import { describeDevice } from './describe-device.ts';
import { formatLife, formatTime } from './formats.ts';
import { type Languages, readLanguages } from './languages.ts';
import type { MailText, MailValues, RenderedMail } from './mail-text.ts';
import { toOneLine, toPlainWords } from './plain-words.ts';
import { fillLine, lineText, readBody, type Shown } from './read-body.ts';
import { toHtml } from './to-html.ts';
import { toPlainText } from './to-plain-text.ts';

export interface RenderMailOptions {
  readonly site: string;
  /** Texts of the project. */
  readonly texts?: MailTexts | undefined;
  readonly defaultLocale: string;
  /** Default: those of the package. */
  readonly purposes?: Purposes;
}

/** Renders the mail of a name in the language of a locale, which can come from a request. */
export type RenderMail = (name: string, locale: string | null, values: MailValues) => RenderedMail;

/** Creates the function that renders mails. @throws {TypeError} when a text of the project is wrong. */
export function createRenderMail({
  site,
  texts = {},
  defaultLocale,
  purposes = toPurposes(mailPurposes),
}: RenderMailOptions): RenderMail {
  const languages = readLanguages(purposes, texts);
  return (name, locale, values) => {
    const purpose = requirePurpose(purposes, name);
    const among = languagesFor(locale, defaultLocale);
    const { language, text, event } = chooseText(languages, among, { purpose, values });
    const withEvent = (part: string) => part.replaceAll(eventPart, () => event);
    const shown = show(values, { site, language, purpose });
    const title = lineText(fillLine(withEvent(text.subject), shown.words) ?? []);
    const subject = title === '' ? toOneLine(site) : title;
    const blocks = readBody(withEvent(text.body), shown);
    const html = toHtml({ subject, blocks, language, button: text.button ?? '' });
    return { subject, text: toPlainText(blocks), html, language };
  };
}

const eventPart = '{event}';

interface ValuedMail {
  readonly purpose: Purpose;
  readonly values: MailValues;
}

/** Chooses the first of some languages that has all of the mail: no mail is in two languages. */
function chooseText(
  languages: Languages,
  among: readonly string[],
  { purpose, values: { action = 'other' } }: ValuedMail,
) {
  for (const language of among) {
    const { mails, events } = languages.get(language) ?? {};
    const text = mails?.get(purpose.name);
    const event = events?.get(action) ?? events?.get('other');
    const needsEvent = text !== undefined && `${text.subject}${text.body}`.includes(eventPart);
    if (text !== undefined && (event !== undefined || !needsEvent)) {
      return { language, text, event: event ?? '' };
    }
  }
  const text: MailText = purpose.texts.en;
  return { language: 'en', text, event: '' };
}

interface Place {
  readonly site: string;
  readonly language: string;
  readonly purpose: Purpose;
}

/**
 * Makes values harmless. What a stranger chose is shown as plain words. A username is shown as it is typed at log-in, but
 * not to a stranger: it could be the name of a host.
 */
function show(values: MailValues, { site, language, purpose }: Place): Shown {
  const { username, inviter, userAgent, lifeSeconds, at, accounts = [] } = values;
  const toName = purpose.isForStranger ? toPlainWords : toOneLine;
  // A notice never has a link.
  const toLink = (link: string | undefined) => purpose.link && link && toOneLine(link);
  return {
    words: new Map([
      ['site', toOneLine(site)],
      ['username', username && toName(username)],
      ['inviter', inviter && toPlainWords(inviter)],
      ['device', userAgent && describeDevice(userAgent)],
      ['life', lifeSeconds === undefined ? undefined : formatLife(lifeSeconds, language)],
      ['time', at && formatTime(at, language)],
    ]),
    link: toLink(values.link),
    accounts: accounts.map((account) => ({
      username: toOneLine(account.username),
      link: toLink(account.link),
    })),
  };
}
