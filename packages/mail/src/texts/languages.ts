import { isLinkPurpose, type MailPurpose, mailPurposes } from '../purposes.ts';
import { de } from './languages/de.ts';
import { en } from './languages/en.ts';
import type { MailText, MailTexts } from './mail-texts.ts';
import { paragraphsOf, placeholder } from './read-body.ts';

/** The texts of a language, which may lack some. */
interface Language {
  readonly mails: ReadonlyMap<MailPurpose, MailText>;
  readonly events: ReadonlyMap<string, string>;
}

/** By language. Maps, since the name of a language can come from a request. */
export type Languages = ReadonlyMap<string, Language>;

/**
 * Returns the texts of the package, each replaced by that of the project, and further languages.
 *
 * @throws {TypeError} when a text of the project is wrong.
 */
export function readLanguages(project: MailTexts): Languages {
  requireSound(project);
  const languages = new Map<string, Language>();
  for (const texts of [{ en, de }, project]) {
    for (const [name, { events = {}, ...mails }] of Object.entries<MailTexts[string]>(texts)) {
      const before = languages.get(name);
      const added = mailPurposes.flatMap((purpose) => {
        const text = mails[purpose];
        return text === undefined ? [] : [[purpose, text] as const];
      });
      languages.set(name, {
        mails: new Map([...(before?.mails ?? []), ...added]),
        events: new Map([...(before?.events ?? []), ...Object.entries(events)]),
      });
    }
  }
  return languages;
}

function requireSound(texts: MailTexts): void {
  for (const [language, { events = {}, ...mails }] of Object.entries(texts)) {
    requireLanguage(language);
    for (const [purpose, text] of Object.entries(mails)) {
      const known = mailPurposes.find((each) => each === purpose);
      const mistake = known === undefined ? 'there is no such mail' : findMistake(known, text);
      if (mistake !== undefined)
        throw new TypeError(`mail: texts.${language}.${purpose}: ${mistake}`);
    }
    for (const [action, text] of Object.entries(events)) {
      const mistake = findUnknown(text, ['site', 'device']);
      if (mistake !== undefined) {
        throw new TypeError(`mail: texts.${language}.events.${action}: ${mistake}`);
      }
    }
  }
}

function requireLanguage(language: string): void {
  if (isLanguage(language)) return;
  throw new TypeError(
    `mail: texts: ${JSON.stringify(language.slice(0, 40))} must be a language in lower case, such as de or pt-br`,
  );
}

function isLanguage(language: string): boolean {
  if (!/^[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}$/.test(language)) return false;
  try {
    return Intl.getCanonicalLocales(language).length === 1;
  } catch {
    return false;
  }
}

const subjectValues = ['site', 'event'];
const bodyValues = ['site', 'username', 'inviter', 'device', 'life', 'time', 'event'];

const textParts = { subject: true, body: true, button: true } satisfies Record<
  keyof MailText,
  true
>;

function findMistake(purpose: MailPurpose, text: MailText): string | undefined {
  const unknown = Object.keys(text).find((name) => !Object.hasOwn(textParts, name));
  if (unknown !== undefined) return `${unknown} is not one of ${Object.keys(textParts).join(', ')}`;
  const { subject, body, button } = text;
  const paragraphs = paragraphsOf(body);
  const words = paragraphs.filter((each) => each !== '{link}' && each !== '{accounts}');
  if (isLinkPurpose(purpose) && !paragraphs.includes('{link}')) {
    return 'the body needs a paragraph that is {link} alone';
  }
  if (isLinkPurpose(purpose) && button === undefined) return 'it needs the words of its button';
  if ((purpose === 'reset' || purpose === 'account-exists') && !paragraphs.includes('{accounts}')) {
    return 'the body needs a paragraph that is {accounts} alone';
  }
  return findUnknown(subject, subjectValues) ?? findUnknown(words.join('\n'), bodyValues);
}

function findUnknown(text: string, known: readonly string[]): string | undefined {
  const unknown = [...text.matchAll(placeholder)].find(([, name = '']) => !known.includes(name));
  return unknown === undefined ? undefined : `${unknown[0]} cannot stand here`;
}
