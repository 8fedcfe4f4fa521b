import { type Purpose, type Purposes, requirePurpose, toPurposes } from '../purpose.ts';
import { mailPurposes } from '../purposes.ts';
import { languagesFor } from './choose-language.ts';
import { describeDevice } from './describe-device.ts';
import { formatLife, formatTime } from './formats.ts';
import { type Languages, readLanguages } from './languages.ts';
import type { MailText, MailValues, RenderedMail } from './mail-text.ts';
import type { MailTexts } from './mail-texts.ts';
import { toOneLine } from './one-line.ts';
import { toPlainWords } from './plain-words.ts';
import { fillLine, lineText, readBody, type Shown } from './read-body.ts';
import { toHtml } from './to-html.ts';
import { toPlainText } from './to-plain-text.ts';

export interface RenderMailOptions {
  /** The name of the installation. */
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
    const action = values.action ?? 'other';
    const names = languagesFor(locale, defaultLocale);
    const { language, text, event } = chooseText({ languages, names, purpose, action });
    const shown = show(values, { site, language, purpose });
    const title = lineText(fillLine(withEvent(text.subject, event), shown.words) ?? []);
    const subject = title === '' ? toOneLine(site) : title;
    const blocks = readBody(withEvent(text.body, event), shown);
    return {
      subject,
      text: toPlainText(blocks),
      html: toHtml({ subject, blocks, language, button: text.button ?? '' }),
      language,
    };
  };
}

const eventPart = '{event}';
const withEvent = (text: string, event: string): string => text.replaceAll(eventPart, () => event);

interface Choice {
  readonly languages: Languages;
  /** Best first. */
  readonly names: readonly string[];
  readonly purpose: Purpose;
  readonly action: string;
}

interface Chosen {
  readonly language: string;
  readonly text: MailText;
  readonly event: string;
}

/** Chooses the first language that has all of the mail: no mail is in two languages. */
function chooseText({ languages, names, purpose, action }: Choice): Chosen {
  for (const language of names) {
    const { mails, events } = languages.get(language) ?? {};
    const text = mails?.get(purpose.name);
    const event = events?.get(action) ?? events?.get('other');
    const needsEvent = text !== undefined && `${text.subject}${text.body}`.includes(eventPart);
    if (text !== undefined && (event !== undefined || !needsEvent)) {
      return { language, text, event: event ?? '' };
    }
  }
  return { language: 'en', text: purpose.texts.en, event: '' };
}

interface Place {
  readonly site: string;
  readonly language: string;
  readonly purpose: Purpose;
}

/**
 * Makes values harmless. What a stranger chose is shown as plain words. A user name is shown as it is typed at log-in, but
 * not to a stranger: it could be the name of a host.
 */
function show(values: MailValues, { site, language, purpose }: Place): Shown {
  const { username, inviter, userAgent, lifeSeconds, at, link, accounts = [] } = values;
  const toName = purpose.isForStranger ? toPlainWords : toOneLine;
  // A notice never has a link.
  const hasLinks = purpose.link !== undefined;
  const words: readonly (readonly [string, string | undefined])[] = [
    ['site', toOneLine(site)],
    ['username', username && toName(username)],
    ['inviter', inviter && toPlainWords(inviter)],
    ['device', userAgent && describeDevice(userAgent)],
    ['life', lifeSeconds === undefined ? undefined : formatLife(lifeSeconds, language)],
    ['time', at && formatTime(at, language)],
  ];
  return {
    words: new Map(
      words.flatMap(([name, text]) =>
        text === undefined || text === '' ? [] : [[name, text] as const],
      ),
    ),
    link: hasLinks && link !== undefined ? toOneLine(link) : undefined,
    accounts: accounts.map((account) => ({
      username: toOneLine(account.username),
      ...(hasLinks && account.link !== undefined ? { link: toOneLine(account.link) } : {}),
    })),
  };
}
